"""The basis of an impact, and what no log shows, as sentences. They come with the answer, which never guesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.changes.change import WRITES
from analytics.impact.answer import NOT_COUNTED
from analytics.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from analytics.changes.change import Change
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse


def remarks_on(warehouse: Warehouse, changes: Sequence[Change], scope: Scope, kept: pl.DataFrame) -> list[str]:
    """The basis of the answer about these changes. `kept` are the calls that it counts."""
    period = warehouse.period(scope)
    remarks = []
    if period is not None:
        since, until = period
        remarks.append(
            f"calls of {counted((until - since).days, 'day')}, since {since} and before {until}, "
            f"environment {scope.environment}"
        )
    remarks += _about_fields(warehouse, changes, scope)
    remarks += _about_paths(changes)
    remarks += _about_unseen(warehouse, changes, scope)
    nameless = int(kept.filter(kept["integration"].is_null())["calls"].sum())
    if nameless:
        remarks.append(f"{counted(nameless, 'call')} without a valid id: the integration is not known")
    return remarks


def about_left_out(why: str, rows: pl.DataFrame) -> list[str]:
    """The calls that the answer leaves out, and why; empty if there are none."""
    if rows.is_empty():
        return []
    integrations = rows["integration"].drop_nulls().n_unique()
    whose = [counted(integrations, "integration")] if integrations else []
    if rows["integration"].null_count():
        whose.append("unidentified traffic")
    return [f"{why}: {counted(int(rows['calls'].sum()), 'call')} of {' and of '.join(whose)}"]


def _about_fields(warehouse: Warehouse, changes: Sequence[Change], scope: Scope) -> list[str]:
    fields = {(name.lower(), change.field.lower()) for change in changes for name in change.connectors if change.field}
    if not fields:
        return []
    criteria = {"connectors": sorted({name for name, _ in fields}), "fields": sorted({field for _, field in fields})}
    named = warehouse.query_file("impact/fields", scope, criteria)
    surely = [row for row in named.iter_rows(named=True) if (row["connector"], row["field"]) in fields]
    at_most = (
        "no log shows which fields a call reads or writes, because they are in its body: "
        "where a field changes, everybody who uses its connector is counted, and fewer may be affected"
    )
    return [at_most] + [
        f"surely in use, because gets filter by it: field {row['field']} of {row['connector']} "
        f"({counted(row['calls'], 'call')}, {counted(row['integrations'], 'integration')})"
        for row in surely
    ]


def _about_paths(changes: Sequence[Change]) -> list[str]:
    if not any(path for change in changes for _, path in change.targets):
        return []
    return [
        "a path is compared with the address of each call; a SOAP call has none, so every write of the connector over SOAP counts"
    ]


def _about_unseen(warehouse: Warehouse, changes: Sequence[Change], scope: Scope) -> list[str]:
    rows = warehouse.query_file("impact/unseen", scope)
    calls, integrations = {}, {}
    for missing, wanted in _unseen_by(changes).items():
        some = rows.filter(missing=missing)
        if wanted is not None:
            some = some.filter(some["operation"].is_in(sorted(wanted)))
        calls[missing] = int(some["calls"].sum())
        integrations[missing] = some["integration"].drop_nulls().n_unique()
    words = {
        "connector": ("SOAP call", "whose connector is not logged"),
        "token_form": ("call", "whose log does not show the form of the token"),
        "api_version": ("SB call", "whose version is not logged"),
    }
    return [
        f"{NOT_COUNTED}: {counted(calls[missing], words[missing][0])} {words[missing][1]} "
        f"({counted(integrations[missing], 'integration')}); any of them may be affected too"
        for missing in calls
        if calls[missing]
    ]


def _unseen_by(changes: Sequence[Change]) -> Mapping[str, set[str] | None]:
    """The values that must be logged to find these changes, with the operations that need them; None is all operations."""
    needed: dict[str, set[str] | None] = {}
    of_connectors = [change for change in changes if change.connectors and change.protocol != "rest"]
    if of_connectors:
        operations: set[str] = set()
        for change in of_connectors:
            wanted = set(change.operations) or {"get", "write"}
            operations |= (wanted & {"get", "write"}) | ({"write"} if wanted & WRITES else set())
        needed["connector"] = operations
    if any(change.token_form for change in changes):
        needed["token_form"] = None
    if any(change.api_version for change in changes):
        needed["api_version"] = None
    return needed
