"""The charts of the page about customers: arrivals and departures, and retention."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from dashboard.widgets import axes, colours

if TYPE_CHECKING:
    import polars as pl


def comings_and_goings(rows: pl.DataFrame, *, height: int = 260) -> axes.Drawing:
    """Customers per month by the way they arrived, with lost ones below zero.

    Reads month_name, month_label (each of its lines is one of the label), arrival, place, customers, and counted (unsigned).
    """
    chart = (
        alt.Chart(rows)
        .mark_bar(width=alt.RelativeBandSize(0.5))
        .encode(
            x=axes.months("month_label"),
            y=alt.Y("customers:Q", axis=axes.values(axes.COUNT), stack="zero"),
            color=axes.kinds("arrival", colours.ARRIVALS),
            order=alt.Order("place:Q"),
            tooltip=[
                axes.said("month_name", "month"),
                axes.said("arrival_name", "arrival"),
                axes.tip("counted", axes.COUNT, "customers"),
            ],
        )
    )
    return axes.finish(chart, height)


def cohorts(rows: pl.DataFrame) -> axes.Drawing:
    """One row for each cohort, with the fraction of its customers that is still there in every later month."""
    base = alt.Chart(rows).encode(
        x=axes.months("month_name"),
        y=axes.names("cohort_name"),
        tooltip=[
            axes.said("cohort_name", "cohort"),
            axes.tip("customers", axes.COUNT, "began"),
            axes.said("month_name", "month"),
            axes.tip("active", axes.COUNT, "customers"),
            axes.tip("retention", axes.RATE, "retention"),
        ],
    )
    cells = base.mark_rect(cornerRadius=3, stroke="white", strokeWidth=2).encode(
        color=alt.Color(
            "retention:Q", scale=alt.Scale(domain=[0, 1], range=["#f3f6f8", colours.CUSTOMERS]), legend=None
        )
    )
    texts = base.mark_text(fontSize=12).encode(
        text=alt.Text("retention:Q", format=".0%"),
        color=alt.condition("datum.retention > 0.6", alt.value("white"), alt.value(colours.TEXT)),
    )
    return axes.finish(alt.layer(cells, texts), 38 * max(rows["cohort_name"].n_unique(), 1) + 40)
