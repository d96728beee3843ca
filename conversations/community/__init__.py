"""What a community decides and how it fares."""
