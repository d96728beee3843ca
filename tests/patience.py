"""How long a test waits for what is to come. Nothing is timed by it: it only tells what hangs from
a machine that is slow."""

PATIENCE_S = 120.0
