"""The society on a clock of its own, and what became of it."""
