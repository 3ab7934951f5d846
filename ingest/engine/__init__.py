"""The DuckDB engine that understands single values: its macros, and the platform's catalogue as tables.

In come texts; out goes what they say: an id, an endpoint, an instant, a number, a text that may be kept. Formats and the
understanding of lines ask it, and so does the verification of a lake. It reads the catalogue and its own `.sql` files, nothing else.
"""
