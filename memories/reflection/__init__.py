"""Thinking things over: what a character makes of what it lived through, its goals, its pages."""
