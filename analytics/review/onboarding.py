"""How each customer of an integration began: from its first call to the first one that was of use."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from analytics.warehouse.period import Period

COLUMNS = (
    "customer",
    "name",
    "branch",
    "state",
    "first_call",
    "first_success",
    "hours",
    "errors_before",
    "status_before",
    "connector_before",
    "calls",
    "errors",
    "last_call",
)


def onboarding(
    began: pl.DataFrame, successes: pl.DataFrame, period: Period | None, *, calls_since: dt.date | None
) -> pl.DataFrame:
    """One row per customer whose first call is in the period: COLUMNS, in the order of their first calls.

    `began` and `successes` are rows of the questions review/began and review/first_successes; from `calls_since` on single calls are
    there (None: all are). `hours` is the time from the first call to the first success. `state`: succeeded; never (no success until
    the end of the period); too_recent (began on the last day, and no success yet); removed (the single calls of its first days are
    gone); not_new (it may have begun before the logs do).
    """
    since, until = period or (dt.date.max, dt.date.max)
    is_gone = pl.lit(value=False) if calls_since is None else pl.col("first_day") < calls_since
    last_day = until - dt.timedelta(days=1)
    return (
        began.filter(pl.col("first_day") >= since, pl.col("first_day") <= last_day)
        .join(successes.drop("first_call"), on="customer", how="left", maintain_order="left")
        .with_columns(
            pl.col("errors_before").fill_null(0),
            state=pl.when(~pl.col("is_new"))
            .then(pl.lit("not_new"))
            .when(is_gone)
            .then(pl.lit("removed"))
            .when(pl.col("first_success").is_not_null())
            .then(pl.lit("succeeded"))
            .when(pl.col("first_day") == last_day)
            .then(pl.lit("too_recent"))
            .otherwise(pl.lit("never")),
        )
        # Without its first calls, nobody knows which success was the first, or what came before it.
        .with_columns(
            pl.when(~is_gone).then(pl.col(name))
            for name in ("first_success", "errors_before", "status_before", "connector_before")
        )
        .with_columns(hours=(pl.col("first_success") - pl.col("first_call")).dt.total_microseconds() / 3.6e9)
        .select(COLUMNS)
    )
