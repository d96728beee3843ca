"""What people ask for, by a command or in plain words."""
