"""The charts: one look, one colour a meaning, units in every tooltip, and days without calls shown as what they are.

A day goes to the browser as text and is read there as UTC, so that it stays that day wherever the reader is: Streamlit
hands a date over as midnight of the reader's own time zone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from dashboard.wording import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

CALLS, CUSTOMERS, ERRORS, BEFORE = "#2b7bab", "#2e8b6f", "#c2473d", "#a9b4be"
PARTIES = {"partner": "#d9962b", "customer": "#6d5fa8", "vendor": "#c2473d"}
_GRID = "#edf0f3"
_LABEL = "#6b7885"
_DAY = "utcyearmonthdate(day):T"
_COUNT, _RATE = ",d", ".1%"
_BAR = alt.RelativeBandSize(0.76)


def per_day(rows: pl.DataFrame, measure: str, *, height: int = 120) -> alt.LayerChart:
    """A measure per day (a column of calls_per_day), over the same of the period before where there is one."""
    is_rate = measure.endswith("_rate")
    form = _RATE if is_rate else _COUNT
    before = f"{measure}_before"
    tips = [alt.Tooltip(_DAY, title=plain("chart.day"), format="%a %-d %b %Y"), _tip(measure, form)]
    base = alt.Chart(_with_days(rows)).encode(x=_day_axis(rows, ticks=4))
    layers: list[alt.Chart] = []
    if before in rows.columns:
        tips.append(alt.Tooltip(before, title=plain("chart.before"), format=form))
        layers.append(
            base.mark_line(color=BEFORE, strokeWidth=1.2, strokeDash=[3, 2], interpolate="monotone").encode(
                y=alt.Y(before, type="quantitative")
            )
        )
    y = alt.Y(measure, type="quantitative", axis=_value_axis(form, ticks=3), scale=_from_zero())
    if is_rate:
        mark = base.mark_line(color=ERRORS, strokeWidth=1.8, point={"filled": True, "size": 14, "color": ERRORS})
    else:
        mark = base.mark_bar(color=CALLS, width=_BAR, binSpacing=0)
    layers.append(mark.encode(y=y, tooltip=tips))
    return _finish(alt.layer(*layers), height)


def calls_and_errors(rows: pl.DataFrame, *, height: int = 220) -> alt.Chart:
    """Calls per day as bars, the errors in them on top in red. Reads day, kind (ok, error) and calls."""
    return _stacked_days(rows, "kind", {"ok": CALLS, "error": ERRORS}, height)


def errors_by_party(rows: pl.DataFrame, *, height: int = 240) -> alt.Chart:
    """Errors per day by who can fix them. Reads day, party and calls."""
    return _stacked_days(rows, "party", PARTIES, height)


def customers(rows: pl.DataFrame, *, height: int = 220) -> alt.Chart:
    """Customers per day or week. Reads day (of a week its Monday), customers and, in words, what the point covers."""
    chart = (
        alt.Chart(_with_days(rows))
        .mark_area(
            color=CUSTOMERS,
            opacity=0.15,
            line={"color": CUSTOMERS, "strokeWidth": 2},
            point={"color": CUSTOMERS, "filled": True, "size": 24, "opacity": 1},
        )
        .encode(
            x=_day_axis(rows, ticks=6),
            y=alt.Y("customers:Q", axis=_value_axis(_COUNT, ticks=4), scale=_from_zero()),
            tooltip=[
                alt.Tooltip("covers:N", title=plain("chart.period")),
                _tip("customers", _COUNT),
            ],
        )
    )
    return _finish(chart, height)


def ranking(rows: pl.DataFrame, name: str, value: str, *, extra: Sequence[str] = (), color: str = CALLS) -> alt.Chart:
    """The largest first, as bars with their names. Reads a name, a value and what else the tooltip says."""
    chart = (
        alt.Chart(rows)
        .mark_bar(color=color, cornerRadiusEnd=3, height={"band": 0.68})
        .encode(
            x=alt.X(value, type="quantitative", axis=_value_axis(_COUNT, ticks=5), scale=_from_zero()),
            y=alt.Y(
                name,
                type="nominal",
                sort=None,
                axis=alt.Axis(title=None, labelLimit=220, domain=False, ticks=False, labelColor="#1c2733", labelPadding=8),
            ),
            tooltip=[
                alt.Tooltip(name, type="nominal", title=plain(f"column.{name}")),
                _tip(value, _COUNT),
                *(_tip(column, _RATE if column.endswith("_rate") else _COUNT) for column in extra),
            ],
        )
    )
    return _finish(chart, 26 * max(rows.height, 1) + 30)


def coverage(rows: pl.DataFrame) -> alt.Chart:
    """Which stream has calls on which day: dark is many, a hole is none. Reads stream, day and calls."""
    chart = (
        alt.Chart(_with_days(rows))
        .mark_rect(stroke="#ffffff", strokeWidth=1, cornerRadius=2)
        .encode(
            x=alt.X(
                "utcyearmonthdate(day):O",
                axis=alt.Axis(
                    title=None,
                    format="%-d %b",
                    labelAngle=0,
                    labelOverlap="greedy",
                    labelSeparation=24,
                    domain=False,
                    ticks=False,
                    labelColor=_LABEL,
                ),
            ),
            y=alt.Y(
                "stream:N",
                axis=alt.Axis(title=None, domain=False, ticks=False, labelLimit=220, labelColor="#1c2733", labelPadding=8),
            ),
            color=alt.condition(
                "datum.calls === 0",
                alt.value("#fbe3df"),
                alt.Color(
                    "calls:Q",
                    scale=alt.Scale(type="sqrt", range=["#d3e6f0", "#14557b"], domainMin=0),
                    legend=None,
                ),
            ),
            tooltip=[
                alt.Tooltip("stream:N", title=plain("column.stream")),
                alt.Tooltip(_DAY, title=plain("chart.day"), format="%a %-d %b %Y"),
                _tip("calls", _COUNT),
            ],
        )
    )
    return _finish(chart, 30 * max(rows["stream"].n_unique(), 1) + 40)


def _stacked_days(rows: pl.DataFrame, kind: str, colours: dict[str, str], height: int) -> alt.Chart:
    names = [plain(f"{kind}.{value}") for value in colours]
    chart = (
        alt.Chart(_with_days(rows))
        .mark_bar(width=_BAR, binSpacing=0)
        .encode(
            x=_day_axis(rows, ticks=10),
            y=alt.Y("calls:Q", axis=_value_axis(_COUNT, ticks=4), stack="zero", scale=_from_zero()),
            color=alt.Color(
                f"{kind}_name:N",
                scale=alt.Scale(domain=names, range=list(colours.values())),
                legend=alt.Legend(title=None, orient="top", symbolType="square", labelColor="#1c2733", offset=4),
            ),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip(_DAY, title=plain("chart.day"), format="%a %-d %b %Y"),
                alt.Tooltip(f"{kind}_name:N", title=plain(f"column.{kind}")),
                _tip("calls", _COUNT),
            ],
        )
    )
    return _finish(chart, height)


def _with_days(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.col("day").dt.to_string("%Y-%m-%d"))


def _day_axis(rows: pl.DataFrame, *, ticks: int) -> alt.X:
    """The axis of days, with evenly spaced labels: Vega's own begin anew with every month."""
    days = rows["day"].unique().sort().to_list()
    labelled = days[:: max(1, -(-len(days) // ticks))]
    return alt.X(
        _DAY,
        axis=alt.Axis(
            title=None,
            format="%-d %b",
            values=[alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True) for day in labelled],
            grid=False,
            labelColor=_LABEL,
            domainColor="#c9d1d8",
            tickColor="#c9d1d8",
            labelOverlap="greedy",
        ),
    )


def _value_axis(form: str, *, ticks: int) -> alt.Axis:
    return alt.Axis(
        title=None,
        labelExpr="format(datum.value, '~s')" if form == _COUNT else "format(datum.value, '~%')",
        tickCount=ticks,
        tickMinStep=1 if form == _COUNT else alt.Undefined,
        gridColor=_GRID,
        labelColor=_LABEL,
        domain=False,
        ticks=False,
    )


def _from_zero() -> alt.Scale:
    return alt.Scale(zero=True, nice=True)


def _tip(column: str, form: str) -> alt.Tooltip:
    return alt.Tooltip(column, type="quantitative", title=plain(f"column.{column}"), format=form)


def _finish(chart: Any, height: int) -> Any:
    return chart.properties(height=height, padding={"left": 0, "top": 6, "right": 6, "bottom": 0}).configure_view(strokeWidth=0)
