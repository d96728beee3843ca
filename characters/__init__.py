"""Who exists: characters, people and communities, and how they stand to one another."""
