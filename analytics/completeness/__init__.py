"""The course of each log in; out comes where it lives and ends, and which hours of it are missing.

    streams.py      what each log covers
    gaps.py         missing hours as gaps, and gaps in words
    steps/          how it is judged: the metric `completeness` and everything about logs is made of these

It knows logs, and nothing of integrations and customers: what a gap does to a verdict is `coverage`.
"""
