"""The tables: every column has one heading, one unit and one form, in whichever table it is.

A table is HTML of our own (`table.js`). Streamlit's data frame is a picture: a click on a heading counts as one on a row, the Tab
key walks through every cell, and a link in it opens another window. Here a heading is a button that sorts, and only a link opens a
row. Nothing happens by focus alone.

The server sends texts, and `table.js` puts each of them into the page as text and never as HTML. A name from a log is shown as it was
sent, also if it looks like a tag. The server formats every value, so that a cell, a card and a report show the same number alike.
"""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from analytics.numbers import duration
from analytics.spreadsheet.csv_text import csv_text
from dashboard.text.wording import has, plain, say, shown
from dashboard.widgets.colours import CALLS, CUSTOMERS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

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
    "check",
    "began_as",
    "incident_kind",
    "incident_part",
}
"""Columns with the words of a closed vocabulary: their values have texts of their own."""
_COLOURS = {
    "severity": {"high": "red", "medium": "orange", "low": "gray"},
    "verdict": {"not_shown": "red", "too_few": "orange", "not_visible": "gray", "shown": "green"},
    "clock": {
        "lost": "red", "at_risk": "orange", "ended": "red", "ending": "orange", "blocked": "orange", "unknown": "gray",
        "certified": "green", "eligible": "blue", "not_yet": "gray",
    },
}  # fmt: skip
"""Columns whose values have a colour; they are sorted in this order."""
_COURSES = {"trend": CALLS, "course": CUSTOMERS}
"""Columns that show a small chart."""
_WHOLE = {"integration", "certificate_ends", "last_customer_day"}
"""Columns whose texts are never broken into lines."""
_WIDE = {
    "finding",
    "why",
    "advice",
    "change",
    "user_agent",
    "clock_why",
    "broken",
    "probable_why",
    "incident_where",
    "incident_contact",
    "to_do",
    "finding_why",
}
_ROWS_AT_MOST = 1000
"""The rows that a page shows at most. More would make the browser slow; `koppelzicht metric` and SQL give them all."""
_HERE = Path(__file__).parent


def show(
    rows: pl.DataFrame,
    columns: Sequence[str],
    *,
    key: str,
    title: str,
    time_zone: ZoneInfo,
    links: Callable[[pl.DataFrame], Sequence[str | None]] | None = None,
    linked: str = "title",
) -> None:
    """Show these columns of the rows. `links` makes the link of each row, on its text in the column `linked`; None is no link."""
    if rows.is_empty():
        st.info(say(f"empty.{key}") if has(f"empty.{key}") else say("empty.any"))
        return
    whole = rows
    if rows.height > _ROWS_AT_MOST:
        st.caption(say("table.cut", shown=_ROWS_AT_MOST, rows=rows.height))
        rows = rows.head(_ROWS_AT_MOST)
    described = [_column(rows[column], time_zone) for column in columns]
    if links is not None:
        described[list(columns).index(linked)]["links"] = list(links(rows))
    _renderer()(key=key, data={"id": key, "title": title, "rows": rows.height, "columns": described})
    st.download_button(
        say("table.download"),
        partial(_csv, whole, columns),
        file_name=f"{key}.csv",
        mime="text/csv",
        key=f"{key}_csv",
        help=say("table.download_help", table=title),
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def _csv(rows: pl.DataFrame, columns: Sequence[str]) -> str:
    """Return all rows of the table as a CSV file, with exact figures and codes instead of texts."""
    plain_columns = [name for name in columns if not rows[name].dtype.is_nested()]
    return csv_text(plain_columns, rows.select(plain_columns).iter_rows())


@cache
def _renderer() -> Any:
    return st.components.v2.component(
        "koppelzicht_table",
        html='<div class="kz-table"></div>',
        css=(_HERE / "table.css").read_text(encoding="utf-8"),
        js=(_HERE / "table.js").read_text(encoding="utf-8"),
        isolate_styles=False,
    )


def _column(values: pl.Series, time_zone: ZoneInfo) -> dict[str, Any]:
    """Return everything that the browser needs of a column: the text of each cell, and its place when the column is sorted."""
    name = values.name
    described = {
        "name": name,
        "label": plain(f"column.{name}"),
        "help": plain(f"column_help.{name}") if has(f"column_help.{name}") else None,
        "kind": "text",
        "wide": name in _WIDE,
    }
    if name in _COURSES:
        series = [[] if course is None else course for course in values.to_list()]
        texts = [
            plain("table.course", last=course[-1], most=max(course)) if course else shown(None) for course in series
        ]
        lasts = pl.Series([course[-1] if course else None for course in series], dtype=pl.Int64)
        own = {"kind": "course", "colour": _COURSES[name], "series": series}
        return described | own | {"texts": texts, "places": _places(lasts)}
    if name == "broken":
        items = [[plain(f"rule.{rule}") for rule in rules] for rules in values.to_list()]
        return described | {
            "kind": "list",
            "items": items,
            "texts": [", ".join(each) or shown(None) for each in items],
            "places": _places(values.list.len()),
        }
    if name in _COLOURS:
        order = list(_COLOURS[name])
        own = {"kind": "badge", "colours": [_COLOURS[name].get(value) for value in values.to_list()]}
        places = values.replace_strict({value: place for place, value in enumerate(order)}, default=None)
        return described | own | {"texts": _in_words(values), "places": places.to_list()}
    if name == "score":
        own = {"kind": "meter", "values": values.to_list()}
        return described | own | {"texts": [shown(value) for value in values], "places": _places(values)}
    if isinstance(values.dtype, pl.Datetime):
        none = plain(f"none.{name}") if has(f"none.{name}") else shown(None)
        texts = [none if instant is None else shown(instant.astimezone(time_zone)) for instant in values]
        return described | {"kind": "instant", "texts": texts, "places": _places(values)}
    if values.dtype.is_numeric():
        return described | {"kind": "number", "texts": _in_figures(values), "places": _places(values)}
    texts = _in_words(values) if name in _WORDS else [shown(value) for value in values]
    kind = "instant" if values.dtype == pl.Date else "whole" if name in _WHOLE else "text"
    is_text = values.dtype in {pl.String, pl.Boolean, pl.Null}
    sorted_by = pl.Series(texts, dtype=pl.String).str.to_lowercase().set(values.is_null(), None) if is_text else values
    return described | {"kind": kind, "texts": texts, "places": _places(sorted_by)}


def _places(values: pl.Series) -> list[int | None]:
    """Return the place of each value among all values; equal values share a place, and null stays null."""
    return values.rank("dense").to_list()


def _in_figures(values: pl.Series) -> list[str]:
    """Return counts and rates as a reader expects them; a float is a rate, but for what its name says is none.

    >>> _in_figures(pl.Series("error_rate", [0.25, None])), _in_figures(pl.Series("p95_ms", [1234.4]))
    (['25.0%', '–'], ['1,234'])
    """
    match values.name:
        case "lift":
            return [shown(None if value is None else f"{value:.1f}x") for value in values]
        case name if name.startswith("time_to"):
            return [duration(value) for value in values]
        case name if name == "seconds" or name.endswith("_ms"):
            return [shown(None if value is None else round(value)) for value in values]
        case _:
            return [shown(value) for value in values]


def _in_words(values: pl.Series) -> list[str]:
    """Return the texts of values of a closed vocabulary; a value without a text is shown as it is."""
    name, texts = values.name.removeprefix("most_"), values.cast(pl.String)
    words = {text: plain(f"{name}.{text}") for text in texts.unique().to_list() if has(f"{name}.{text}")}
    return [shown(words.get(text, text)) for text in texts]
