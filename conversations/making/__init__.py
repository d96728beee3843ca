"""What characters make out of talk."""
