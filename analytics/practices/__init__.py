"""The metric `practices` in, a score for each integration out.

    practices.py    turns rows into scores
    drift.py        finds customers that deviate from the usual GetConnectors, in rows of `connector_drift`
    migration.py    counts who has moved to OAuth, from rows of `token_migration`
    steps/          the rules, their weights, and how each is judged

The Python works only on the rows that it is given.
"""
