"""CSV: the fields of a dialect as columns, by the names in a header row or by their position.

    timestamp           ;method;url                                          ;integration_id;status;duration_ms
    2026-10-21T13:55:36Z;GET   ;https://4321.rest.afas.online/ProfitRestSer...;1234_5678     ;200   ;87

A record is one line. A quote that is not closed on its line spoils only this line. A value that continues on the next line looks
the same as a bad row above a good one, so a quote never reaches into the next line.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from ingest.catalogue.platform_host import holds_callers_words, places_of_hosts
from ingest.formats.csv_rows.header import DELIMITERS, LONGEST_HEADER, Header, announced_delimiter, names_in
from ingest.formats.csv_rows.rows import columns_of_header, holds_ids, id_columns, split_by
from ingest.formats.dialect.fields import HEADERS
from ingest.formats.dialect.known import OWN_CSV, dialects, with_dialect
from ingest.formats.dialect.model import paths_of
from ingest.formats.dialect.names import unread_in
from ingest.formats.json_lines.headers import headers_before, headers_warnings, with_unread_headers
from ingest.formats.sections import first_lines, headers_of_each, read_sections, sections_of
from ingest.formats.unread import with_unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from ingest.formats.dialect.model import Dialect

_NO_NAME, _CALLERS_WORDS = "", " referer"
"""They replace the names of columns that nobody reads; callers mention hosts in columns of the second kind. No real column has these
names."""


class Csv:
    """Rows of a table whose columns are called as a dialect says, our own if nothing else is said."""

    name: ClassVar[str] = "csv"
    says_host: ClassVar[str] = "--dialect says which one is"

    def __init__(self, dialect: Dialect | None = None) -> None:
        self._dialect = dialect or dialects()[OWN_CSV]
        fields = self._dialect.fields
        self._paths = {path.lower() for name in type(fields).model_fields for path in paths_of(getattr(fields, name))}
        self._paths |= {source.at.lower() for source in self._dialect.headers if source.at}
        self._needed = [{path.lower() for path in paths} for paths in self._dialect.fields.needed().values()]

    @property
    def dialect(self) -> str | None:
        """Whose names the columns have; None for our own."""
        return None if self._dialect.name == OWN_CSV else self._dialect.name

    @property
    def reading(self) -> object:
        """The settings that decide how a line is read."""
        return self.name, self._dialect

    def claims(self, lines: Sequence[str]) -> bool:
        """The first line, comments and what Excel puts above it aside, names the columns without which there is no call."""
        announced = None
        for line in lines:
            if (separator := announced_delimiter(line)) is not None:
                announced = separator
            elif not line.lstrip("\ufeff").startswith("#"):
                return self._header(line, announced) is not None
        return False

    def read(
        self, connection: duckdb.DuckDBPyConnection, _lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """Fill `raw`. A line that repeats the header is ignored, one that names other columns is the new header."""
        connection.execute("set variable time_names = ?", [sorted(self._needed[0])])
        connection.execute("set variable status_names = ?", [sorted(self._needed[3])])
        before = [(start, self._header_before(context)) for start, context in begins]
        headers = list(self._headers(connection.execute(self._header_lines()).fetchall(), before))
        connection.execute("create or replace temp table headers (line_number bigint)")
        connection.execute("insert into headers select unnest(?)", [[number for number, _ in headers]])
        sections = self._with_hosts(connection, sections_of(before, headers, lambda _, header: header)[0])
        headers_of = headers_of_each(sections, [start for start, _ in begins])
        # What was announced is for headers, not for rows.
        rows = [(start, replace(header, announced=None)) for start, header in sections]
        unread_headers: list[int] = []
        table = read_sections(connection, rows, partial(split_by, self._dialect, unread_headers))
        connection.unregister("records")
        contexts = [
            with_unread(
                connection,
                {
                    "columns": list(last.columns),
                    "delimiter": last.delimiter,
                    "announced": last.announced,
                    **headers_before(context),
                },
                (one for header in (*others, last) for one in header.unread),
                before=context,
            )
            for (*others, last), (_, context) in zip(headers_of, begins, strict=True)
        ]
        contexts = with_unread_headers(contexts, [start for start, _ in begins], unread_headers)
        return table, [with_dialect(context, self._dialect) for context in contexts]

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """A table without ids cannot say who called."""
        if not context:
            return ()
        objects = [source.at for source in self._dialect.headers if source.at]
        if holds_ids(self._dialect, context["columns"]) or {one.lower() for one in objects} & set(context["columns"]):
            return headers_warnings(context, objects)
        names = " or ".join([*self._dialect.fields.integration_id, *objects])
        return (f"the header names no {names}: nobody can tell who called (id_status not_logged)",)

    def _header_before(self, context: Mapping[str, Any]) -> Header:
        """The header in force where reading begins."""
        columns = context.get("columns", (column.lower() for column in self._dialect.columns))
        delimiter = context.get("delimiter", self._dialect.delimiter or DELIMITERS[0])
        return Header(tuple(columns), str(delimiter), context.get("announced"))

    def _headers(
        self, found: Sequence[tuple[int, str]], before: Sequence[tuple[int, Header]]
    ) -> Iterator[tuple[int, Header]]:
        """Those of these lines that say how the lines below them have to be read, and how that is."""
        begins = deque(before)
        header = before[0][1]
        for number, line in found:
            while begins and begins[0][0] <= number:
                header = begins.popleft()[1]
            if (separator := announced_delimiter(line)) is not None:
                delimiter = self._dialect.delimiter or separator
                header = replace(header, delimiter=delimiter, announced=separator)
            elif (named := self._header(line, header.announced)) is not None:
                header = named
            else:
                continue
            yield number, header

    def _header(self, line: str, announced: str | None) -> Header | None:
        """The header, if this line is one and has no text after a CR. Otherwise None."""
        line = line.strip("\ufeff\r\n")
        if "\r" in line or len(line) > LONGEST_HEADER:
            return None
        delimiters = (self._dialect.delimiter,) if self._dialect.delimiter else (announced, *DELIMITERS)
        for delimiter in delimiters:
            columns = () if delimiter is None else names_in(line, delimiter, self._dialect.quote)
            if all(names & set(columns) for names in self._needed):
                read = [self._is_read(column) for column in columns]
                kept = tuple(
                    column if is_read else _CALLERS_WORDS if holds_callers_words(column) else _NO_NAME
                    for column, is_read in zip(columns, read, strict=True)
                )
                # Shown as they are written, but found by their small letters.
                written = names_in(line, str(delimiter), self._dialect.quote, as_written=True)
                others = [name for name, is_read in zip(written, read, strict=True) if name and not is_read]
                unread = unread_in(self._dialect, columns, others)
                return Header(kept, str(delimiter), announced, unread, written)
        return None

    def _with_hosts(
        self, connection: duckdb.DuckDBPyConnection, sections: Sequence[tuple[int, Header]]
    ) -> list[tuple[int, Header]]:
        """The sections, in which a column that holds hosts where URLs are paths is one that is read."""
        lines = first_lines(
            connection, sections, [start for start, header in sections if header.written and header.unread]
        )
        return [
            (
                start,
                replace(header, unread=_without_hosts(header, lines[start], self._dialect))
                if start in lines
                else header,
            )
            for start, header in sections
        ]

    def _is_read(self, column: str) -> bool:
        """Whether somebody asks for a column of this name."""
        return (
            column in self._paths
            or bool(id_columns(self._dialect, [column]))
            or any(columns_of_header(self._dialect, [column], name) for name in HEADERS)
        )

    def _header_lines(self) -> str:
        """The SQL of the lines that may be headers: few enough to be looked at one by one. A date is no name of a column."""
        times, statuses = (
            " or ".join(
                f"contains(lower(line), getvariable('{variable}')[{number}])" for number, _ in enumerate(names, start=1)
            )
            for variable, names in (("time_names", self._needed[0]), ("status_names", self._needed[3]))
        )
        return (
            "select line_number, line from lines"
            f" where not regexp_matches(line, '^.?[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') and ({times}) and ({statuses})"
            " or length(line) < 12 and contains(lower(line), 'sep=')"
            " order by line_number"
        )


def is_header(line: str) -> bool:
    """Whether this line names the columns of a table of calls, or of any other as far as one can tell.

    The names of a user's own columns are unknown here. But a line that is a call holds a status and a time, so it holds digits.

    >>> is_header("when;verb;address;answer"), is_header("2026-10-01;GET;/;200"), is_header("{this is no record")
    (True, False, False)
    """
    if line.startswith("{") or len(line) > LONGEST_HEADER:
        return False
    if announced_delimiter(line) is not None or Csv().claims([line]):
        return True
    names = re.split(r"[,;\t|]", line)
    return len(names) >= 4 and not re.search("[0-9]{3}", line) and all(re.search("[A-Za-z]", name) for name in names)


def _without_hosts(header: Header, lines: Sequence[str], dialect: Dialect) -> tuple[tuple[str, str], ...]:
    rows = []
    for line in lines:
        reader = csv.reader([line.rstrip("\r\n")], delimiter=header.delimiter, quotechar=dialect.quote)
        values = next(reader, [])
        if any(value.startswith("/") for value in values):
            rows.append(dict(zip(header.written, values, strict=False)))
    hosts = [name for name in header.written if places_of_hosts(rows, [name])]
    return tuple(one for one in header.unread if one[0] not in hosts)
