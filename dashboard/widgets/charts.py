"""The charts: one look, one colour a meaning, units in every tooltip, and days without calls shown as what they are.

A day goes to the browser as text and is read there as UTC, so that it stays that day wherever the reader is: Streamlit
hands a date over as midnight of the reader's own time zone.
"""

from __future__ import annotations

import json
from typing import Any, TypeAlias

import altair as alt
import polars as pl

from dashboard.text.wording import plain

Drawing: TypeAlias = alt.Chart | alt.LayerChart

CALLS, CUSTOMERS, ERRORS, BEFORE = "#2b7bab", "#2e8b6f", "#c2473d", "#7c8894"
RESULTS = {"ok": CALLS, "error": ERRORS}
PARTIES = {"partner": "#d9962b", "customer": "#6d5fa8", "vendor": "#c2473d"}
ARRIVALS = {"stayed": "#2e8b6f", "returning": "#8fc7b2", "new": "#2b7bab", "unknown": "#b9c2ca", "lost": "#c2473d"}
FULLNESS = {"complete": "#b9d7e6", "unjudged": "#dfe5ea", "thin": "#f0a63c", "missing": "#c2473d"}
_BAND_HOURS = 26
"""A day and the space below it."""
_HOUR_PX = ((4, 4.5), (8, 3.0), (16, 2.0), (100_000, 1.0))
"""How high an hour is: with so many streams at most."""
_DAYS_APART = 120
"""More days than that leave no room between them, not even the hair that a browser draws."""
_GRID = "#edf0f3"
_LABEL, _TEXT = "#6b7885", "#1c2733"
_DAY = "utcyearmonthdate(day):T"
_COUNT, _RATE = ",d", ".1%"
_TICKS = 4
_PADDING = {"left": 0, "top": 6, "right": 6, "bottom": 0}
_BAR = alt.RelativeBandSize(0.76)


def per_day(rows: pl.DataFrame, measure: str, *, height: int = 120) -> Drawing:
    """A measure per day (a column of calls_per_day), over the same of the period before where there is one."""
    is_rate = measure.endswith("_rate")
    form = _RATE if is_rate else _COUNT
    before = f"{measure}_before"
    tips = [_day_tip(), _tip(measure, form)]
    base = alt.Chart(_with_days(rows)).encode(x=_day_axis(rows, ticks=4))
    y = alt.Y(measure, type="quantitative", axis=_value_axis(form), scale=_from_zero())
    if is_rate:
        mark = base.mark_line(color=ERRORS, strokeWidth=1.8, point={"filled": True, "size": 14, "color": ERRORS})
    else:
        mark = base.mark_bar(color=CUSTOMERS if measure == "customers" else CALLS, width=_BAR, binSpacing=0)
    layers = [mark]
    if before in rows.columns:
        tips.append(alt.Tooltip(before, type="quantitative", title=plain("chart.before"), format=form))
        dashed = base.mark_line(color=BEFORE, strokeWidth=1.3, strokeDash=[3, 2], interpolate="monotone")
        layers.append(dashed.encode(y=alt.Y(before, type="quantitative")))
    layers[0] = mark.encode(y=y, tooltip=tips)
    return _finish(alt.layer(*layers), height)


def calls_and_errors(rows: pl.DataFrame, *, height: int = 220) -> Drawing:
    """Calls per day as bars, the errors in them on top in red. Reads day, kind (ok, error) and calls."""
    return _stacked_days(rows, "kind", RESULTS, height)


def errors_by_party(rows: pl.DataFrame, *, height: int = 240) -> Drawing:
    """Errors per day by who can fix them. Reads day, party and calls."""
    return _stacked_days(rows, "party", PARTIES, height, counted="wrong_calls")


def customers(rows: pl.DataFrame, *, height: int = 220) -> Drawing:
    """Customers per day or week. Reads day (of a week its Monday), customers and, in words, what the point covers."""
    chart = (
        alt.Chart(_with_days(rows))
        .mark_line(color=CUSTOMERS, strokeWidth=2, point={"color": CUSTOMERS, "filled": True, "size": 30})
        .encode(
            x=_day_axis(rows, ticks=6),
            y=alt.Y("customers:Q", axis=_value_axis(_COUNT), scale=_from_zero()),
            tooltip=[
                _said("covers"),
                _tip("customers", _COUNT),
            ],
        )
    )
    return _finish(chart, height)


def required_customers(rows: pl.DataFrame) -> Drawing:
    """Customers in a rolling window per day, the line that they must not fall below, and days whose logs are not whole.

    Reads day, customers, required, complete, and in words clock (the state) and logs.
    """
    days = _with_days(rows)
    tips = [_day_tip(), _tip("customers", _COUNT), _tip("required", _COUNT), _said("clock"), _said("logs")]
    top = pl.max_horizontal("customers", "required").max()
    days = days.with_columns(shaded=pl.when(~pl.col("complete")).then(top))
    base = alt.Chart(days).encode(x=_day_axis(rows, ticks=8))
    shade = base.mark_bar(color=FULLNESS["thin"], opacity=0.22, binSpacing=0).encode(y="shaded:Q", tooltip=tips)
    line = base.mark_line(color=CUSTOMERS, strokeWidth=2.2, interpolate="step-after").encode(
        y=alt.Y("customers:Q", axis=_value_axis(_COUNT), scale=_from_zero()), tooltip=tips
    )
    dots = base.mark_point(color=CUSTOMERS, filled=True, size=26).encode(y="customers:Q", tooltip=tips)
    floor = base.mark_line(color=ERRORS, strokeWidth=1.3, strokeDash=[4, 3]).encode(y="required:Q")
    return _finish(alt.layer(shade, floor, line, dots), 220)


def most_customers(rows: pl.DataFrame) -> Drawing:
    """The integrations with the most customers, in the order of the rows. Reads title, customers, calls, error_rate."""
    chart = (
        alt.Chart(rows)
        .mark_bar(color=CUSTOMERS, cornerRadiusEnd=3, height=_BAR)
        .encode(
            x=_ranked_axis("customers"),
            y=_names("title"),
            tooltip=[_said("title"), _tip("customers", _COUNT), _tip("calls", _COUNT), _tip("error_rate", _RATE)],
        )
    )
    return _finish(chart, _height_of(rows["title"]))


def customers_by_name(rows: pl.DataFrame) -> Drawing:
    """Customers of each name, in the order of the rows. Reads title and customers."""
    chart = (
        alt.Chart(rows)
        .mark_bar(color=CUSTOMERS, cornerRadiusEnd=3, height=_BAR)
        .encode(x=_ranked_axis("customers"), y=_names("title"), tooltip=[_said("title"), _tip("customers", _COUNT)])
    )
    return _finish(chart, _height_of(rows["title"]))


def most_calls(rows: pl.DataFrame) -> Drawing:
    """The connectors with the most calls, errors at the end of each bar. Reads title, kind, calls and error_rate."""
    chart = (
        alt.Chart(rows)
        .mark_bar(height=_BAR)
        .encode(
            x=_ranked_axis("calls"),
            y=_names("title"),
            color=_kinds("kind", RESULTS),
            order=alt.Order("place:Q"),
            tooltip=[_said("title"), _said("kind_name", "kind"), _tip("calls", _COUNT), _tip("error_rate", _RATE)],
        )
    )
    return _finish(chart, _height_of(rows["title"]) + 30)


def comings_and_goings(rows: pl.DataFrame, *, height: int = 260) -> Drawing:
    """Customers per month by how they came, those who were lost below zero.

    Reads month_name, month_label (its lines are those of the label), arrival, place, customers and, unsigned, counted.
    """
    chart = (
        alt.Chart(rows)
        .mark_bar(width=alt.RelativeBandSize(0.5))
        .encode(
            x=_months("month_label"),
            y=alt.Y("customers:Q", axis=_value_axis(_COUNT), stack="zero"),
            color=_kinds("arrival", ARRIVALS),
            order=alt.Order("place:Q"),
            tooltip=[
                _said("month_name", "month"),
                _said("arrival_name", "arrival"),
                _tip("counted", _COUNT, "customers"),
            ],
        )
    )
    return _finish(chart, height)


def cohorts(rows: pl.DataFrame) -> Drawing:
    """Who began in the same month, a row each, and in every month since the share that is still there."""
    base = alt.Chart(rows).encode(
        x=_months("month_name"),
        y=_names("cohort_name"),
        tooltip=[
            _said("cohort_name", "cohort"),
            _tip("customers", _COUNT, "began"),
            _said("month_name", "month"),
            _tip("active", _COUNT, "customers"),
            _tip("retention", _RATE, "retention"),
        ],
    )
    cells = base.mark_rect(cornerRadius=3, stroke="white", strokeWidth=2).encode(
        color=alt.Color("retention:Q", scale=alt.Scale(domain=[0, 1], range=["#f3f6f8", CUSTOMERS]), legend=None)
    )
    texts = base.mark_text(fontSize=12).encode(
        text=alt.Text("retention:Q", format=".0%"),
        color=alt.condition("datum.retention > 0.6", alt.value("white"), alt.value(_TEXT)),
    )
    return _finish(alt.layer(cells, texts), 38 * max(rows["cohort_name"].n_unique(), 1) + 40)


def branches(rows: pl.DataFrame) -> Drawing:
    """Integrations and branches: how many customers, and by colour how many times the usual share."""
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
                labelColor=_TEXT,
            ),
        ),
        y=_names("title"),
        tooltip=[
            _said("title"),
            _said("branch"),
            _tip("customers", _COUNT),
            _tip("branch_customers", _COUNT),
            _tip("share", _RATE, "branch_share"),
            _tip("lift", ".1f"),
        ],
    )
    cells = base.mark_rect(cornerRadius=3, stroke="white", strokeWidth=2).encode(
        color=alt.Color(
            "lift:Q",
            scale=alt.Scale(domain=[0, 1, 4], range=["#f3f6f8", "#d5e6ee", CALLS], clamp=True),
            legend=alt.Legend(
                title=plain("column.lift"), orient="bottom", direction="horizontal", gradientLength=160, format=".0f"
            ),
        )
    )
    texts = base.mark_text(fontSize=12).encode(
        text=alt.Text("customers:Q", format=_COUNT),
        color=alt.condition("datum.lift > 2.5", alt.value("white"), alt.value(_TEXT)),
    )
    return _finish(alt.layer(cells, texts), _height_of(rows["title"]) + 130)


def completeness(rows: pl.DataFrame) -> Drawing:
    """Every stream as a band of its own: days from left to right, in each the hours from midnight down to midnight.

    Reads stream, day, first_hour, end_hour, hours, fullness and its name, calls and expected. The bands stand below each
    other on one scale of hours, because a chart of several panels does not take the width of its page.
    """
    streams = rows["stream"].unique().sort().to_list()
    bands = pl.DataFrame({"stream": streams, "band": [number * _BAND_HOURS for number in range(len(streams))]})
    placed = _with_days(rows).join(bands, on="stream", maintain_order="left")
    placed = placed.with_columns(top=pl.col("band") + pl.col("first_hour"), bottom=pl.col("band") + pl.col("end_hour"))
    days = rows["day"].n_unique()
    chart = (
        alt.Chart(placed.drop("band", "first_hour", "end_hour"))
        .mark_rect(width=alt.RelativeBandSize(0.88 if days <= _DAYS_APART else 1.06))
        .encode(
            x=_columns_of_days(),
            y=_bands_of(streams),
            y2="bottom:Q",
            color=_kinds("fullness", FULLNESS),
            tooltip=[
                _said("stream"),
                _day_tip(),
                _said("hours"),
                _said("fullness_name", "fullness"),
                _tip("calls", _COUNT),
                _tip("expected", ",.0f"),
            ],
        )
    )
    hour_px = next(px for most, px in _HOUR_PX if len(streams) <= most)
    return _finish(chart, round(len(streams) * _BAND_HOURS * hour_px) + 56)


def _columns_of_days() -> alt.X:
    """The axis of days as columns, each as wide as the others."""
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
            labelColor=_LABEL,
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
            labelColor=_TEXT,
            labelPadding=8,
        ),
    )


def _stacked_days(
    rows: pl.DataFrame, kind: str, colours: dict[str, str], height: int, *, counted: str = "calls"
) -> Drawing:
    chart = (
        alt.Chart(_with_days(rows))
        .mark_bar(width=_BAR, binSpacing=0)
        .encode(
            x=_day_axis(rows, ticks=10),
            y=alt.Y("calls:Q", axis=_value_axis(_COUNT), stack="zero", scale=_from_zero()),
            color=_kinds(kind, colours),
            order=alt.Order("place:Q"),
            tooltip=[_day_tip(), _said(f"{kind}_name", kind), _tip("calls", _COUNT, counted)],
        )
    )
    return _finish(chart, height)


def _kinds(kind: str, colours: dict[str, str]) -> alt.Color:
    return alt.Color(
        f"{kind}_name:N",
        scale=alt.Scale(domain=[plain(f"{kind}.{value}") for value in colours], range=list(colours.values())),
        legend=alt.Legend(
            title=None, orient="top", symbolType="square", labelColor=_TEXT, offset=6, padding=0, labelPadding=0
        ),
    )


def _months(column: str) -> alt.X:
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
            labelColor=_LABEL,
            labelPadding=6,
        ),
    )


def _names(column: str) -> alt.Y:
    return alt.Y(
        column,
        type="nominal",
        sort=None,
        axis=alt.Axis(title=None, labelLimit=220, domain=False, ticks=False, labelColor=_TEXT, labelPadding=8),
    )


def _ranked_axis(column: str) -> alt.X:
    return alt.X(column, type="quantitative", axis=_value_axis(_COUNT), scale=_from_zero(), stack="zero")


def _height_of(names: pl.Series) -> int:
    return 26 * max(names.n_unique(), 1) + 30


def _with_days(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.col("day").dt.to_string("%Y-%m-%d"))


def _day_axis(rows: pl.DataFrame, *, ticks: int) -> alt.X:
    """The axis of days, with evenly spaced labels: Vega's own begin anew with every month."""
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
            labelColor=_LABEL,
            domainColor="#c9d1d8",
            tickColor="#c9d1d8",
            labelOverlap="greedy",
            labelPadding=6,
        ),
    )


def _value_axis(form: str) -> alt.Axis:
    return alt.Axis(
        title=None,
        labelExpr="format(datum.value, '~s')" if form == _COUNT else "format(datum.value, '~%')",
        tickCount=_TICKS,
        tickMinStep=1 if form == _COUNT else alt.Undefined,
        gridColor=_GRID,
        labelPadding=8,
        labelColor=_LABEL,
        domain=False,
        ticks=False,
    )


def _from_zero() -> alt.Scale:
    return alt.Scale(zero=True, nice=_TICKS)


def _day_tip() -> alt.Tooltip:
    return alt.Tooltip(_DAY, title=plain("chart.day"), format="%a %-d %b %Y")


def _said(column: str, heading: str | None = None) -> alt.Tooltip:
    return alt.Tooltip(column, type="nominal", title=plain(f"column.{heading or column}"))


def _tip(column: str, form: str, heading: str | None = None) -> alt.Tooltip:
    return alt.Tooltip(column, type="quantitative", title=plain(f"column.{heading or column}"), format=form)


def _finish(chart: Any, height: int) -> Drawing:
    finished: Drawing = chart.properties(height=height, padding=_PADDING).configure_view(strokeWidth=0)
    return finished
