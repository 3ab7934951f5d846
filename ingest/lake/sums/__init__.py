"""Sums of calls: what questions count over and over, added up once for many data files.

kinds.py       which sums there are, and their columns; of_calls/*.sql: each as a question about calls
"""
