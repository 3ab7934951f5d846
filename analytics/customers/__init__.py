"""The months of an integration's customers in; arrivals, departures and retention out.

    customers.py    the customers that began in the same month, and how many of them are left
    steps/          the one definition of new, returning and lost

`coverage` says in which months logs are missing. They are unknown.
"""
