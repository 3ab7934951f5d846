"""The clock of one integration."""

from __future__ import annotations

import altair as alt
import polars as pl

from dashboard.widgets import axes, colours


def required_customers(rows: pl.DataFrame) -> axes.Drawing:
    """The customers in a rolling window per day, the required number as a line, and the days with incomplete logs shaded.

    Reads day, customers, required, complete, and in words clock (the state) and logs.
    """
    days = axes.with_days(rows)
    tips = [
        axes.day_tip(),
        axes.tip("customers", axes.COUNT),
        axes.tip("required", axes.COUNT),
        axes.said("clock"),
        axes.said("logs"),
    ]
    top = pl.max_horizontal("customers", "required").max()
    days = days.with_columns(shaded=pl.when(~pl.col("complete")).then(top))
    base = alt.Chart(days).encode(x=axes.days(rows, ticks=8))
    shade = base.mark_bar(color=colours.FULLNESS["thin"], opacity=0.22, binSpacing=0).encode(y="shaded:Q", tooltip=tips)
    line = base.mark_line(color=colours.CUSTOMERS, strokeWidth=2.2, interpolate="step-after").encode(
        y=alt.Y("customers:Q", axis=axes.values(axes.COUNT), scale=axes.from_zero()), tooltip=tips
    )
    dots = base.mark_point(color=colours.CUSTOMERS, filled=True, size=26).encode(y="customers:Q", tooltip=tips)
    floor = base.mark_line(color=colours.ERRORS, strokeWidth=1.3, strokeDash=[4, 3]).encode(y="required:Q")
    return axes.finish(alt.layer(shade, floor, line, dots), 220)
