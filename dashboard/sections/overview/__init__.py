"""How much the service is used, beside the period before, and what needs attention."""
