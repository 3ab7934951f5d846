"""What was loaded, what is missing in it, and what could not be read."""
