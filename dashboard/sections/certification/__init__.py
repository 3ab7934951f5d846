"""Which integrations have enough customers, and which are about to lose their certificate."""
