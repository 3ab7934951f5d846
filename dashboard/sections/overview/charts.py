"""A small chart for each card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from dashboard.text.wording import plain
from dashboard.widgets import axes, colours

if TYPE_CHECKING:
    import polars as pl


def per_day(rows: pl.DataFrame, measure: str, *, height: int = 120) -> axes.Drawing:
    """A measure per day (a column of calls_per_day), with that of the period before as a line if there is one."""
    is_rate = measure.endswith("_rate")
    form = axes.RATE if is_rate else axes.COUNT
    before = f"{measure}_before"
    tips = [axes.day_tip(), axes.tip(measure, form)]
    base = alt.Chart(axes.with_days(rows)).encode(x=axes.days(rows, ticks=4))
    y = alt.Y(measure, type="quantitative", axis=axes.values(form), scale=axes.from_zero())
    if is_rate:
        mark = base.mark_line(
            color=colours.ERRORS, strokeWidth=1.8, point={"filled": True, "size": 14, "color": colours.ERRORS}
        )
    else:
        mark = base.mark_bar(
            color=colours.CUSTOMERS if measure == "customers" else colours.CALLS, width=axes.BAR, binSpacing=0
        )
    layers = [mark]
    if before in rows.columns:
        tips.append(alt.Tooltip(before, type="quantitative", title=plain("chart.before"), format=form))
        dashed = base.mark_line(color=colours.BEFORE, strokeWidth=1.3, strokeDash=[3, 2], interpolate="monotone")
        layers.append(dashed.encode(y=alt.Y(before, type="quantitative")))
    layers[0] = mark.encode(y=y, tooltip=tips)
    return axes.finish(alt.layer(*layers), height)
