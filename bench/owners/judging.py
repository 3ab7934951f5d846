"""Answers and the truth: how many are right, and whether the stated confidence is the share that is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analytics.scope import Scope
from bench.owners.hiding import truth_of
from bench.owners.world import AGGREGATOR, NOBODY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.warehouse.warehouse import Warehouse

EDGES = (0.0, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
"""Where the bins of the calibration curve begin."""


def judged(warehouse: Warehouse, calls: pl.DataFrame) -> pl.DataFrame:
    """Each answer with what is true: kind, integration, confidence, calls, owner, has_owner and is_right."""
    answers = warehouse.metric("probable_owners", Scope(environment="all")).with_columns(
        folded=pl.col("connector").str.to_lowercase()
    )
    truth = truth_of(calls)
    told = answers.join(truth, on=["customer", "user_agent", "folded"], how="inner", nulls_equal=True)
    assert told.height == answers.height == truth.height, "an answer for each row, and no other"
    kind = (
        pl.when(pl.col("integration").is_not_null())
        .then(pl.lit("integration"))
        .when(pl.col("why").str.starts_with("aggregator"))
        .then(pl.lit("aggregator"))
        .otherwise(pl.lit("nobody"))
    )
    several = pl.col("owners").list.len() > 1
    right = (
        pl.when(kind == "aggregator")
        .then(several | (pl.col("owner") == AGGREGATOR))
        .when(kind == "nobody")
        .then(pl.col("owner") == NOBODY)
        .otherwise(pl.col("integration") == pl.col("owner"))
    )
    return told.select(
        "integration",
        "confidence",
        "calls",
        "owner",
        "why",
        kind=kind,
        has_owner=~pl.col("owner").is_in([NOBODY, AGGREGATOR]),
        is_right=right,
    )


@dataclass(frozen=True)
class Quality:
    """How good answers are. Shares are of rows; `by_calls` weighs each row by its calls."""

    rows: int
    named: int
    accuracy: float
    accuracy_by_calls: float
    coverage: float
    brier: float
    calibration_error: float


def quality(rows: pl.DataFrame, *, least: float = 0.5) -> Quality:
    """The quality of the answers that name an integration with this confidence or more; the last two figures are of all answers."""
    named = rows.filter((pl.col("kind") == "integration") & (pl.col("confidence") >= least))
    right = named["is_right"].cast(pl.Float64)
    owned = rows.filter("has_owner")
    found = named.filter("is_right").height
    return Quality(
        rows.height,
        named.height,
        _mean(right),
        float((right * named["calls"]).sum()) / max(int(named["calls"].sum()), 1),
        found / max(owned.height, 1),
        _mean((rows["confidence"] - rows["is_right"].cast(pl.Float64)) ** 2),
        float(
            sum(abs(row["stated"] - row["right"]) * row["rows"] for row in bins(rows).to_dicts()) / max(rows.height, 1)
        ),
    )


def bins(rows: pl.DataFrame) -> pl.DataFrame:
    """The calibration curve: the rows of each bin, named by its least confidence, the mean stated one and the share that is right."""
    least = pl.max_horizontal(*(pl.when(pl.col("confidence") >= edge).then(pl.lit(edge)) for edge in EDGES))
    return (
        rows.group_by(least=least)
        .agg(rows=pl.len(), stated=pl.col("confidence").mean(), right=pl.col("is_right").mean())
        .sort("least")
    )


def by_kind(rows: pl.DataFrame) -> pl.DataFrame:
    """The same by kind of answer."""
    return (
        rows.group_by("kind")
        .agg(rows=pl.len(), stated=pl.col("confidence").mean(), right=pl.col("is_right").mean())
        .sort("kind")
    )


def together(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The answers of several worlds."""
    return pl.concat(parts)


def _mean(values: pl.Series) -> float:
    return float(values.mean() or 0.0)  # type: ignore[arg-type]
