"""The connectors with the most calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from dashboard.widgets import axes, colours

if TYPE_CHECKING:
    import polars as pl


def most_calls(rows: pl.DataFrame) -> axes.Drawing:
    """The connectors with the most calls, errors at the end of each bar. Reads title, kind, calls and error_rate."""
    chart = (
        alt.Chart(rows)
        .mark_bar(height=axes.BAR)
        .encode(
            x=axes.ranked("calls"),
            y=axes.names("title"),
            color=axes.kinds("kind", colours.RESULTS),
            order=alt.Order("place:Q"),
            tooltip=[
                axes.said("title"),
                axes.said("kind_name", "kind"),
                axes.tip("calls", axes.COUNT),
                axes.tip("error_rate", axes.RATE),
            ],
        )
    )
    return axes.finish(chart, axes.height_of(rows["title"]) + 30)
