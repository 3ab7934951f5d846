"""Times and numbers in unusual notations, and the values that stay unread.

The first look at a block reads the usual notations, and is quick. It leaves the others to this module:

    2026/10/01 09:00:00.250      2026-10-01T09:00+02:00[Europe/Amsterdam]      2026-10-01 07:00:02 UTC      1.790838e9
    Thu, 01 Oct 2026 07:00:00 GMT     Thu Oct  1 07:00:00 2026     20261001T070000Z     /Date(1790838000000)/     2026-09-30T24:00Z
    12,5      1.234,75      1.024      +4711      soon

The meaning of a line must not depend on where blocks end, on whether a source was loaded in one go or grew, or on any later line. So
each value is read by itself, and only if its meaning is certain. There is one exception. A duration like 1.234 has three decimals in
every log with decimal points, and may be 1234 in a log with decimal commas. It is read until a duration of its source has a decimal
comma. From there on it is not read, and a warning says how many such durations were read before.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.engine.connection import answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

_NUMBERS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_TIMES = "select line_number, unusual_instant(time_text) as called_at from doubtful order by line_number"
_MAYBE_TIME = (
    r"[]/eE]|[A-Z]{2}$|:59:60|[Tt ][0-9]{2}:[0-9]{2}([Zz]| ?[+-][0-9:]*)?$|^ | [Zz]?$"
    r"|^[A-Za-z]{3}|[0-9][ -][A-Za-z]{3}|^[0-9]{8}|[Tt ]24:00|^[0-9]{4}-.*([Zz]|[+-][0-9:]{2,6})$"
)
"""What a time looks like that `unusual_instant` reads and the formats do not. Looking takes less time than asking."""

_ZONES = (
    "set variable zone_names = (select list(name) from pg_timezone_names() where contains(name, '/') or name = 'UTC')"
)
_COLUMNS = {"duration": "duration_ms", "request_bytes": "request_bytes", "response_bytes": "response_bytes"}

DURATIONS, COMMA = "durations", "comma"
"""In the context of a source: COMMA once a duration with a decimal comma was seen; before, how many doubtful ones were read, and the
first of them."""

DOUBTFUL = "doubtful duration"
"""What values are called that were read before a decimal comma made them doubtful."""


@dataclass(frozen=True)
class SecondLook:
    """The fields of a block after the second look."""

    raw: pa.Table
    unread: pa.Table | None
    """Values that are there and were not read (line_number, what, name, text, values: how many); None where all were read."""
    contexts: Sequence[Mapping[str, Any]]


def look_again(
    connection: duckdb.DuckDBPyConnection,
    raw: pa.Table,
    *,
    starts: Sequence[int],
    before: Sequence[Mapping[str, Any]],
    contexts: Sequence[Mapping[str, Any]],
) -> SecondLook:
    """Read the values of a block that the first look has left.

    `starts` are the numbers of the lines at which its sources begin. `before` and `contexts` are the contexts of each source before and
    after the block.
    """
    durations = [context.get(DURATIONS) for context in before]
    unread = None
    if any(raw[name].null_count < len(raw) for name in ("numbers", "doubtful_duration")) or any(durations):
        raw, unread, durations = _with_numbers(connection, raw, starts, durations)
        contexts = [
            {name: value for name, value in context.items() if name != DURATIONS} | ({DURATIONS: said} if said else {})
            for context, said in zip(contexts, durations, strict=True)
        ]
    if raw["time_text"].null_count < len(raw):
        raw = _with_times(connection, raw)
    return SecondLook(raw.drop_columns(["numbers", "doubtful_duration", "doubtful_name"]), unread, contexts)


def _with_numbers(
    connection: duckdb.DuckDBPyConnection, raw: pa.Table, starts: Sequence[int], before: Sequence[Any]
) -> tuple[pa.Table, pa.Table | None, list[Any]]:
    """The fields with their readable numbers, the unreadable ones, and the context of each source's durations after them."""
    connection.register("doubtful", raw.select(["line_number", "numbers"]).filter(pc.is_valid(raw["numbers"])))
    try:
        found = answer(connection, _NUMBERS, most=len(raw))
    finally:
        connection.unregister("doubtful")
    for what, column in _COLUMNS.items():
        values = found.filter(pc.and_(pc.equal(found["what"], what), pc.is_valid(found["value"])))
        raw = _patched(raw, column, values["line_number"], values["value"])
    is_unread = pc.and_(pc.is_null(found["value"]), pc.invert(pc.is_in(found["text"], pa.array(["", "-"]))))
    left = found.filter(is_unread).select(["line_number", "what", "name", "text"])
    shows_comma = found.filter(
        pc.and_(pc.equal(found["what"], "duration"), pc.fill_null(found["has_comma"], pa.scalar(value=False)))
    )
    raw, doubtful, after = _with_doubtful_durations(raw, shows_comma.select(["line_number", "name"]), starts, before)
    left = left.append_column("values", pa.array(np.ones(len(left), np.int64)))
    unread = pa.concat_tables([left, *doubtful]).sort_by("line_number")
    return raw, unread if len(unread) else None, after


def _with_doubtful_durations(
    raw: pa.Table, shows_comma: pa.Table, starts: Sequence[int], before: Sequence[Any]
) -> tuple[pa.Table, list[pa.Table], list[Any]]:
    """The fields without durations like 1.234 from the first decimal comma of their source on.

    The warnings about these durations and about those above come with them, and the context of each source after them.
    """
    points = raw.select(["line_number", "doubtful_name", "doubtful_duration"]).filter(
        pc.is_valid(raw["doubtful_duration"])
    )
    whose = np.searchsorted(starts, points["line_number"].to_numpy(), side="right") - 1
    lines = shows_comma["line_number"].to_numpy()
    of_lines = np.searchsorted(starts, lines, side="right") - 1
    first = np.full(len(starts), np.iinfo(np.int64).max)
    np.minimum.at(first, of_lines, lines)
    first[[said == COMMA for said in before]] = 0
    is_below = points["line_number"].to_numpy() >= first[whose]
    below, above = points.filter(is_below), points.filter(~is_below)
    raw = _patched(raw, "duration_ms", below["line_number"], pa.chunked_array([pa.nulls(len(below), pa.float64())]))
    said = [
        pa.table(
            {
                "line_number": below["line_number"],
                "what": pa.array(["duration"] * len(below), pa.string()),
                "name": below["doubtful_name"],
                "text": below["doubtful_duration"],
                "values": np.ones(len(below), np.int64),
            }
        )
    ]
    after: list[Any] = []
    counts = np.bincount(whose[~is_below], minlength=len(starts)).tolist()
    firsts = dict(zip(whose[~is_below][::-1].tolist(), above["doubtful_duration"].to_pylist()[::-1], strict=True))
    names = dict(zip(lines.tolist(), shows_comma["name"].to_pylist(), strict=True))
    for number, (known, count) in enumerate(zip(before, counts, strict=True)):
        if known == COMMA:
            after.append(known)
            continue
        read = [(known or [0])[0] + count, known[1] if known else firsts.get(number)]
        has_comma = first[number] in names
        if has_comma and read[0]:
            line = int(first[number])
            row = {"line_number": line, "what": DOUBTFUL, "name": names[line], "text": read[1], "values": read[0]}
            said.append(pa.Table.from_pylist([row], said[0].schema))
        after.append(COMMA if has_comma else read if read[0] else None)
    return raw, said, after


def _with_times(connection: duckdb.DuckDBPyConnection, raw: pa.Table) -> pa.Table:
    is_left = pc.and_(pc.is_valid(raw["time_text"]), pc.is_null(raw["time_format"]))
    rows = raw.select(["line_number", "time_text"]).filter(is_left)
    rows = rows.filter(pc.match_substring_regex(rows["time_text"], _MAYBE_TIME))
    if not len(rows):
        return raw
    connection.execute(_ZONES)
    connection.register("doubtful", rows)
    try:
        found = answer(connection, _TIMES, most=len(rows))
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
