"""The answer to "Whom does a change affect?": its rows, the verdict on each change, and its basis."""

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
"""The columns for scripts. The verdict of a row is `concerns`, or `unknown_name` if the change holds an unknown name."""

Verdict: TypeAlias = Literal["concerns", "unknown_name", "safe", "unused", "unseen"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""An integration calls it; a name in it is unknown; it is called, but below the limits; it is not called; no log can tell."""

NOT_COUNTED = "not counted"
"""The beginning of a remark about calls that may be affected, but that no log can tell about."""


@dataclass(frozen=True)
class Impact:
    """The answer.

    `rows`: COLUMNS, and name, partner_name, email, phone, number (of the change), change_calls (those of the whole change). One row
    per change, connector, operation and integration, the most severe changes first, without those that count as safe;
    unidentified traffic has a null integration. `customers`: one row per integration and customer of these rows. `told`: the rows
    that a partner has to know about, because something may break. `told_to`: one row per partner, with its customers and calls in
    `told`, each once. `verdicts`: one per change, in order. `unknown`: the unknown names of each change. `remarks`: the basis of the
    answer and what no log shows, as sentences. `gap_note`: the gaps of the logs.
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
        """Whether the answer is a safe "nobody".

        That takes more than no rows: every name is known, no hour of the logs is missing, and no call is left that may be affected.
        """
        return (
            self.rows.is_empty()
            and not any(self.unknown)
            and self.gap_note is None
            and not any(remark.startswith(NOT_COUNTED) for remark in self.remarks)
        )

    @property
    def answers(self) -> pl.DataFrame:
        """The rows for scripts, in ANSWER: those of `rows`, and one for each unknown name of each change.

        The row of an unknown name has no calls and no integration. Without it, a typing error would give an answer without rows,
        which a script would take for "nobody".
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
    def unknown_by_name(self) -> tuple[tuple[Unknown, tuple[Change, ...]], ...]:
        """Each unknown name, with the changes that name it."""
        found: dict[tuple[str, str], tuple[Unknown, list[Change]]] = {}
        for change, names in zip(self.changes, self.unknown, strict=True):
            for name in names:
                found.setdefault((name.kind, name.value.lower()), (name, []))[1].append(change)
        return tuple((name, tuple(changes)) for name, changes in found.values())

    @property
    def branches(self) -> pl.DataFrame:
        """The number of customers in each branch, those without a branch last: branch, customers."""
        import polars as pl

        return (
            self.customers.group_by("branch")
            .agg(customers=pl.col("customer").n_unique())
            .sort(pl.col("branch").is_null(), -pl.col("customers").cast(pl.Int64), "branch")
        )
