"""The hours that are there in each log."""

from __future__ import annotations

import json

import altair as alt
import polars as pl

from dashboard.widgets import axes, colours

_BAND_HOURS = 26
"""The hours of a day, and the space below it."""
_HOUR_PX = ((4, 4.5), (8, 3.0), (16, 2.0), (100_000, 1.0))
"""Pairs of a number of streams and the height of an hour for at most that number."""
_DAYS_APART = 120
"""With more days than this, there is no room for a space between them."""


def completeness(rows: pl.DataFrame) -> axes.Drawing:
    """Every stream as a band: days from left to right, and in each day the hours from midnight down to midnight.

    Reads stream, day, first_hour, end_hour, hours, fullness and its name, calls and expected. All bands share one scale of hours,
    because a chart of several panels does not fill the width of its page.
    """
    streams = rows["stream"].unique().sort().to_list()
    bands = pl.DataFrame({"stream": streams, "band": [number * _BAND_HOURS for number in range(len(streams))]})
    placed = axes.with_days(rows).join(bands, on="stream", maintain_order="left")
    placed = placed.with_columns(top=pl.col("band") + pl.col("first_hour"), bottom=pl.col("band") + pl.col("end_hour"))
    days = rows["day"].n_unique()
    chart = (
        alt.Chart(placed.drop("band", "first_hour", "end_hour"))
        .mark_rect(width=alt.RelativeBandSize(0.88 if days <= _DAYS_APART else 1.06))
        .encode(
            x=_columns_of_days(),
            y=_bands_of(streams),
            y2="bottom:Q",
            color=axes.kinds("fullness", colours.FULLNESS),
            tooltip=[
                axes.said("stream"),
                axes.day_tip(),
                axes.said("hours"),
                axes.said("fullness_name", "fullness"),
                axes.tip("calls", axes.COUNT),
                axes.tip("expected", ",.0f"),
            ],
        )
    )
    hour_px = next(px for most, px in _HOUR_PX if len(streams) <= most)
    return axes.finish(chart, round(len(streams) * _BAND_HOURS * hour_px) + 56)


def _columns_of_days() -> alt.X:
    """The axis of days as columns of the same width."""
    return alt.X(
        "utcyearmonthdate(day):O",
        axis=alt.Axis(
            title=None,
            format="%-d %b",
            labelAngle=0,
            labelOverlap="greedy",
            labelSeparation=24,
            domain=False,
            ticks=False,
            labelColor=colours.LABEL,
        ),
    )


def _bands_of(streams: list[str]) -> alt.Y:
    """The axis of hours, with the name of each stream at noon of its band."""
    return alt.Y(
        "top:Q",
        scale=alt.Scale(domain=[len(streams) * _BAND_HOURS - 2, 0], nice=False, zero=False),
        axis=alt.Axis(
            title=None,
            values=[number * _BAND_HOURS + 12 for number in range(len(streams))],
            labelExpr=f"{json.dumps(streams)}[floor(datum.value / {_BAND_HOURS})]",
            labelLimit=220,
            grid=False,
            domain=False,
            ticks=False,
            labelColor=colours.TEXT,
            labelPadding=8,
        ),
    )
