"""What is kept of people: shown, exported, and forgotten."""
