"""Names of files and streams as they are stored: what in them tells a secret or a person is taken out, as of any other text.

A log may be called after who sent it (`jan@example.nl.log`), and a folder after the token it was fetched with. What a person
typed is said to that person as it is; what is kept is read by others.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ingest.engine import connect

if TYPE_CHECKING:
    import duckdb

PLACES = "select list_transform(?::varchar[], lambda name: redacted_place(name))"


@lru_cache(maxsize=4096)
def stored_place(name: str) -> str:
    """The name as it is stored.

    >>> stored_place("logs/jan@example.nl.log.gz"), stored_place("nginx/access.log-20261014.gz")
    ('logs/redacted.log.gz', 'nginx/access.log-20261014.gz')
    """
    [[[stored]]] = _engine().cursor().execute(PLACES, [[name]]).fetchall()
    return str(stored)


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    return connect(threads=1)
