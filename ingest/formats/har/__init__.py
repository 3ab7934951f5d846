"""HAR: what an HTTP client or a browser recorded."""
