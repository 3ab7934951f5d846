"""Questions about one connector: which integrations use it."""
