"""Names of files and streams as they are stored: what in them tells a secret or a person is taken out, as of any other text.

A log may be called after who sent it (`jan@example.nl.log`), and a folder after the token it was fetched with. What a person
typed is said to that person as it is; what is kept is read by others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.engine.connection import connect_shared

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

_PLACES = "select list_transform(?::varchar[], lambda name: redacted_place(name))"
_MOST_KNOWN = 4096

_known: dict[str, str] = {}
"""Names that were judged in this process, as they are stored."""


def stored_place(name: str) -> str:
    """The name as it is stored.

    >>> stored_place("logs/jan@example.nl.log.gz"), stored_place("nginx/access.log-20261014.gz")
    ('logs/redacted.log.gz', 'nginx/access.log-20261014.gz')
    """
    known = _known.get(name)
    if known is not None:
        return known
    with connect_shared(threads=1) as connection:
        return place_by(connection, name)


def place_by(connection: duckdb.DuckDBPyConnection, name: str, *, next_ones: Iterable[str] = ()) -> str:
    """The same, asked of this connection; `next_ones` are the names that will be asked for next.

    They are judged together: to plan the question takes as long as to answer it for hundreds of names.
    """
    known = _known.get(name)
    if known is not None:
        return known
    names = list(dict.fromkeys([name, *next_ones]))
    [[stored]] = connection.execute(_PLACES, [names]).fetchall()
    judged = dict(zip(names, map(str, stored), strict=True))
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known.update(judged)
    return judged[name]
