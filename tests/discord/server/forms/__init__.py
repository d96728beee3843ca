"""What a request's body may hold: Discord's documented limits, and nothing unknown."""
