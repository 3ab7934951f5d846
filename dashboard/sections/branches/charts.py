"""Integrations and branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from dashboard.text.wording import plain
from dashboard.widgets import axes, colours

if TYPE_CHECKING:
    import polars as pl


def branches(rows: pl.DataFrame) -> axes.Drawing:
    """Integrations and branches: the number of customers, and by colour the lift."""
    base = alt.Chart(rows).encode(
        x=alt.X(
            "branch:N",
            axis=alt.Axis(
                title=None,
                orient="top",
                labelAngle=-35,
                labelLimit=170,
                labelOverlap=False,
                domain=False,
                ticks=False,
                labelColor=colours.TEXT,
            ),
        ),
        y=axes.names("title"),
        tooltip=[
            axes.said("title"),
            axes.said("branch"),
            axes.tip("customers", axes.COUNT),
            axes.tip("branch_customers", axes.COUNT),
            axes.tip("share", axes.RATE, "branch_share"),
            axes.tip("lift", ".1f"),
        ],
    )
    cells = base.mark_rect(cornerRadius=3, stroke="white", strokeWidth=2).encode(
        color=alt.Color(
            "lift:Q",
            scale=alt.Scale(domain=[0, 1, 4], range=["#f3f6f8", "#d5e6ee", colours.CALLS], clamp=True),
            legend=alt.Legend(
                title=plain("column.lift"), orient="bottom", direction="horizontal", gradientLength=160, format=".0f"
            ),
        )
    )
    texts = base.mark_text(fontSize=12).encode(
        text=alt.Text("customers:Q", format=axes.COUNT),
        color=alt.condition("datum.lift > 2.5", alt.value("white"), alt.value(colours.TEXT)),
    )
    return axes.finish(alt.layer(cells, texts), axes.height_of(rows["title"]) + 130)
