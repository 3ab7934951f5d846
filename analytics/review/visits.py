"""Who came to the app's own onboarding page, and when that customer first called."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from analytics.warehouse.period import Period

COLUMNS = ("customer", "name", "state", "first_visit", "visits", "first_call", "hours")


def arrivals(seen: pl.DataFrame, began: pl.DataFrame, period: Period | None, *, time_zone: str) -> pl.DataFrame:
    """One row per customer whose first visit is in the period: COLUMNS, in the order of their first visits.

    `seen` has a row per visit (customer, called_at), `began` the rows of the question review/began. `hours` is the time from the first
    visit to the first call. `state`: called (afterwards); called_before (it was a customer already); never_called; too_recent (came on
    the last day, and has not called yet).
    """
    since, until = period or (dt.date.max, dt.date.max)
    last_day = until - dt.timedelta(days=1)
    day = pl.col("first_visit").dt.convert_time_zone(time_zone).dt.date()
    return (
        seen.group_by("customer")
        .agg(first_visit=pl.col("called_at").min(), visits=pl.len().cast(pl.Int64))
        .filter(day >= since, day <= last_day)
        .join(began.select("customer", "name", "first_call"), on="customer", how="left")
        .with_columns(
            state=pl.when(pl.col("first_call") >= pl.col("first_visit"))
            .then(pl.lit("called"))
            .when(pl.col("first_call").is_not_null())
            .then(pl.lit("called_before"))
            .when(day == last_day)
            .then(pl.lit("too_recent"))
            .otherwise(pl.lit("never_called"))
        )
        .with_columns(
            hours=pl.when(pl.col("state") == "called").then(
                (pl.col("first_call") - pl.col("first_visit")).dt.total_microseconds() / 3.6e9
            )
        )
        .sort("first_visit", "customer")
        .select(COLUMNS)
    )
