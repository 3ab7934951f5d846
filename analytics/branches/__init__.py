"""The metric `branches_per_integration` in, the table for publication out.

`published.toml` holds its words. It writes the file that it is asked for, with nothing about any single customer.
"""
