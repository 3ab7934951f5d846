"""Months of an integration's customers in, who came, stayed and went out.

    customers.py    those who began in the same month, and how many are left
    steps/          what new, returning and lost mean, once

A month of which a log is missing is said to be unknown, by `coverage`.
"""
