"""Errors per day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.widgets import bars, colours

if TYPE_CHECKING:
    import polars as pl

    from dashboard.widgets import axes


def by_party(rows: pl.DataFrame, *, height: int = 240) -> axes.Drawing:
    """Errors per day by who can fix them. Reads day, party and calls."""
    return bars.stacked_days(rows, "party", colours.PARTIES, height, counted="wrong_calls")
