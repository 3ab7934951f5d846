"""The figures of a view, compared with those of the period before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from dashboard.widgets.cards import Number

if TYPE_CHECKING:
    from dashboard.shell.data import View


@dataclass(frozen=True)
class Totals:
    """The figures of a scope, each with that of the period before."""

    customers: Number
    integrations: Number
    calls: Number
    errors: Number
    error_rate: Number


def totals(view: View) -> Totals:
    """Return the figures of a view. They are compared only if the lake covers the whole period before."""
    row = view.compared("overview/totals").row(0, named=True)
    comparable = covers_period_before(view)
    return Totals(
        **{
            name: Number(row[name], row[f"{name}_before"] if comparable else None)
            for name in ("customers", "integrations", "calls", "errors", "error_rate")
        }
    )


def per_day(view: View) -> pl.DataFrame:
    """Return calls_per_day; if the lake covers the period before, with the day at the same place in it (`..._before`)."""
    rows = view.compared("calls_per_day").filter(pl.col("calls").is_not_null())
    return rows if covers_period_before(view) else rows.select(pl.exclude("^.*_before$"))


def covers_period_before(view: View) -> bool:
    """Return whether the lake covers the whole period before. A part of it would make every figure look like growth."""
    covered, before = view.lake.covered, view.scope.previous()
    return covered is not None and before.since is not None and before.since >= covered[0]
