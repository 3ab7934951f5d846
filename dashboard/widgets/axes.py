"""The parts of charts: axes, colours by meaning, and units in every tooltip.

A day goes to the browser as text and is read there as UTC, so that it is the same day for every reader. Streamlit would send a date
as midnight in the reader's own time zone.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import altair as alt
import polars as pl

from dashboard.text.wording import plain
from dashboard.widgets import colours

Drawing: TypeAlias = alt.Chart | alt.LayerChart

_DAY = "utcyearmonthdate(day):T"
COUNT, RATE = ",d", ".1%"
_TICKS = 4
_PADDING = {"left": 0, "top": 6, "right": 6, "bottom": 0}
BAR = alt.RelativeBandSize(0.76)


def days(rows: pl.DataFrame, *, ticks: int) -> alt.X:
    """The axis of days, with evenly spaced labels. Vega's own labels start again with every month."""
    days = rows["day"].unique().sort().to_list()
    labelled = days[:: max(1, -(-len(days) // ticks))]
    return alt.X(
        _DAY,
        bandPosition=0.5,
        axis=alt.Axis(
            title=None,
            format="%-d %b",
            values=[alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True) for day in labelled],
            grid=False,
            labelColor=colours.LABEL,
            domainColor="#c9d1d8",
            tickColor="#c9d1d8",
            labelOverlap="greedy",
            labelPadding=6,
        ),
    )


def values(form: str) -> alt.Axis:
    """An axis of counts or rates."""
    return alt.Axis(
        title=None,
        labelExpr="format(datum.value, '~s')" if form == COUNT else "format(datum.value, '~%')",
        tickCount=_TICKS,
        tickMinStep=1 if form == COUNT else alt.Undefined,
        gridColor=colours.GRID,
        labelPadding=8,
        labelColor=colours.LABEL,
        domain=False,
        ticks=False,
    )


def ranked(column: str) -> alt.X:
    """The axis of the figure in a chart of horizontal bars."""
    return alt.X(column, type="quantitative", axis=values(COUNT), scale=from_zero(), stack="zero")


def names(column: str) -> alt.Y:
    """The axis with the names of such bars, in the order of the rows."""
    return alt.Y(
        column,
        type="nominal",
        sort=None,
        axis=alt.Axis(title=None, labelLimit=220, domain=False, ticks=False, labelColor=colours.TEXT, labelPadding=8),
    )


def months(column: str) -> alt.X:
    """The axis of months by their names, in the order of the rows."""
    return alt.X(
        column,
        type="ordinal",
        sort=None,
        axis=alt.Axis(
            title=None,
            labelAngle=0,
            labelExpr=r"split(datum.label, '\n')",
            domain=False,
            ticks=False,
            labelColor=colours.LABEL,
            labelPadding=6,
        ),
    )


def kinds(kind: str, palette: dict[str, str]) -> alt.Color:
    """The colour of a part by its kind, and the legend above the chart."""
    return alt.Color(
        f"{kind}_name:N",
        scale=alt.Scale(domain=[plain(f"{kind}.{value}") for value in palette], range=list(palette.values())),
        legend=alt.Legend(
            title=None, orient="top", symbolType="square", labelColor=colours.TEXT, offset=6, padding=0, labelPadding=0
        ),
    )


def from_zero() -> alt.Scale:
    """A scale that begins at zero."""
    return alt.Scale(zero=True, nice=_TICKS)


def day_tip() -> alt.Tooltip:
    """The day, for the tooltip of a mark."""
    return alt.Tooltip(_DAY, title=plain("chart.day"), format="%a %-d %b %Y")


def said(column: str, heading: str | None = None) -> alt.Tooltip:
    """A text, for the tooltip of a mark."""
    return alt.Tooltip(column, type="nominal", title=plain(f"column.{heading or column}"))


def tip(column: str, form: str, heading: str | None = None) -> alt.Tooltip:
    """A figure with its unit, for the tooltip of a mark."""
    return alt.Tooltip(column, type="quantitative", title=plain(f"column.{heading or column}"), format=form)


def height_of(names: pl.Series) -> int:
    """The height of a chart with a bar for each of these names."""
    return 26 * max(names.n_unique(), 1) + 30


def with_days(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with their day as text."""
    return rows.with_columns(pl.col("day").dt.to_string("%Y-%m-%d"))


def finish(chart: Any, height: int) -> Drawing:
    """The chart as it goes to the browser."""
    finished: Drawing = chart.properties(height=height, padding=_PADDING).configure_view(strokeWidth=0)
    return finished
