"""Which integrations break the rules of use."""
