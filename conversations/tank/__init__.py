"""The society in a browser."""
