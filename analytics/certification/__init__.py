"""Calls and a rule (a number of customers in a number of days) in, the verdict on every integration with its reasons out.

    certification.py    the question: a scope, a window and a number of customers
    course.py           the state of every integration on every day: the truth table
    reasons.py          the reasons for a state, and what threatens it

`coverage` says what the logs lack. The metric `certification` counts the same customers, without a verdict.
"""
