"""Parquet: one row a call, in columns that are called as the fields of our JSON dialect.

pages.py    the headers of the pages     ->  how large the rows are, before anything is unpacked
file.py     the file as Parquet has it
columns.py  which columns are read
batches.py  rows in batches that fit into memory
values.py   any value of any type        ->  its JSON text
rows.py     a file                       ->  blocks of lines of JSON
format.py   the format, as the list of formats knows it
"""

from ingest.known_format import KnownFormat

FORMAT = KnownFormat(
    name="parquet",
    title="Parquet",
    place=60,
    made_by="Parquet",
    is_document=True,
    about="one row per call",
    who="columns with the same names as `json`, in any case",
)
