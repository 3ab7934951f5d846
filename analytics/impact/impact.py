"""Whom a change concerns: which integrations, customers and branches, how much, and when last.

A log shows who calls a connector, not which fields they send: for a change of a field everybody who uses its connector that
way is concerned at most. What else a log does not say is said with the answer (`remarks`), never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from analytics.changes.change import SEVERITIES, WRITES
from analytics.completeness.gaps import gap_note
from analytics.example_ids import EXAMPLE_IDS
from analytics.impact.answer import COLUMNS, Impact, Verdict
from analytics.impact.remarks import about_left_out, remarks_on
from analytics.known.known import unknown_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from analytics.changes.change import Change
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse


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
            *remarks_on(warehouse, changes, scope, parts.of("kept")),
            *about_left_out("not shown, because it is safe by the given limits", parts.of("safe")),
            *about_left_out("not shown, as asked", parts.of("excluded")),
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
    also = ("write",) if WRITES.intersection(change.operations) and "write" not in change.operations else ()
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
