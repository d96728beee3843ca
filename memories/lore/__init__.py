"""What is written about the world, and when it comes to mind."""
