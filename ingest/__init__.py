"""Log files in, clean calls out: reading, understanding, storing."""
