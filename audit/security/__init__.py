"""Who may do what, and who tried what."""
