"""What talk does to moods and bonds."""
