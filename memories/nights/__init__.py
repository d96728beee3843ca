"""What happens to memories by and by: they fade, merge and settle, and what spreads is watched."""
