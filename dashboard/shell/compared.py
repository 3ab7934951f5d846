"""The figures of a view beside those of the period before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dashboard.widgets.cards import Number

if TYPE_CHECKING:
    from dashboard.shell.data import View


@dataclass(frozen=True)
class Totals:
    """The figures of a scope, beside those of the period before."""

    customers: Number
    integrations: Number
    calls: Number
    errors: Number
    error_rate: Number


def totals(view: View) -> Totals:
    """Return the figures of what is asked. The period before counts only where the lake covers all of it."""
    row = view.compared("overview/totals").row(0, named=True)
    comparable = covers_period_before(view)
    return Totals(
        **{
            name: Number(row[name], row[f"{name}_before"] if comparable else None)
            for name in ("customers", "integrations", "calls", "errors", "error_rate")
        }
    )


def per_day(view: View) -> pl.DataFrame:
    """Return calls_per_day; where the lake covers the period before, with its day of the same place (`..._before`)."""
    rows = view.compared("calls_per_day").filter(pl.col("calls").is_not_null())
    return rows if covers_period_before(view) else rows.select(pl.exclude("^.*_before$"))


def covers_period_before(view: View) -> bool:
    """Return whether the lake covers all of the period before: else there is nothing to compare with."""
    covered, before = view.lake.covered, view.scope.previous()
    return covered is not None and before.since is not None and before.since >= covered[0]
