"""The metric `practices` in, a score for each integration out.

    practices.py    how rows become scores
    steps/          the rules and their weights, and how each is judged

The Python asks nothing and touches nothing: it works on rows that it is given.
"""
