"""The tables: every column has one heading, one unit and one way to be shown, wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from dashboard.charts import CALLS, CUSTOMERS
from dashboard.wording import has, plain, say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

_COUNTS = {
    "calls", "own_calls", "days_left", "wrong_calls", "errors", "customers", "integrations", "lines", "rejects", "ignored", "loads", "sources", "connectors",
    "new", "stayed", "returning", "unknown", "lost", "branch_customers", "judged",
}  # fmt: skip
_RATES = {"error_rate", "share", "seconds_share"}
_INSTANTS = {"first_call", "last_call", "last_customer_call", "last_loaded_at"}
_WORDS = {
    "operation",
    "outcome",
    "most_outcome",
    "party",
    "most_party",
    "environment",
    "product",
    "protocol",
    "is_customer",
    "reason",
    "id_status",
    "id_defect",
    "log_format",
    "presence",
    "basis",
    "near_kind",
    "rule",
    "state",
    "change_severity",
}
"""Columns of closed vocabularies: their values have words of their own."""
_COLOURS = {
    "severity": {"high": "red", "medium": "orange", "low": "gray"},
    "clock": {
        "lost": "red", "at_risk": "orange", "unknown": "gray", "certified": "green", "eligible": "blue", "not_yet": "gray",
    },
}  # fmt: skip
"""Columns whose values have a colour."""
_COURSES = {"trend": CALLS, "course": CUSTOMERS}
"""Columns that are a small chart."""
_ROWS_AT_ONCE, _ROW_HEIGHT = 14, 35
_ROWS_AT_MOST = 1000
"""More is for `koppelzicht metric` and SQL: a browser is slow with it, and nobody reads it."""
_WIDTHS: dict[str, Any] = {
    "branch": 175,
    "clock_why": 300,
    "connector": 160,
    "finding": 360,
    "advice": 560,
    "change": "large",
    "name": 180,
    "title": 190,
    "user_agent": "large",
}


def show(
    rows: pl.DataFrame,
    columns: Sequence[str],
    *,
    key: str,
    title: str,
    time_zone: ZoneInfo,
    opens: bool = False,
) -> dict[str, Any] | None:
    """Show these columns of the rows. Where rows can be opened, return the one that was clicked, whole."""
    if rows.is_empty():
        st.info(say(f"empty.{key}") if has(f"empty.{key}") else say("empty.any"))
        return None
    if rows.height > _ROWS_AT_MOST:
        st.caption(say("table.cut", shown=_ROWS_AT_MOST, rows=rows.height))
        rows = rows.head(_ROWS_AT_MOST)
    given = rows.select(columns)
    shown = given.with_columns(
        *(pl.col(column) * 100 for column in columns if column in _RATES),
        *(_in_words(given[column]) for column in columns if column in _WORDS),
        *(pl.concat_list(_in_words(given[column])).alias(column) for column in columns if column in _COLOURS),
        *(_each_in_words(given[column], "rule") for column in columns if column == "broken"),
        *(
            pl.col(column).fill_null("–")
            for column in columns
            if given.schema[column] == pl.String and column not in _WORDS | _COLOURS.keys()
        ),
    )
    options: dict[str, Any] = {"on_select": "rerun", "selection_mode": "single-cell"} if opens else {}
    opened = st.session_state.get(f"{key}.opened", 0)
    state = st.dataframe(
        shown,
        height="content" if rows.height <= _ROWS_AT_ONCE else _ROW_HEIGHT * (_ROWS_AT_ONCE + 1) + 2,
        row_height=_ROW_HEIGHT,
        hide_index=True,
        column_config={column: _column(column, time_zone) for column in columns},
        placeholder="–",
        key=f"{key}_{opened}",
        alt=title,
        **options,
    )
    cells = state["selection"]["cells"] if opens else []
    if not cells:
        return None
    # A table of another key next time: with this one, the browser would select the same cell again on the way back.
    st.session_state[f"{key}.opened"] = opened + 1
    return rows.row(cells[0][0], named=True)


def _column(name: str, time_zone: ZoneInfo) -> Any:
    label = say(f"column.{name}")
    about: dict[str, Any] = {"help": say(f"column_help.{name}") if has(f"column_help.{name}") else None}
    if name in _COUNTS:
        return st.column_config.NumberColumn(label, format="%,d", width="small", **about)
    if name in _RATES:
        return st.column_config.NumberColumn(label, format="%.1f%%", width="small", **about)
    if name in _INSTANTS:
        return st.column_config.DatetimeColumn(
            label, format="D MMM YYYY, HH:mm", timezone=time_zone.key, width=135, **about
        )
    if name == "lift":
        return st.column_config.NumberColumn(label, format="%.1fx", width="small", **about)
    if name in _COURSES:
        return st.column_config.AreaChartColumn(label, y_min=0, color=_COURSES[name], width=100, **about)
    if name == "score":
        return st.column_config.ProgressColumn(label, min_value=0, max_value=100, format="%d", width=85, **about)
    if name == "seconds":
        return st.column_config.NumberColumn(label, format="%,.0f", width="small", **about)
    if name == "broken":
        return st.column_config.ListColumn(label, width=530, **about)
    if name in _COLOURS:
        words, colours = [plain(f"{name}.{value}") for value in _COLOURS[name]], list(_COLOURS[name].values())
        return st.column_config.MultiselectColumn(label, options=words, color=colours, width=90, **about)
    return st.column_config.TextColumn(label, width=_WIDTHS.get(name), **about)


def _each_in_words(values: pl.Series, vocabulary: str) -> pl.Series:
    """The words for lists of values of a closed vocabulary."""
    words = [[plain(f"{vocabulary}.{text}") for text in texts] for texts in values.to_list()]
    return pl.Series(values.name, words, dtype=pl.List(pl.String))


def _in_words(values: pl.Series) -> pl.Series:
    """The words for values of a closed vocabulary; a value without words stands for itself."""
    name, texts = values.name.removeprefix("most_"), values.cast(pl.String)
    return texts.replace({text: plain(f"{name}.{text}") for text in texts.unique().to_list() if has(f"{name}.{text}")})
