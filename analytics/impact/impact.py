"""The integrations, customers and branches that a change affects, with their calls and the last of them.

A log shows who calls a connector, but not which fields a call sends. So if a field changes, every integration that uses its
connector in that way is counted, and fewer may be affected. The answer says what else a log does not show (`remarks`). It never
guesses.
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
    """The limits below which a change counts as safe for an integration, and the integrations to leave out.

    A limit applies to a change at an integration, over all connectors and operations: six calls to insert and six to update are
    twelve.
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
    """The answer about these changes. The scope's connector is ignored, because a share is a fraction of all traffic."""
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
    """The rows that a partner has to know about: nobody has to act on what is added, and other rows belong to no known partner."""
    import polars as pl

    somebody = pl.col("partner").is_not_null() & ~pl.col("integration").is_in(EXAMPLE_IDS)
    return rows.filter(somebody & (pl.col("severity").fill_null("changed") != "added"))


class _Parts:
    """The customers and calls of parts of the answer, by the name of the part. Each call counts once in a part."""

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
        """The same rows of real customers, without partners' own environments."""
        return self.of(part).filter(own=False).drop("own")

    def by_partner(self, part: str) -> pl.DataFrame:
        """Partner, customers and calls. Calls to the partner's own environment count, but it is not a customer."""
        import polars as pl

        customers = pl.col("customer").filter(~pl.col("own")).n_unique()
        return (
            self.of(part).group_by("partner").agg(customers.alias("customers"), pl.col("calls").sum()).sort("partner")
        )


Criteria: TypeAlias = "dict[str, list[int] | list[str | None]]"


def _criteria(changes: Sequence[Change]) -> Criteria:
    """The lists for the questions: one entry for each target and operation of each change that a log can show."""
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
    """The operations to look for. A SOAP call that writes may be any of WRITES. A path has a different endpoint for each method."""
    if not change.operations:
        return (None,) if path is None else _ON_A_PATH
    also = ("write",) if WRITES.intersection(change.operations) and "write" not in change.operations else ()
    return (*change.operations, *also)


def _is_safe(thresholds: Thresholds) -> pl.Expr:
    import polars as pl

    of_the_change = {"change_share": thresholds.share, "change_calls": thresholds.calls}
    return pl.all_horizontal(pl.col(name) < limit for name, limit in of_the_change.items() if limit is not None)


def _verdict(change: Change, *, is_concerning: bool, is_known: bool, is_used: bool) -> Verdict:
    """The verdict on a change. A change with an unknown name is never safe or unused, because a part of it was not found."""
    if not change.shows:
        return "unseen"
    if is_concerning:
        return "concerns"
    if not is_known:
        return "unknown_name"
    return "safe" if is_used else "unused"
