"""The metric `practices` in, a score for each integration out.

    practices.py    turns rows into scores
    steps/          the rules, their weights, and how each is judged

The Python works only on the rows that it is given.
"""
