"""Calls and a rule (so many customers in so many days) in, the verdict about every integration out, with its reasons.

    certification.py    the question: a scope, a window and a number of customers
    course.py           the state of every integration on every day: the truth table
    reasons.py          why, and what threatens it

It rests on `coverage` for what it cannot know. The metric `certification` counts the same customers without a verdict.
"""
