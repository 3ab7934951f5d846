"""What a status says in this API and who can fix it. The rule is `outcome.sql`; this is its door for one status."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from ingest.call import Outcome, Party


def outcome_of(status: int, *, duration_ms: float | None = None, query_length: int = 0) -> Outcome:
    """The outcome of a call with this status (100 to 599).

    >>> outcome_of(500), outcome_of(500, duration_ms=900_000), outcome_of(404, query_length=2050)
    ('validation', 'timeout', 'query_too_long')
    """
    from ingest.engine.connection import connect_shared

    with connect_shared(threads=1) as connection:
        [[outcome]] = connection.execute(
            "select outcome_of(?::smallint, ?::double, ?::integer)", [status, duration_ms, query_length]
        ).fetchall()
    return cast("Outcome", outcome)


def party_of(outcome: Outcome) -> Party | None:
    """Who can fix it; None when there is nothing to fix.

    >>> party_of("unauthorized"), party_of("validation"), party_of("unavailable"), party_of("ok")
    ('customer', 'partner', 'vendor', None)
    """
    from ingest.engine.connection import connect_shared

    with connect_shared(threads=1) as connection:
        [[party]] = connection.execute("select party_of(?)", [outcome]).fetchall()
    return cast("Party | None", party)
