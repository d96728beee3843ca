"""Who did what, kept so that tampering shows."""
