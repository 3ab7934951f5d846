"""What the pages about customers and branches show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from analytics.branches.branches import PUBLISHED_COLUMNS, Period, published_csv, published_of
from analytics.customers.customers import cohorts_in
from analytics.scope import Scope
from dashboard.shell import filter_bar
from dashboard.shell.data import View
from dashboard.shell.figures import told_apart
from dashboard.text.wording import plain, shown

ARRIVALS = ("stayed", "returning", "new", "unknown", "lost")
"""From the bottom of a bar to its top; who is lost stands below zero."""

MOST_INTEGRATIONS = 20
"""So many are in the chart of branches; the table has them all."""


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
    return (
        view.until_its_end().rows("customers_per_month").with_columns(pl.coalesce("name", "integration").alias("title"))
    )


def months_offered(rows: pl.DataFrame) -> list[dt.date]:
    """Return the months, the last one first."""
    return sorted(rows["month"].unique().to_list(), reverse=True)


def last_whole_month(rows: pl.DataFrame) -> dt.date:
    """Return the last month of which the logs cover all days; without one, the last month."""
    whole: list[dt.date] = sorted(rows.filter("complete")["month"].unique().to_list())
    return whole[-1] if whole else months_offered(rows)[0]


def month_asked(rows: pl.DataFrame) -> dt.date:
    """Return the month that the link asks for; the last whole one where it asks for none that is there."""
    text = filter_bar.own("month")
    return next((month for month in months_offered(rows) if month.isoformat() == text), last_whole_month(rows))


def in_month(rows: pl.DataFrame, month: dt.date) -> pl.DataFrame:
    """Return the integrations of one month with a customer, or one who was lost, those with the most change first."""
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
    """Return month, its name, arrival, its name, its place in a bar, and customers: below zero for who is lost.

    `month_label` says below the name how many came and went: in a bar of hundreds, a few cannot be seen.
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
    """Return the cohorts up to the end of the period, with the name of each and of every month since."""
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


def branches(view: View) -> pl.DataFrame:
    """Return branches_per_integration with `title`, the name to show."""
    return view.rows("branches_per_integration").with_columns(pl.coalesce("name", "integration").alias("title"))


def charted(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with a branch of the integrations with the most customers, each under a title of its own."""
    first = rows["integration"].unique(maintain_order=True).head(MOST_INTEGRATIONS)
    return told_apart(rows.filter(pl.col("integration").is_in(first.to_list()), pl.col("branch").is_not_null()))


@dataclass(frozen=True)
class Published:
    """What may be published, whatever is chosen on the page: its month, and rows with `title` and their numbers as ranges."""

    period: Period
    rows: pl.DataFrame

    @property
    def csv(self) -> str:
        """The rows as a CSV file."""
        return published_csv(self.rows.select(PUBLISHED_COLUMNS), self.period)


def published(view: View) -> Published | None:
    """Return what may be published of the last month that is over; None without any call."""
    if view.lake.covered is None:
        return None
    period = Period.last_of(*view.lake.covered)
    whole = View(view.lake, Scope(since=period.since, until=period.until))
    rows = published_of(whole.rows("branches_per_integration"))
    ranges = {
        f"{name}_range": pl.format("{}\N{EN DASH}{}", f"{name}_from", f"{name}_to")
        for name in ("customers", "branch_customers")
    }
    return Published(period, rows.with_columns(title=pl.coalesce("name", "integration"), **ranges))


def month_name(month: dt.date) -> str:
    """Return a month in words.

    >>> month_name(dt.date(2026, 10, 1))
    'Oct 2026'
    """
    return shown(month).partition(" ")[2]


def _month_names(months_: pl.Series) -> pl.Series:
    return pl.Series("month_name", [month_name(month) for month in months_], dtype=pl.String)
