"""What goes wrong, where, and who can fix it."""
