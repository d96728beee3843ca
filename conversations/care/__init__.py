"""For people's good."""
