"""Dialects: what the fields of somebody's JSON or CSV log are called, as data.

model.py     what may stand in a dialect
known.py     the dialects of known products (`dialects/*.toml`), and a user's own
problems.py  what is wrong with a user's dialect, in words
paths.py     where a field stands in an object
names.py     which names a dialect reads, and which nobody reads
fields.py    values of a dialect's fields  ->  the fields of `raw`
"""
