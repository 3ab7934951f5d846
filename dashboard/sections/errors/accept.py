"""What fails in accept and not yet in production, and who never tried accept: the figures and their parts of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import polars as pl
import streamlit as st

from dashboard.shell import frame, navigation, titles
from dashboard.text.wording import plain, say
from dashboard.widgets import axes, colours

if TYPE_CHECKING:
    from dashboard.shell.data import View

_MOST_IN_CHART = 15
_RATES = {"production": colours.BEFORE, "accept": colours.ERRORS}


def draw(view: View) -> None:
    """Draw what the metrics `early_warning` and `untried_on_accept` tell. Both read accept and production, whatever the filter says."""
    compared = _compared(view)
    worse = compared.filter(pl.col("low") > 0)
    frame.heading("errors.accept")
    if compared.is_empty():
        st.info(say("errors.no_accept"), icon=":material/info:")
    elif worse.is_empty():
        st.success(say("errors.accept_no_worse", pairs=compared.height), icon=":material/check_circle:")
    else:
        st.warning(say("errors.accept_worse", pairs=worse.height, of=compared.height), icon=":material/warning:")
        st.altair_chart(_chart(worse.head(_MOST_IN_CHART)), alt=say("errors.accept"))
    if not compared.is_empty():
        accept = ["accept_calls", "accept_errors", "accept_rate"]
        production = ["production_calls", "production_errors", "production_rate"]
        frame.table(
            "errors.accept",
            compared,
            ["title", "connector", *accept, *production, "difference_range"],
            view,
            key="early_warning",
            links=navigation.rows_of("integrations", "integration"),
            is_headed=False,
        )
        # Without any call in accept, nobody can be told from those whose log is not loaded.
        frame.table(
            "errors.untried",
            titles.with_partners(titles.of_integrations(view.rows("untried_on_accept")), view),
            ["title", "integration", "partner_name", "customers", "calls", "last_call", "last_accept_call"],
            view,
            key="untried_on_accept",
            links=navigation.rows_of("integrations", "integration"),
        )


def _compared(view: View) -> pl.DataFrame:
    """Return the rows of `early_warning`, those first whose rate in accept is surely higher."""
    rows = view.rows("early_warning")
    names = view.rows("customers_per_integration").select("integration", "name")
    points = (pl.format("{} to {}", *(_signed(end) for end in ("low", "high")))).alias("difference_range")
    return (
        titles.of_integrations(rows.join(names, on="integration", how="left", maintain_order="left"))
        .sort("low", "accept_calls", "integration", "connector", descending=[True, True, False, False], nulls_last=True)
        .with_columns(points)
    )


def _signed(end: str) -> pl.Expr:
    """Return a difference of rates in points: +12.3."""
    points = (100 * pl.col(end)).round(1)
    return pl.format("{}{}", pl.when(points > 0).then(pl.lit("+")).otherwise(pl.lit("")), points)


def _chart(worse: pl.DataFrame) -> axes.Drawing:
    """Draw both error rates of each row on one line: how far apart they are is what the eye sees."""
    told = titles.of_connectors(worse.drop("title")).rename({"title": "of"})
    named = told.with_columns(
        title=pl.format("{} · {}", worse["title"], "of"),
        rates=pl.concat_list("production_rate", "accept_rate"),
    )
    points = pl.concat(
        named.select(
            "title",
            calls=f"{where}_calls",
            errors=f"{where}_errors",
            error_rate=f"{where}_rate",
            environment_name=pl.lit(plain(f"environment.{where}")),
        )
        for where in _RATES
    )
    shared = axes.names("title")
    rate = alt.X("error_rate:Q", axis=axes.values(axes.RATE), scale=axes.from_zero())
    lines = (
        alt.Chart(named.select("title", error_rate="production_rate", end="accept_rate"))
        .mark_rule(color=colours.GRID, strokeWidth=4)
        .encode(y=shared, x=rate, x2="end:Q")
    )
    marks = (
        alt.Chart(points)
        .mark_circle(size=110, opacity=1)
        .encode(
            y=shared,
            x=rate,
            color=axes.kinds("environment", _RATES),
            tooltip=[
                axes.said("title"),
                axes.said("environment_name", "environment"),
                axes.tip("calls", axes.COUNT),
                axes.tip("errors", axes.COUNT),
                axes.tip("error_rate", axes.RATE),
            ],
        )
    )
    return axes.finish(alt.layer(lines, marks), axes.height_of(named["title"]) + 30)
