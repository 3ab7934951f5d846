"""The retention of customers: those that began in the same month, and how many of them are still there months later.

`customers/steps/arrivals.sql` defines new, returning and lost; the metric `customers_per_month` counts them.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

COHORT_COLUMNS = ("cohort", "began", "months_later", "month", "customers", "active", "retention", "complete")


def cohorts(warehouse: Warehouse, scope: Scope) -> pl.DataFrame:
    """The retention of the customers of the scope's integrations: COHORT_COLUMNS, one row per cohort of the period and later month.

    A cohort is the customers that an integration got in the same month; a customer of two integrations is in two cohorts. `began`
    is `new`, or `unknown` for those that were there when the logs began. `active` is the number of them that are customers
    `months_later` months later, `retention` is their fraction. In a month that is not `complete`, both may still grow: the month is
    not over, or logs in which one of the integrations is seen lack a part of it.
    """
    lived = warehouse.lived()
    period = warehouse.period(scope)
    if lived is None or period is None:
        return _nothing()
    rows = warehouse.query_file("customers/months", scope)
    months = warehouse.metric("customers_per_month", scope)
    return cohorts_in(rows, months, since=max(period[0], lived[0]), until=min(period[1], lived[1]))


def cohorts_in(rows: pl.DataFrame, months: pl.DataFrame, *, since: dt.date, until: dt.date) -> pl.DataFrame:
    """The cohorts that began in the month of `since` or later, from rows of the question `customers/months`.

    `months`: the metric `customers_per_month` of the same scope, which shows in which months logs are missing.
    """
    import polars as pl

    last = (until - dt.timedelta(days=1)).replace(day=1)
    first = (
        rows.group_by("integration", "customer")
        .agg(cohort=pl.col("month").min(), began=pl.col("arrival").sort_by("month").first())
        .filter(pl.col("cohort").is_between(since.replace(day=1), last))
    )
    broken = months.filter(~pl.col("complete"))["month"].unique()
    sizes = first.group_by("cohort", "began").agg(customers=pl.len())
    if sizes.is_empty():
        return _nothing()
    ages = sizes.with_columns(month=pl.date_ranges("cohort", pl.lit(last), "1mo")).explode("month")
    active = rows.join(first, on=["integration", "customer"]).group_by("cohort", "began", "month").agg(active=pl.len())
    return (
        ages.join(active, on=["cohort", "began", "month"], how="left")
        .with_columns(
            pl.col("active").fill_null(0).cast(pl.Int64),
            pl.col("customers").cast(pl.Int64),
            months_later=_months("month") - _months("cohort"),
            complete=(pl.col("month").dt.offset_by("1mo") <= until) & ~pl.col("month").is_in(broken.implode()),
        )
        .with_columns(retention=pl.col("active") / pl.col("customers"))
        .select(COHORT_COLUMNS)
        .sort("cohort", "began", "months_later")
    )


def _months(column: str) -> pl.Expr:
    """Months since the year 0."""
    import polars as pl

    return pl.col(column).dt.year().cast(pl.Int64) * 12 + pl.col(column).dt.month()


def _nothing() -> pl.DataFrame:
    import polars as pl

    types = (pl.Date, pl.String, pl.Int64, pl.Date, pl.Int64, pl.Int64, pl.Float64, pl.Boolean)
    return pl.DataFrame(schema=dict(zip(COHORT_COLUMNS, types, strict=True)))
