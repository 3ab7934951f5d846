"""Turns rows into the parts of stacked bars: each with its name in words, and its place in the stack."""

from __future__ import annotations

import polars as pl

from dashboard.text.wording import plain


def calls_and_errors(rows: pl.DataFrame, *, by: tuple[str, ...] = ("day",)) -> pl.DataFrame:
    """Return, from rows with calls and errors: kind (ok, error), its name, its place in a stack, and calls."""
    parts = rows.select(*by, ok=pl.col("calls") - pl.col("errors"), error="errors")
    return stacked(parts.unpivot(index=by, variable_name="kind", value_name="calls"), "kind", ("ok", "error"))


def stacked(rows: pl.DataFrame, kind: str, order: tuple[str, ...]) -> pl.DataFrame:
    """Add the name of each value of `kind` in words, and its place in a stack."""
    return rows.with_columns(
        pl.col(kind).replace_strict({value: plain(f"{kind}.{value}") for value in order}).alias(f"{kind}_name"),
        pl.col(kind).replace_strict({value: place for place, value in enumerate(order)}).alias("place"),
    )
