"""Changes in, whom they concern out: integrations, customers and branches, and what a log cannot say about that.

It rests on `changes` for what they are, on `known` for the names in them, and on `completeness` for what is missing. Whom to
write to about it is `reports`.
"""
