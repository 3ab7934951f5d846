"""A chart of hours, with lines at the moments at which something changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from dashboard.text.wording import plain
from dashboard.widgets import axes, colours

if TYPE_CHECKING:
    import polars as pl

_HOUR = "utcyearmonthdatehours(hour):T"


def calls_and_errors(rows: pl.DataFrame, moments: pl.DataFrame, *, height: int = 220) -> axes.Drawing:
    """Calls per hour with the errors in red, and a line at each moment.

    Reads hour (local time as text), kind, kind_name, place and calls, and of `moments` hour and title. Local times go to the browser
    as if they were UTC, so that they are the same for every reader.
    """
    bars = (
        alt.Chart(rows)
        .mark_bar(binSpacing=0)
        .encode(
            x=alt.X(
                _HOUR,
                axis=alt.Axis(
                    title=None,
                    format="%-d %b %H:%M",
                    tickCount=8,
                    grid=False,
                    labelColor=colours.LABEL,
                    domainColor="#c9d1d8",
                    tickColor="#c9d1d8",
                    labelOverlap="greedy",
                    labelPadding=6,
                ),
            ),
            y=alt.Y("calls:Q", axis=axes.values(axes.COUNT), stack="zero", scale=axes.from_zero()),
            color=axes.kinds("kind", colours.RESULTS),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip(_HOUR, title=plain("chart.hour"), format="%a %-d %b %Y %H:%M"),
                axes.said("kind_name", "kind"),
                axes.tip("calls", axes.COUNT),
            ],
        )
    )
    line = (
        alt.Chart(moments)
        .mark_rule(color=colours.TEXT, strokeDash=[4, 3])
        .encode(
            x=alt.X("utcyearmonthdatehoursminutes(hour):T"),
            tooltip=[alt.Tooltip("title:N", title=plain("chart.moment"))],
        )
    )
    return axes.finish(alt.layer(bars, line), height)
