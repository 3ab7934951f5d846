"""The metric `branches_per_integration` in, the table that may be published out.

`published.toml` holds its words. It writes the two files that it is asked for, and nothing about any single customer.
"""
