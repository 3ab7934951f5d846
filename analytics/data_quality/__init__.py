"""Questions about the logs themselves: what was loaded, what was rejected, and which ids are malformed."""
