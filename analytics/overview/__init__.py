"""Questions about everything together: the totals, the errors of each day, and what needs attention."""
