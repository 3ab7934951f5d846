"""The reason why an answer is empty: the part of the scope that matches nothing, the nearest names, and the names that exist."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from analytics.numbers import counted
from command_line.printing.standard import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

MOST_NAMED = 5


def say_why_nothing(rows: pl.DataFrame, warehouse: Warehouse, scope: Scope) -> None:
    """Say on standard error why these rows show no call, if they show none."""
    if warehouse.answered_since is not None:
        return  # the calls of earlier days are gone, so what is there says nothing
    if rows.is_empty() or ("calls" in rows.columns and not rows["calls"].sum()):
        for line in why_nothing(warehouse, scope):
            say(f"note: {line}")


def say_gaps(warehouse: Warehouse, scope: Scope) -> None:
    """Say on standard error where the logs of this scope have gaps, if they have any."""
    from analytics.completeness.gaps import gap_note

    note = gap_note(warehouse, scope)
    if note is not None:
        say(f"note: {note}")


def why_nothing(warehouse: Warehouse, scope: Scope) -> list[str]:
    """The causes why this scope matches no call, one line for each: the value, and the values that exist."""
    from analytics.known.known import calls_in

    lived = warehouse.lived()
    if lived is None:
        return ["there are no calls in the lake"]
    matching = calls_in(warehouse, scope)
    if matching:
        verb = "matches" if matching == 1 else "match"
        return [f"{counted(matching, 'call')} {verb} the options, but none of them belongs in this table"]
    return why_no_call(warehouse, scope)


def why_no_call(warehouse: Warehouse, scope: Scope) -> list[str]:
    """The same of a scope that matches no call; nothing if it matches some."""
    from analytics.known.known import EVERYTHING, NAMES, calls_in, unknown_in_scope

    lived = warehouse.lived()
    if lived is None or calls_in(warehouse, scope):
        return []
    causes = [
        f"no call {_with(name.kind, getattr(scope, name.kind))}; {_instead(name.kind, name.nearest, name.there)}"
        for name in unknown_in_scope(warehouse, scope)
    ]
    if not calls_in(warehouse, EVERYTHING.replace(since=scope.since, until=scope.until)):
        causes.append(f"no call {_period(scope)}; the lake covers the days {lived[0]} to {_last(lived[1])}")
    named = [name for name in NAMES if getattr(scope, name) is not None]
    return causes or [f"no call matches all of these options; {_lifted(warehouse, scope, named)}"]


def nearest_integrations(warehouse: Warehouse, value: str) -> str:
    """The integrations nearest to this one of all that calls or the registry know, or some of them."""
    from analytics.known.known import nearest

    known = warehouse.query(
        "select integration from (select integration, count(*) as calls from calls group by integration"
        " union all select integration, 0 from integrations)"
        " where integration is not null group by integration order by sum(calls) desc, integration"
    )
    there = known["integration"].to_list()
    return _instead("integration", nearest(value, there), there)


def _instead(name: str, nearest: Sequence[str], there: Sequence[str]) -> str:
    """The names that are nearest, or those that occur most."""
    if nearest:
        return f"nearest: {', '.join(nearest)}"
    if not there:
        return f"no call names any {name}"
    if len(there) <= MOST_NAMED:
        return f"there are: {', '.join(there)}"
    return f"most frequent: {', '.join(there[:MOST_NAMED])}"


def _lifted(warehouse: Warehouse, scope: Scope, named: Iterable[str]) -> str:
    """How many calls there would be with one option less."""
    from analytics.known.known import calls_in

    changed = {f"without --{name}": scope.replace(**{name: None}) for name in named}
    if scope.since or scope.until:
        changed["without --since and --until"] = scope.replace(since=None, until=None)
    if scope.environment != "all":
        changed["with --environment all"] = scope.replace(environment="all")
    found = [f"{calls:,} {words}" for words, other in changed.items() if (calls := calls_in(warehouse, other))]
    return f"there are {', '.join(found)}" if found else "leaving out one of them does not help"


def _with(name: str, value: object) -> str:
    match name:
        case "environment":
            return f"is of environment {value}"
        case "stream":
            return f"is from stream {value!r}"
        case _:
            return f"has {name} {value!r}" if isinstance(value, str) else f"has {name} {value}"


def _period(scope: Scope) -> str:
    if scope.since is None:
        return f"was made before {scope.until}"
    if scope.until is None:
        return f"was made on or after {scope.since}"
    return f"was made from {scope.since} to {_last(scope.until)}"


def _last(until: dt.date) -> dt.date:
    return until - dt.timedelta(days=1)
