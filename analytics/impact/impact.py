"""Whom a change concerns: which integrations, customers and branches, how much, and when last.

A log shows who calls a connector, not which fields they send: for a change of a field everybody who uses its connector that
way is concerned at most. What else a log does not say is said with the answer (`remarks`), never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from analytics.changes.change import SEVERITIES, Change
from analytics.completeness.gaps import gap_note
from analytics.example_ids import EXAMPLE_IDS
from analytics.known.known import Unknown, unknown_names
from analytics.numbers import counted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import polars as pl

    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse
    from ingest.call import Protocol, TokenForm

COLUMNS = (
    "change",
    "severity",
    "connector",
    "operation",
    "integration",
    "partner",
    "contact",
    "customers",
    "calls",
    "share",
    "last_call",
)
ANSWER = (*COLUMNS, "verdict", "nearest")
"""What scripts rely on. The verdict of a row is `concerns`, or `unknown_name` where nobody knows a name of the change."""

Verdict: TypeAlias = Literal["concerns", "unknown_name", "safe", "unused", "unseen"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""Somebody calls it; nobody knows a name in it; somebody calls it, below the thresholds; nobody does; no log can tell."""

_NOT_COUNTED = "not counted"
_WRITES = {"insert", "update", "delete"}
_ON_A_PATH = ("get", "insert", "update", "delete", "write")


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """What counts as safe: integrations that are left out, and what is below every limit that is given.

    A limit is one of a change at an integration, whatever its connectors and operations: six calls to insert and six to update
    are twelve.
    """

    share: float | None = None
    calls: int | None = None
    excluded: frozenset[str] = frozenset()

    @property
    def limits(self) -> bool:
        """Whether any is given."""
        return self.share is not None or self.calls is not None


@dataclass(frozen=True)
class Impact:
    """The answer.

    `rows`: COLUMNS, and name, partner_name, email, phone, number (of the change), change_calls (those of the whole change), the
    most severe changes first; one per change, connector, operation and integration, unidentified traffic with a null
    integration, without what counts as safe. `customers`: one per integration and customer that they are about. `told`: the
    rows of which somebody is told, for something may break; `told_to`: one per partner, with the customers and the calls that
    these are about, each once. `verdicts`: one per change, in order; `unknown`: of each the names that nobody knows. `remarks`:
    what it rests on and what no log shows, in words; `gap_note`: where the logs have gaps.
    """

    changes: tuple[Change, ...]
    rows: pl.DataFrame
    customers: pl.DataFrame
    told: pl.DataFrame
    told_to: pl.DataFrame
    verdicts: tuple[Verdict, ...]
    unknown: tuple[tuple[Unknown, ...], ...]
    remarks: tuple[str, ...]
    gap_note: str | None
    period: tuple[dt.date, dt.date] | None
    time_zone: str

    @property
    def is_all_clear(self) -> bool:
        """Whether nobody is concerned, every name is known, no hour of the logs is missing, and every call tells if it is one of these."""
        return (
            self.rows.is_empty()
            and not any(self.unknown)
            and self.gap_note is None
            and not any(remark.startswith(_NOT_COUNTED) for remark in self.remarks)
        )

    @property
    def answers(self) -> pl.DataFrame:
        """What scripts get, ANSWER: the rows, and one for each change and name in it that nobody knows.

        A row of such a name counts nothing and is nobody's. Without it a typing error would be an answer of no rows, which is
        what a script takes for nobody.
        """
        import polars as pl

        concerned = self.rows.with_columns(
            verdict=pl.lit("concerns"), nearest=pl.lit(None, dtype=pl.List(pl.String))
        ).select(ANSWER)
        unknown = [
            {
                "change": change.description,
                "severity": change.severity,
                "connector": name.connector,
                "customers": 0,
                "calls": 0,
                "verdict": "unknown_name",
                "nearest": list(name.nearest),
            }
            for change, names in zip(self.changes, self.unknown, strict=True)
            for name in names
        ]
        return pl.concat([concerned, pl.DataFrame(unknown, schema=concerned.schema)])

    @property
    def nobody_knows(self) -> tuple[tuple[Unknown, tuple[Change, ...]], ...]:
        """Each name that nobody knows, with the changes that it stands in."""
        found: dict[tuple[str, str], tuple[Unknown, list[Change]]] = {}
        for change, names in zip(self.changes, self.unknown, strict=True):
            for name in names:
                found.setdefault((name.kind, name.value.lower()), (name, []))[1].append(change)
        return tuple((name, tuple(changes)) for name, changes in found.values())

    @property
    def branches(self) -> pl.DataFrame:
        """Branches and how many customers in each, those without a branch last: branch, customers."""
        import polars as pl

        return (
            self.customers.group_by("branch")
            .agg(customers=pl.col("customer").n_unique())
            .sort(pl.col("branch").is_null(), -pl.col("customers").cast(pl.Int64), "branch")
        )


def asked(
    *,
    connector: str | None = None,
    operation: str | None = None,
    field: str | None = None,
    token_form: TokenForm | None = None,
    protocol: Protocol | None = None,
    api_version: str | None = None,
) -> Change:
    """The change that somebody asks for by its parts.

    >>> asked(connector="KnSubject", operation="update").description
    'connector KnSubject, operation update'
    """
    parts = {
        "connector": connector,
        "operation": operation,
        "field": field,
        "token form": token_form,
        "protocol": protocol,
        "API version": api_version,
    }
    return Change(
        description=", ".join(f"{name} {value}" for name, value in parts.items() if value is not None),
        connectors=(connector,) if connector is not None else (),
        operations=(operation,) if operation is not None else (),
        field=field,
        token_form=token_form,
        protocol=protocol,
        api_version=api_version,
    )


def impact(
    warehouse: Warehouse, changes: Sequence[Change], scope: Scope, thresholds: Thresholds | None = None
) -> Impact:
    """Whom these changes concern. The scope's connector is not looked at: a share is one of all traffic."""
    import polars as pl

    scope, thresholds = scope.replace(connector=None), thresholds or Thresholds()
    criteria = _criteria(changes)
    found = warehouse.query_file("impact/integrations", scope, criteria).rename({"change": "number"})
    used = set(found["number"].unique())
    left_out = pl.col("integration").is_in(list(thresholds.excluded)).fill_null(value=False)
    excluded, kept = found.filter(left_out), found.filter(~left_out)
    is_safe = _is_safe(thresholds) if thresholds.limits else pl.lit(value=False)
    safe, kept = kept.filter(is_safe), kept.filter(~is_safe)
    rows = kept.with_columns(
        change=pl.Series([changes[number].description for number in kept["number"]], dtype=pl.String),
        severity=pl.Series([changes[number].severity for number in kept["number"]], dtype=pl.String),
    )
    rows = rows.sort(
        pl.col("severity").replace_strict({name: place for place, name in enumerate(SEVERITIES)}), maintain_order=True
    )
    rows = rows.select(*COLUMNS, "number", "name", "partner_name", "email", "phone", "change_calls")
    told = _told(rows)
    parts = _Parts(warehouse, scope, criteria, {"kept": rows, "told": told, "safe": safe, "excluded": excluded})
    concerning = set(rows["number"].unique())
    unknown = unknown_names(warehouse, changes, found["connector"].drop_nulls().unique())
    return Impact(
        tuple(changes),
        rows,
        parts.customers("kept").drop("partner"),
        told,
        parts.by_partner("told"),
        tuple(
            _verdict(change, is_concerning=number in concerning, is_known=not unknown[number], is_used=number in used)
            for number, change in enumerate(changes)
        ),
        unknown,
        (
            *_remarks(warehouse, changes, scope, parts),
            *_about_left_out("not shown, because it is safe by the given limits", parts.of("safe")),
            *_about_left_out("not shown, as asked", parts.of("excluded")),
        ),
        gap_note(warehouse, scope),
        warehouse.period(scope),
        warehouse.snapshot.time_zone,
    )


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows to tell a partner of: nobody has to do anything about what is added, and nobody knows whose the others are."""
    import polars as pl

    somebody = pl.col("partner").is_not_null() & ~pl.col("integration").is_in(EXAMPLE_IDS)
    return rows.filter(somebody & (pl.col("severity").fill_null("changed") != "added"))


class _Parts:
    """Customers and calls that some rows of the impact are about, by the name of the part: each call once."""

    def __init__(
        self, warehouse: Warehouse, scope: Scope, criteria: Criteria, rows: Mapping[str, pl.DataFrame]
    ) -> None:
        pairs = [
            (part, number, integration)
            for part, some in rows.items()
            for number, integration in some.select("number", "integration").unique().iter_rows()
        ]
        names = ("parts", "part_changes", "part_integrations")
        lists = {name: [pair[place] for pair in pairs] for place, name in enumerate(names)}
        self._found = warehouse.query_file("impact/customers", scope, {**criteria, **lists})

    def of(self, part: str) -> pl.DataFrame:
        """Integration, partner, customer, name, branch, own, calls, errors and last call."""
        return self._found.filter(part=part).drop("part")

    def customers(self, part: str) -> pl.DataFrame:
        """The same of customers alone."""
        return self.of(part).filter(own=False).drop("own")

    def by_partner(self, part: str) -> pl.DataFrame:
        """Partner, customers and calls; those to the partner's own environment are calls, and it is no customer."""
        import polars as pl

        customers = pl.col("customer").filter(~pl.col("own")).n_unique()
        return (
            self.of(part).group_by("partner").agg(customers.alias("customers"), pl.col("calls").sum()).sort("partner")
        )


Criteria: TypeAlias = "dict[str, list[int] | list[str | None]]"


def _criteria(changes: Sequence[Change]) -> Criteria:
    """The lists that the questions take: one entry for each target and operation of each change that a log can show."""
    from analytics.changes.endpoints import endpoints_of

    asked_for = [
        (number, change, connector, path, operation)
        for number, change in enumerate(changes)
        if change.shows
        for connector, path in change.targets
        for operation in _operations(change, path)
    ]
    endpoints = endpoints_of([(path, operation) for _, _, _, path, operation in asked_for])
    entries = [
        (number, connector, operation, endpoint, change.token_form, change.protocol, change.api_version)
        for (number, change, connector, _, operation), endpoint in zip(asked_for, endpoints, strict=True)
    ]
    names = ("changes", "connectors", "operations", "endpoints", "token_forms", "protocols", "api_versions")
    return {name: [entry[place] for entry in entries] for place, name in enumerate(names)}  # type: ignore[misc]  # by column


def _operations(change: Change, path: str | None) -> tuple[str | None, ...]:
    """A SOAP call that writes may do any of the three: nobody sees which. A path has another endpoint for each method."""
    if not change.operations:
        return (None,) if path is None else _ON_A_PATH
    also = ("write",) if _WRITES.intersection(change.operations) and "write" not in change.operations else ()
    return (*change.operations, *also)


def _is_safe(thresholds: Thresholds) -> pl.Expr:
    import polars as pl

    of_the_change = {"change_share": thresholds.share, "change_calls": thresholds.calls}
    return pl.all_horizontal(pl.col(name) < limit for name, limit in of_the_change.items() if limit is not None)


def _verdict(change: Change, *, is_concerning: bool, is_known: bool, is_used: bool) -> Verdict:
    """What became of a change. One with a name that nobody knows is not said to be safe or unused: part of it was not found."""
    if not change.shows:
        return "unseen"
    if is_concerning:
        return "concerns"
    if not is_known:
        return "unknown_name"
    return "safe" if is_used else "unused"


def _remarks(warehouse: Warehouse, changes: Sequence[Change], scope: Scope, parts: _Parts) -> list[str]:
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
    rows = parts.of("kept")
    nameless = int(rows.filter(rows["integration"].is_null())["calls"].sum())
    if nameless:
        remarks.append(f"{counted(nameless, 'call')} without a valid id: nobody knows who made them")
    return remarks


def _about_left_out(why: str, rows: pl.DataFrame) -> list[str]:
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
        f"{_NOT_COUNTED}: {counted(calls[missing], words[missing][0])} {words[missing][1]} "
        f"({counted(integrations[missing], 'integration')}); any of them may be affected too"
        for missing in calls
        if calls[missing]
    ]


def _unseen_by(changes: Sequence[Change]) -> Mapping[str, set[str] | None]:
    """What has to be logged to find these changes, and the operations for which; None is all of them."""
    needed: dict[str, set[str] | None] = {}
    of_connectors = [change for change in changes if change.connectors and change.protocol != "rest"]
    if of_connectors:
        operations: set[str] = set()
        for change in of_connectors:
            wanted = set(change.operations) or {"get", "write"}
            operations |= (wanted & {"get", "write"}) | ({"write"} if wanted & _WRITES else set())
        needed["connector"] = operations
    if any(change.token_form for change in changes):
        needed["token_form"] = None
    if any(change.api_version for change in changes):
        needed["api_version"] = None
    return needed
