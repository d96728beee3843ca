"""What is said, looked at before it is heard."""
