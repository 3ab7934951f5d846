"""Calls and a rule (so many customers in so many days) in, the verdict about every integration out, with its reasons.

It rests on `coverage` for what it cannot know. The metric `certification` counts the same customers without a verdict.
"""
