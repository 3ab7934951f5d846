"""Dialects: the names of the fields in somebody's JSON or CSV log, as data.

model.py     the contents of a dialect
known.py     the dialects of known products (`dialects/*.toml`), and a user's own
problems.py  the faults of a user's dialect, in words
paths.py     the place of a field in an object
names.py     the names that a dialect reads, and the unread names
fields.py    values of a dialect's fields  ->  the fields of `raw`
"""
