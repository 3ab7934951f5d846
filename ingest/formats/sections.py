"""Sections of a log: the lines below one header or directive. CSV and W3C share this."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import deque
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

from ingest.formats.raw import raw_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import duckdb


_Header = TypeVar("_Header")
_Line = TypeVar("_Line")


def sections_of(
    begins: Sequence[tuple[int, _Header]],
    found: Sequence[tuple[int, _Line]],
    after: Callable[[_Header, _Line], _Header],
) -> tuple[list[tuple[int, _Header]], list[_Header]]:
    """The sections of sources that begin at these lines, and the header in force at the end of each.

    `begins` says what holds where each source begins, `found` are the lines that change it, in order.
    """
    sections: list[tuple[int, _Header]] = []
    last: list[_Header] = []
    changes = deque(found)
    ends = [*(start for start, _ in begins[1:]), None]
    for (start, before), end in zip(begins, ends, strict=True):
        header, previous = before, start - 1
        sections.append((start, header))
        while changes and (end is None or changes[0][0] < end):
            number, line = changes.popleft()
            header = after(header, line)
            # Directives that follow each other say one thing.
            sections.append((sections.pop()[0] if number == previous + 1 else number, header))
            previous = number
        last.append(header)
    return sections, last


_LINES_TO_LOOK_AT = 200

_FIRST_LINES = """
    select sections_begin.start, lines.line
    from (select * from lines where line_number >= $1 and line_number < $2) as lines
    join sections_begin on lines.line_number >= sections_begin.start and lines.line_number < sections_begin.behind
    where lines.fate is null and not starts_with(lines.line, '#')
    order by lines.line_number
"""


def first_lines(
    connection: duckdb.DuckDBPyConnection, sections: Sequence[tuple[int, _Header]], starts: Sequence[int]
) -> dict[int, list[str]]:
    """The first lines of those sections that begin at these lines, comments and directives apart."""
    found: dict[int, list[str]] = {start: [] for start in starts}
    if found:
        ends = dict(itertools.pairwise(start for start, _ in sections))
        behind = [min(start + _LINES_TO_LOOK_AT, ends.get(start, start + _LINES_TO_LOOK_AT)) for start in starts]
        connection.register("sections_begin", pa.table({"start": list(starts), "behind": behind}))
        for start, line in connection.execute(_FIRST_LINES, [min(starts), max(behind)]).fetchall():
            found[start].append(line)
        connection.unregister("sections_begin")
    return found


def headers_of_each(sections: Sequence[tuple[int, _Header]], starts: Sequence[int]) -> list[list[_Header]]:
    """The headers in force, one after the other, in each source that begins at one of these lines."""
    numbers = [number for number, _ in sections]
    places = [*(bisect_left(numbers, start) for start in starts), len(sections)]
    return [[header for _, header in sections[begin:end]] for begin, end in itertools.pairwise(places)]


def each_header(connection: duckdb.DuckDBPyConnection, sections: Sequence[tuple[int, _Header]]) -> Iterator[_Header]:
    """Each header of `lines` once, however often it comes back, with the lines below it as the view `section`.

    `sections` says from which line number on a header holds.
    """
    forms = {header: number for number, header in enumerate(dict.fromkeys(header for _, header in sections))}
    connection.execute("create or replace temp table sections (start bigint, form integer)")
    connection.execute(
        "insert into sections select unnest(?), unnest(?)",
        [[start for start, _ in sections], [forms[header] for _, header in sections]],
    )
    for header, form in forms.items():
        connection.execute("set variable form = ?", [form])
        connection.execute(
            "create or replace temp view section as select lines.* from lines"
            " asof join sections on lines.line_number >= sections.start where sections.form = getvariable('form')"
            if len(forms) > 1
            else "create or replace temp view section as from lines"
        )
        yield header


def read_sections(
    connection: duckdb.DuckDBPyConnection,
    sections: Sequence[tuple[int, _Header]],
    query_for: Callable[[duckdb.DuckDBPyConnection, _Header], str],
) -> pa.Table:
    """The columns of raw for `lines`. Each section begins at the given line number and has a header of its own.

    `query_for` gives the SQL over the view `section`.
    """
    tables = [raw_table(connection, query_for(connection, header)) for header in each_header(connection, sections)]
    return tables[0] if len(tables) == 1 else pa.concat_tables(tables).sort_by("line_number")
