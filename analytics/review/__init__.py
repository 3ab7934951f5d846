"""The go-live review: what the logs show about an integration before, or after, it goes live.

review.py        the answer about one integration
answer.py        its records
facts.py         what it asks the warehouse
onboarding.py    the state of each customer that began
checks.py        the verdicts, and why
*.sql, steps/    the questions
"""
