"""What comes to mind when something is asked or said."""
