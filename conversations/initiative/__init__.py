"""What characters do of their own accord, and what falls due."""
