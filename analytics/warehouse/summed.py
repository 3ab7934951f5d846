"""The sums that a viewer may see, of one scope: read from the lake where it has them, and added up from calls where not.

Questions read `daily_calls` or `customer_months` as they read `calls`. Where these come from is decided here, and no question can
tell: a row of a sum and a row of a call that was made into one (`Kind.of_calls`) add up to the same. A sum that lacks a column by
which the scope narrows cannot answer it. Then all rows come from calls.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from duckdb import ColumnExpression, ConstantExpression, FunctionExpression

from analytics.views import view
from analytics.warehouse.narrow import condition
from ingest.lake.sums.kinds import KINDS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from analytics.scope import Scope
    from analytics.warehouse.narrow import Expressions, Renames
    from ingest.lake.sums.kinds import Kind

_COLUMN_OF: Final = {
    "environment": "environment",
    "product": "product",
    "partner": "partner",
    "integration": "partner",
    "customer": "customer",
    "connector": "connector",
    "stream": "stream",
}
"""The parts of a scope, but for its period, and the column of calls that each of them narrows by."""

_FIRST_DAY, _LAST_DAY = dt.date.min, dt.date.max


def can_answer(kind: Kind, scope: Scope) -> bool:
    """Whether the rows of these sums tell the calls of the scope from others."""
    return all(getattr(scope, part) in (None, "all") or kind.has(column) for part, column in _COLUMN_OF.items())


def source_of(kind: Kind, *scopes: Scope) -> Kind | None:
    """The kind of sums that answers for this one in all these scopes: itself, or one that has its columns and more; None without any.

    Rows that keep more apart add up to the same. So the hours of logs can be had from those of customers.
    """
    columns = set(kind.columns)
    for other in (kind, *KINDS.values()):
        if columns <= set(other.columns) and all(can_answer(other, scope) for scope in scopes):
            return other
    return None


def tells_all(kind: Kind) -> bool:
    """Whether the rows of these sums tell the calls of every scope from others, but for its period."""
    return all(kind.has(column) for column in _COLUMN_OF.values())


def narrowed(rows: DuckDBPyRelation, kind: Kind, scope: Scope, renames: Renames, say: Expressions) -> DuckDBPyRelation:
    """The rows of these sums whose calls the scope keeps. Where a row has the days of a month, it keeps those of the period."""
    if kind.has("day"):
        kept = condition(scope, renames, say)
        return rows if kept is None else rows.filter(kept)
    kept = condition(scope.replace(since=None, until=None), renames, say)
    rows = rows if kept is None else rows.filter(kept)
    if scope.since is None and scope.until is None:
        return rows
    since, until = scope.since or _FIRST_DAY, scope.until or _LAST_DAY
    month, days = ColumnExpression("month"), ColumnExpression("days")
    within = FunctionExpression(
        "days_within", month, days, *(ConstantExpression(day).cast("date") for day in (since, until))
    )
    # The months are filtered by themselves, too: the engine leaves out the row groups of others.
    of_months = rows.filter(month >= ConstantExpression(since.replace(day=1))).filter(month < ConstantExpression(until))
    rest = (ColumnExpression(name) for name in rows.columns if name != "days")
    return of_months.project(*rest, within.alias("days")).filter(days != ConstantExpression(0))


def bind_from_calls(cursor: DuckDBPyConnection, kind: Kind, sent: str) -> None:
    """Create `sent_<kind>` in the current schema, added up from the calls of the relation `sent`."""
    cursor.execute(f"create view sent_{kind.name} as with sent as (from {sent}) {kind.of_calls}")


def bind_stored(cursor: DuckDBPyConnection, kind: Kind, stored: DuckDBPyRelation, unsummed: DuckDBPyRelation) -> None:
    """Create `sent_<kind>` in the current schema: the stored rows, and those of calls that no stored ones stand for."""
    stored.create_view(f"stored_{kind.name}")
    unsummed.create_view(f"unsummed_{kind.name}")
    columns = ", ".join(column.name for column in kind.columns)
    cursor.execute(
        f"create view sent_{kind.name} as select {columns} from stored_{kind.name}"  # noqa: S608 - names of our own
        f" union all (with sent as (from unsummed_{kind.name}) {kind.of_calls})"
    )


def bind_attributed(cursor: DuckDBPyConnection, kind: Kind) -> None:
    """Create `<kind>` in the current schema: the rows of `sent_<kind>`, with the integrations that the registry knows now."""
    sent = f"sent_{kind.name}"
    if not kind.has("integration"):
        cursor.table(sent).create_view(kind.name)
        return
    text = view("attributed_customers" if kind.has("own") else "attributed")
    cursor.execute(f"create view {kind.name} as with sent as (from {sent}) {text}")
