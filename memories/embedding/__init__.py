"""Vectors: the space in force, who has none yet, and how the space is changed."""
