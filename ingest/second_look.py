"""Times and numbers that are not written as usual, and what of them stays unread.

The first look at a block reads what nearly every line has, and is quick. What it leaves is looked at here:

    2026/10/01 09:00:00.250      2026-10-01T09:00+02:00[Europe/Amsterdam]      2026-10-01 07:00:02 UTC      1.790838e9
    Thu, 01 Oct 2026 07:00:00 GMT     Thu Oct  1 07:00:00 2026     20261001T070000Z     /Date(1790838000000)/     2026-09-30T24:00Z
    12,5      1.234,75      1.024      +4711      soon

What a line says must not depend on where blocks end, nor on whether a source was loaded in one go or grew. So a value is read by
itself where it is sure, and else by what stands before it in its source: once a line has shown a decimal comma, the source's
context says so to all lines behind it. Nothing is ever read by what comes later.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb

_NUMBERS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_TIMES = "select line_number, unusual_instant(time_text) as called_at from doubtful order by line_number"
_MAYBE_TIME = (
    r"[]/eE]|[A-Z]{2}$|:59:60|[Tt ][0-9]{2}:[0-9]{2}([Zz]| ?[+-][0-9:]*)?$|^ | [Zz]?$"
    r"|^[A-Za-z]{3}|[0-9][ -][A-Za-z]{3}|^[0-9]{8}|[Tt ]24:00|^[0-9]{4}-.*([Zz]|[+-][0-9:]{2,6})$"
)
"""What a time has that `unusual_instant` reads and not every format does. To ask it takes longer than to look."""

_ZONES = (
    "set variable zone_names = (select list(name) from pg_timezone_names() where contains(name, '/') or name = 'UTC')"
)
_SHOWS_COMMA = """
    select coalesce(bool_or(
        notation_of(regexp_extract(trim(number.duration), '^[0-9.,]+')) = 'comma'
        or notation_of(trim(number.request_size)) = 'comma'
        or notation_of(trim(number.response_size)) = 'comma'
    ), false)
    from (select logged_numbers(numbers) as number from doubtful)
"""
_COLUMNS = {"duration": "duration_ms", "request_bytes": "request_bytes", "response_bytes": "response_bytes"}

NOTATION = "numbers"
"""In the context of a source: `comma` once a decimal comma was seen, `both` once a decimal point was seen behind it."""


@dataclass(frozen=True)
class SecondLook:
    """The fields of a block after the second look."""

    raw: pa.Table
    unread: pa.Table | None
    """Values that are there and were not read (line_number, what, name, text); None where there are none."""
    contexts: Sequence[Mapping[str, Any]]


def look_again(
    connection: duckdb.DuckDBPyConnection,
    raw: pa.Table,
    *,
    starts: Sequence[int],
    before: Sequence[Mapping[str, Any]],
    contexts: Sequence[Mapping[str, Any]],
    with_all_numbers: Callable[[], pa.Table],
) -> SecondLook:
    """Read what the first look has left of a block.

    `starts` are the numbers of the lines at which its sources begin, `before` and `contexts` what was known of each before the
    block and is behind it. `with_all_numbers` reads the block once more, with the texts of all numbers.
    """
    notations = [context.get(NOTATION) for context in before]
    unread = None
    if raw["numbers"].null_count < len(raw) or any(notations):
        raw, unread, notations = _with_numbers(connection, raw, starts, notations, with_all_numbers)
        contexts = [
            {name: value for name, value in context.items() if name != NOTATION}
            | ({NOTATION: notation} if notation else {})
            for context, notation in zip(contexts, notations, strict=True)
        ]
    if raw["time_text"].null_count < len(raw):
        raw = _with_times(connection, raw)
    return SecondLook(raw.drop_columns("numbers"), unread, contexts)


def _with_numbers(
    connection: duckdb.DuckDBPyConnection,
    raw: pa.Table,
    starts: Sequence[int],
    notations: Sequence[str | None],
    with_all_numbers: Callable[[], pa.Table],
) -> tuple[pa.Table, pa.Table | None, list[str | None]]:
    doubtful = _doubtful_numbers(raw)
    connection.register("doubtful", doubtful)
    try:
        [[shows_comma]] = connection.execute(_SHOWS_COMMA).fetchall()
        if shows_comma or any(notations):
            # Whether a number that was read has a point between thousands, only now can be asked.
            connection.execute("set variable keeps_numbers = true")
            try:
                raw = with_all_numbers()
            finally:
                connection.execute("set variable keeps_numbers = false")
            connection.register("doubtful", _doubtful_numbers(raw))
        stretches = pa.table(
            {"whose": range(len(starts)), "start": starts, "notation": pa.array(notations, pa.string())}
        )
        connection.register("stretches", stretches)
        found = connection.sql(_NUMBERS).to_arrow_table()
    finally:
        for name in ("doubtful", "stretches"):
            connection.unregister(name)
    for what, column in _COLUMNS.items():
        values = found.filter(pc.equal(found["what"], what))
        changed = values.filter(
            pc.invert(pc.equal(pc.fill_null(values["value"], -1), pc.fill_null(values["usual"], -1)))
        )
        raw = _patched(raw, column, changed["line_number"], changed["value"])
    is_unread = pc.and_(pc.is_null(found["value"]), pc.invert(pc.is_in(found["text"], pa.array(["", "-"]))))
    unread = found.filter(is_unread).select(["line_number", "what", "name", "text"])
    after = list(notations)
    for row in found.group_by("whose").aggregate([("has_comma", "max"), ("has_both", "max")]).to_pylist():
        after[row["whose"]] = "both" if row["has_both_max"] else "comma" if row["has_comma_max"] else None
    return raw, unread if len(unread) else None, after


def _doubtful_numbers(raw: pa.Table) -> pa.Table:
    return raw.select(["line_number", *_COLUMNS.values(), "numbers"]).filter(pc.is_valid(raw["numbers"]))


def _with_times(connection: duckdb.DuckDBPyConnection, raw: pa.Table) -> pa.Table:
    is_left = pc.and_(pc.is_valid(raw["time_text"]), pc.is_null(raw["time_format"]))
    rows = raw.select(["line_number", "time_text"]).filter(is_left)
    rows = rows.filter(pc.match_substring_regex(rows["time_text"], _MAYBE_TIME))
    if not len(rows):
        return raw
    connection.execute(_ZONES)
    connection.register("doubtful", rows)
    try:
        found = connection.sql(_TIMES).to_arrow_table()
    finally:
        connection.unregister("doubtful")
    found = found.filter(pc.is_valid(found["called_at"]))
    return _patched(raw, "called_at", found["line_number"], found["called_at"])


def _patched(raw: pa.Table, column: str, line_numbers: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.Table:
    """The table with these values of a column, in the lines with these numbers."""
    if not len(line_numbers):
        return raw
    places = pc.index_in(raw["line_number"].combine_chunks(), line_numbers.combine_chunks())
    kept = raw[column].combine_chunks()
    new = values.combine_chunks().cast(kept.type).take(places.drop_null())
    patched = pc.replace_with_mask(kept, pc.is_valid(places), new)
    return raw.set_column(raw.column_names.index(column), column, patched)
