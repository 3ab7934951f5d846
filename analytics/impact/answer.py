"""The answer to whom a change concerns: its rows, what became of each change, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    import datetime as dt

    import polars as pl

    from analytics.changes.change import Change
    from analytics.known.known import Unknown

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

NOT_COUNTED = "not counted"
"""How a remark begins that says of which calls no log tells whether they are concerned."""


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
            and not any(remark.startswith(NOT_COUNTED) for remark in self.remarks)
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
