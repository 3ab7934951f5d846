"""The names of files and streams as they are stored: secrets and persons in them are redacted, as in any other text.

A log may be named after its sender (`jan@example.nl.log`), and a folder after the token it was fetched with. Messages to the person who
typed a name show it as it is. Stored names are read by others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.engine.connection import connect_shared

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

_STORED = "select list_transform(?::varchar[], lambda name: redacted_file_name(name))"
_MOST_KNOWN = 4096

_known: dict[str, str] = {}
"""The names that this process has redacted already, as they are stored."""


def stored_name(name: str) -> str:
    """The name as it is stored.

    >>> stored_name("logs/jan@example.nl.log.gz"), stored_name("nginx/access.log-20261014.gz")
    ('logs/redacted.log.gz', 'nginx/access.log-20261014.gz')
    """
    known = _known.get(name)
    if known is not None:
        return known
    with connect_shared(threads=1) as connection:
        return stored_name_by(connection, name)


def stored_name_by(connection: duckdb.DuckDBPyConnection, name: str, *, next_ones: Iterable[str] = ()) -> str:
    """The name as it is stored, by this connection; `next_ones` are the names that will be needed next.

    All of them are redacted together, because the query takes as long to plan as to run for hundreds of names.
    """
    known = _known.get(name)
    if known is not None:
        return known
    names = list(dict.fromkeys([name, *next_ones]))
    [[stored]] = connection.execute(_STORED, [names]).fetchall()
    judged = dict(zip(names, map(str, stored), strict=True))
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known.update(judged)
    return judged[name]
