"""How soon a program calls again after an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from dashboard.widgets import axes, colours

if TYPE_CHECKING:
    import polars as pl


def reactions(rows: pl.DataFrame) -> axes.Drawing:
    """A bar for each status, in it the errors by how soon the caller called again. Reads answer, reaction_name, place and errors."""
    chart = (
        alt.Chart(rows)
        .mark_bar(height=axes.BAR)
        .encode(
            x=axes.ranked("errors"),
            y=axes.names("answer"),
            color=axes.kinds("reaction", colours.REACTIONS),
            order=alt.Order("place:Q"),
            tooltip=[axes.said("answer"), axes.said("reaction_name", "reaction"), axes.tip("errors", axes.COUNT)],
        )
    )
    return axes.finish(chart, axes.height_of(rows["answer"]) + 30)
