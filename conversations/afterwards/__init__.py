"""What follows when a talk has paused."""
