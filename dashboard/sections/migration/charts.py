"""Customers by the tokens that they send."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from dashboard.widgets import axes, colours

if TYPE_CHECKING:
    import polars as pl


def customers(rows: pl.DataFrame) -> axes.Drawing:
    """The customers of each integration by state. Reads title, state, state_name and customers."""
    order = {state: place for place, state in enumerate(colours.TOKENS)}
    placed = rows.with_columns(rows["state"].replace_strict(order).alias("place"))
    bars = (
        alt.Chart(placed)
        .mark_bar(height=16)
        .encode(
            x=axes.ranked("customers"),
            y=axes.names("title"),
            color=axes.kinds("state", colours.TOKENS),
            order=alt.Order("place:Q"),
            tooltip=[
                axes.said("title"),
                axes.said("state_name", "state"),
                axes.tip("customers", axes.COUNT),
            ],
        )
    )
    return axes.finish(bars, axes.height_of(rows["title"]) + 30)
