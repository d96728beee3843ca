"""Every call of a voice, and what it cost."""
