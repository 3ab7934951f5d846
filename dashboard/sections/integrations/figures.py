"""The figures of the pages about integrations: all of them in a table, and the customers of one over time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from dashboard.shell import titles
from dashboard.shell.search import found_in
from dashboard.text.wording import plain, shown, span

if TYPE_CHECKING:
    from dashboard.shell.data import View

_DAYS_OF_A_LONG_PERIOD = 45
"""Longer periods count customers per week, because one day says little about the number of customers."""


def integrations(view: View, search: str) -> pl.DataFrame:
    """Return the rows of customers_per_integration that hold a text, with the partner's name and the calls per day."""
    trend = view.rows("integration/per_day").group_by("integration", maintain_order=True).agg(trend=pl.col("calls"))
    rows = titles.of_integrations(titles.with_partners(view.rows("customers_per_integration"), view)).join(
        trend, on="integration", how="left", maintain_order="left"
    )
    return found_in(rows, search, ("title", "integration", "partner_name", "partner"))


def most_customers(rows: pl.DataFrame, most: int = 12) -> pl.DataFrame:
    """Return the integrations with the most customers, each under a title of its own."""
    return titles.with_distinct_titles(rows.sort("customers", "calls", descending=True).head(most))


def is_long(view: View) -> bool:
    """Return whether the period is so long that customers are counted per week."""
    since, until = view.scope.since, view.scope.until
    return since is None or until is None or (until - since).days > _DAYS_OF_A_LONG_PERIOD


def customers_over_time(view: View) -> pl.DataFrame:
    """Return the customers of the chosen integration per day, or per week in a long period: day, customers, covers."""
    if not is_long(view):
        rows = view.rows("integration/days", integration=view.scope.integration)
        return rows.select("day", "customers", covers=pl.Series([shown(day) for day in rows["day"]], dtype=pl.String))
    rows = view.rows("integration/weeks", integration=view.scope.integration)
    weeks = [_week(week, days) for week, days in rows.select("week", "days").iter_rows()]
    return rows.select(day="week", customers="customers", covers=pl.Series(weeks, dtype=pl.String))


def _week(monday: dt.date, days: int) -> str:
    """Return a week in words, with the number of its days in the period if that is not all of them."""
    week = span(monday, monday + dt.timedelta(days=7))
    return week if days == 7 else plain("chart.part_of_week", week=week, days=days)
