"""Clean calls in, answers out."""
