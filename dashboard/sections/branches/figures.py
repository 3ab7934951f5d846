"""The figures of the page about branches, and the table that may be published."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from analytics.branches.branches import PUBLISHED_COLUMNS, Period, published_csv, published_of
from analytics.scope import Scope
from dashboard.shell import titles
from dashboard.shell.data import View

MOST_INTEGRATIONS = 20
"""The number of integrations in the chart; the table has them all."""


def branches(view: View) -> pl.DataFrame:
    """Return branches_per_integration with `title`, the name to show."""
    return titles.of_integrations(view.rows("branches_per_integration"))


def charted(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows that have a branch, of the integrations with the most customers, each under a title of its own."""
    first = rows["integration"].unique(maintain_order=True).head(MOST_INTEGRATIONS)
    return titles.with_distinct_titles(
        rows.filter(pl.col("integration").is_in(first.to_list()), pl.col("branch").is_not_null())
    )


@dataclass(frozen=True)
class Published:
    """The table that may be published, whatever the filters: its month, and rows with `title` and numbers as ranges."""

    period: Period
    rows: pl.DataFrame

    @property
    def csv(self) -> str:
        """The rows as a CSV file."""
        return published_csv(self.rows.select(PUBLISHED_COLUMNS), self.period)


def published(view: View) -> Published:
    """Return the table of the last month that is over. It does not depend on the filters, so that two tables cannot be subtracted."""
    assert view.lake.covered is not None, "a lake without calls ends the page"
    period = Period.last_of(*view.lake.covered)
    whole = View(view.lake, Scope(since=period.since, until=period.until))
    rows = published_of(whole.rows("branches_per_integration"))
    ranges = {
        f"{name}_range": pl.format("{}\N{EN DASH}{}", f"{name}_from", f"{name}_to")
        for name in ("customers", "branch_customers")
    }
    return Published(period, titles.of_integrations(rows.with_columns(**ranges)))
