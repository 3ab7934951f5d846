"""The figures of the page about customers: how they come, stay and go, month by month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analytics.customers.customers import cohorts_in
from dashboard.shell import titles
from dashboard.text.wording import month_name, plain

if TYPE_CHECKING:
    from dashboard.shell.data import View

ARRIVALS = ("stayed", "returning", "new", "unknown", "lost")
"""From the bottom of a bar to its top; lost customers are below zero."""


@dataclass(frozen=True)
class Month:
    """One month of all integrations together; a customer of two of them counts twice."""

    first_day: dt.date
    customers: int
    new: int
    returning: int
    unknown: int
    lost: int | None


def months(view: View) -> pl.DataFrame:
    """Return customers_per_month of every month up to the end of the period, with `title`, the name to show."""
    return titles.of_integrations(view.until_its_end().rows("customers_per_month"))


def months_offered(rows: pl.DataFrame) -> list[dt.date]:
    """Return the months, the last one first."""
    return sorted(rows["month"].unique().to_list(), reverse=True)


def last_whole_month(rows: pl.DataFrame) -> dt.date:
    """Return the last month that the logs cover completely; without one, the last month."""
    whole: list[dt.date] = sorted(rows.filter("complete")["month"].unique().to_list())
    return whole[-1] if whole else months_offered(rows)[0]


def month_asked(rows: pl.DataFrame, text: str | None) -> dt.date:
    """Return the month that a link asks for; without one, or if it is not there, the last complete one."""
    return next((month for month in months_offered(rows) if month.isoformat() == text), last_whole_month(rows))


def in_month(rows: pl.DataFrame, month: dt.date) -> pl.DataFrame:
    """Return the integrations that have or lost a customer in one month, those with the most changes first."""
    here = rows.filter(pl.col("month") == month, (pl.col("customers") > 0) | (pl.col("lost") > 0))
    change = pl.col("new") + pl.col("returning") + pl.col("lost").fill_null(0)
    return here.sort(change, "customers", "integration", descending=[True, True, False])


def month_of(rows: pl.DataFrame, month: dt.date) -> Month:
    """Return one month, all integrations together."""
    here = rows.filter(month=month)
    known = here["lost"].null_count() == 0
    counts = {name: int(here[name].sum()) for name in ("customers", "new", "returning", "unknown")}
    return Month(month, **counts, lost=int(here["lost"].sum()) if known else None)


def comings_and_goings(rows: pl.DataFrame) -> pl.DataFrame:
    """Return month, its name, arrival, its name, its place in a bar, and customers, which are below zero if they were lost.

    `month_label` has the number of arrivals and departures below the name, because a few cannot be seen in a bar of hundreds.
    """
    is_known = pl.col("lost").null_count() == 0
    summed = (
        rows.group_by("month")
        .agg(pl.col(ARRIVALS).sum(), went=pl.when(is_known).then(pl.col("lost").sum()))
        .with_columns(-pl.col("lost"))
        .sort("month")
    )
    came = summed["new"] + summed["returning"]
    changes = [
        " ".join([f"+{gain}"] + ([f"\N{MINUS SIGN}{loss}"] if loss is not None else [])) if gain or loss else ""
        for gain, loss in zip(came, summed["went"], strict=True)
    ]
    labels = [f"{month_name(month)}\n{change}" for month, change in zip(summed["month"], changes, strict=True)]
    summed = summed.with_columns(pl.Series("month_label", labels, dtype=pl.String))
    parts = summed.drop("went").unpivot(
        index=("month", "month_label"), on=ARRIVALS, variable_name="arrival", value_name="customers"
    )
    return parts.with_columns(
        _month_names(parts["month"]),
        pl.Series("arrival_name", [plain(f"arrival.{name}") for name in parts["arrival"]], dtype=pl.String),
        pl.col("arrival").replace_strict({name: n for n, name in enumerate(ARRIVALS)}).alias("place"),
        counted=pl.col("customers").abs(),
    ).sort("month", "place")


def cohorts(view: View) -> pl.DataFrame:
    """Return the cohorts up to the end of the period, with the names of each cohort and of every later month."""
    covered, until = view.lake.covered, view.scope.until
    if covered is None:
        return pl.DataFrame()
    rows = view.until_its_end().rows("customers/months")
    whole = view.until_its_end().rows("customers_per_month")
    found = cohorts_in(rows, whole, since=covered[0], until=min(until or covered[1], covered[1]))
    names = [
        plain(f"customers.cohort_{began}", month=month_name(cohort))
        for cohort, began in found.select("cohort", "began").iter_rows()
    ]
    return found.with_columns(pl.Series("cohort_name", names, dtype=pl.String), _month_names(found["month"]))


def _month_names(months_: pl.Series) -> pl.Series:
    return pl.Series("month_name", [month_name(month) for month in months_], dtype=pl.String)
