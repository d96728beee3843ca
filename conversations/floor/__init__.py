"""Who speaks next in a room, and when nobody does."""
