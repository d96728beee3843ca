"""Why something was said, and how else it might have been."""
