"""Questions about everything together: the totals, and the errors of each day."""
