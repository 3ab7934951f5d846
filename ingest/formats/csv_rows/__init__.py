"""CSV: the fields of a dialect as columns, by the names in a header row or by their position.

header.py   a first line                 ->  the columns' names, and what separates them
rows.py     the lines below a header     ->  values by position, and from them the fields of `raw` (rows.sql)
format.py   the format, as the list of formats knows it
"""

from ingest.known_format import KnownFormat

FORMAT = KnownFormat(
    name="csv",
    title="CSV",
    place=40,
    made_by="Csv",
    takes="dialect",
    about="a header row; comma, semicolon or tab",
    who="the same names as `json`",
)
