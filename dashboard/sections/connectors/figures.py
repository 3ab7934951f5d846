"""The figures of the pages about connectors: all of them in a table, and the integrations that use one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dashboard.shell import titles
from dashboard.shell.search import found_in
from dashboard.widgets.stacks import calls_and_errors

if TYPE_CHECKING:
    from dashboard.shell.data import View


def connectors(view: View, search: str = "") -> pl.DataFrame:
    """Return the rows of connector_usage that hold a text, with `title`, the name to show."""
    rows = titles.of_connectors(view.rows("connector_usage"))
    return found_in(rows, search, ("title", "operation", "protocol"))


def most_called(rows: pl.DataFrame, most: int = 12) -> pl.DataFrame:
    """Return the connectors with the most calls, over all operations: title, kind (ok, error), calls, error_rate."""
    summed = (
        rows.filter(pl.col("connector").is_not_null())
        .group_by("title")
        .agg(pl.col("calls").sum(), pl.col("errors").sum())
        .sort("calls", "title", descending=[True, False])
        .head(most)
        .with_columns(error_rate=pl.col("errors") / pl.col("calls"))
    )
    return calls_and_errors(summed, by=("title", "error_rate"))


def users(view: View) -> pl.DataFrame:
    """Return the integrations that use the chosen connector; unidentified calls are one row without an integration."""
    rows = view.rows("connector/integrations", connector=view.scope.connector)
    return titles.of_integrations(titles.with_partners(rows, view))
