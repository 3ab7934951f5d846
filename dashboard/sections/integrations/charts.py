"""The integrations with the most customers, and the customers of one over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from dashboard.widgets import axes, bars, colours

if TYPE_CHECKING:
    import polars as pl


def customers(rows: pl.DataFrame, *, height: int = 220) -> axes.Drawing:
    """Customers per day or week. Reads day (the Monday of a week), customers, and covers (the days of the point, in words)."""
    chart = (
        alt.Chart(axes.with_days(rows))
        .mark_line(
            color=colours.CUSTOMERS, strokeWidth=2, point={"color": colours.CUSTOMERS, "filled": True, "size": 30}
        )
        .encode(
            x=axes.days(rows, ticks=6),
            y=alt.Y("customers:Q", axis=axes.values(axes.COUNT), scale=axes.from_zero()),
            tooltip=[
                axes.said("covers"),
                axes.tip("customers", axes.COUNT),
            ],
        )
    )
    return axes.finish(chart, height)


def most_customers(rows: pl.DataFrame) -> axes.Drawing:
    """The integrations with the most customers, in the order of the rows. Reads title, customers, calls, error_rate."""
    return bars.customers_by_name(rows, axes.tip("calls", axes.COUNT), axes.tip("error_rate", axes.RATE))
