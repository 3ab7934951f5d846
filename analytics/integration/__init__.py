"""Questions about one integration: its days and weeks, customers, connectors, errors and environments."""
