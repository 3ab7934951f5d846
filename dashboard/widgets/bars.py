"""Charts that several pages show: stacked calls per day, and customers in horizontal bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from dashboard.widgets import axes, colours

if TYPE_CHECKING:
    import polars as pl


def calls_and_errors(rows: pl.DataFrame, *, height: int = 220) -> axes.Drawing:
    """Calls per day as bars, with the errors on top in red. Reads day, kind (ok, error) and calls."""
    return stacked_days(rows, "kind", colours.RESULTS, height)


def stacked_days(
    rows: pl.DataFrame, kind: str, palette: dict[str, str], height: int, *, counted: str = "calls"
) -> axes.Drawing:
    """Calls per day as bars, with the kinds of each bar in the order of `place`. Reads day, `<kind>_name`, place and calls."""
    chart = (
        alt.Chart(axes.with_days(rows))
        .mark_bar(width=axes.BAR, binSpacing=0)
        .encode(
            x=axes.days(rows, ticks=10),
            y=alt.Y("calls:Q", axis=axes.values(axes.COUNT), stack="zero", scale=axes.from_zero()),
            color=axes.kinds(kind, palette),
            order=alt.Order("place:Q"),
            tooltip=[axes.day_tip(), axes.said(f"{kind}_name", kind), axes.tip("calls", axes.COUNT, counted)],
        )
    )
    return axes.finish(chart, height)


def customers_by_name(rows: pl.DataFrame, *more: alt.Tooltip) -> axes.Drawing:
    """The customers of each name, in the order of the rows. Reads title, customers and the columns of the tooltips `more`."""
    chart = (
        alt.Chart(rows)
        .mark_bar(color=colours.CUSTOMERS, cornerRadiusEnd=3, height=axes.BAR)
        .encode(
            x=axes.ranked("customers"),
            y=axes.names("title"),
            tooltip=[axes.said("title"), axes.tip("customers", axes.COUNT), *more],
        )
    )
    return axes.finish(chart, axes.height_of(rows["title"]))
