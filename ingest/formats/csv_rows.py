"""CSV: the fields of a dialect as columns, by the names in a header row or by their position.

    timestamp;method;url;integration_id;status;duration_ms;request_bytes;response_bytes;user_agent;request_id

A record is a line: a quote that is not closed on its line spoils this line alone.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from ingest.formats.dialect import OWN_CSV, dialects, with_dialect
from ingest.formats.dialect_fields import ID_HEADER, fields_of_dialect, is_header_name
from ingest.formats.positions import read_sections, sections_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from ingest.formats.dialect import Dialect

_DELIMITERS = (",", ";", "\t")
_SPLIT = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_LONGEST_HEADER = 20_000

_Header: TypeAlias = tuple[tuple[str, ...], str]
"""The names of the columns, lower case, and what separates them."""


class Csv:
    """Rows of a table whose columns are called as a dialect says, our own if nothing else is said."""

    name: ClassVar[str] = "csv"

    def __init__(self, dialect: Dialect | None = None) -> None:
        self._dialect = dialect or dialects()[OWN_CSV]
        self._needed = [{path.lower() for path in paths} for paths in self._dialect.fields.needed().values()]
        delimiter = self._dialect.delimiter
        self._delimiters = (delimiter,) if delimiter else _DELIMITERS

    @property
    def dialect(self) -> str | None:
        """Whose names the columns have; None for our own."""
        return None if self._dialect.name == OWN_CSV else self._dialect.name

    @property
    def reading(self) -> object:
        """What decides how a line is read."""
        return self.name, self._dialect

    def claims(self, lines: Sequence[str]) -> bool:
        """The first line names at least the columns without which there is no call."""
        first = next((line for line in lines if not line.startswith("#")), "")
        return self._header(first) is not None

    def read(
        self, connection: duckdb.DuckDBPyConnection, _lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """Fill `raw`. A line that repeats the header is ignored, one that names other columns is the new header."""
        connection.execute("set variable time_names = ?", [sorted(self._needed[0])])
        connection.execute("set variable status_names = ?", [sorted(self._needed[3])])
        found = connection.execute(self._header_lines()).fetchall()
        headers = [(number, header) for number, line in found if (header := self._header(line)) is not None]
        connection.execute("create or replace temp table headers (line_number bigint)")
        connection.execute("insert into headers select unnest(?)", [[number for number, _ in headers]])
        columns = tuple(column.lower() for column in self._dialect.columns)
        before = [
            (
                start,
                (
                    tuple(context.get("columns", columns)),
                    str(context.get("delimiter", self._dialect.delimiter or _DELIMITERS[0])),
                ),
            )
            for start, context in begins
        ]
        sections, last = sections_of(before, headers, lambda _, header: header)
        table = read_sections(connection, sections, partial(_split_by, self._dialect))
        contexts = [{"columns": list(names), "delimiter": delimiter} for names, delimiter in last]
        return table, [with_dialect(context, self._dialect) for context in contexts]

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """A table without ids cannot say who called."""
        if not context:
            return ()
        if _holds_ids(self._dialect, context["columns"]):
            return ()
        names = " or ".join(self._dialect.fields.integration_id) or "integration_id"
        return (f"the header names no {names}: nobody knows whose the calls are (id_status not_logged)",)

    def _header(self, line: str) -> _Header | None:
        for delimiter in self._delimiters:
            columns = tuple(
                part.strip().strip(self._dialect.quote).lower()
                for part in line.lstrip("\ufeff").rstrip("\r\n").split(delimiter)
            )
            if all(names & set(columns) for names in self._needed):
                return columns, delimiter
        return None

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
            " order by line_number"
        )


def is_header(line: str) -> bool:
    """Whether this line names the columns of a table of calls, or of any other as far as one can tell.

    What a user's own columns are called is not known here; but a line with a call in it has a status and a time.

    >>> is_header("when;verb;address;answer"), is_header("2026-10-01;GET;/;200"), is_header("{this is no record")
    (True, False, False)
    """
    if line.startswith("{") or len(line) > _LONGEST_HEADER:
        return False
    if Csv().claims([line]):
        return True
    names = re.split(r"[,;\t|]", line)
    return len(names) >= 4 and not re.search("[0-9]{3}", line) and all(re.search("[A-Za-z]", name) for name in names)


def column_names(line: str, dialect: Dialect) -> list[str]:
    """The values of a line, split at what separates most of them."""
    delimiters = (dialect.delimiter,) if dialect.delimiter else _DELIMITERS
    parts = max((line.strip("\ufeff\r\n").split(delimiter) for delimiter in delimiters), key=len)
    return [part.strip().strip(dialect.quote).lower() for part in parts]


def missing_columns(columns: Sequence[str], dialect: Dialect) -> list[str]:
    """Which of the fields that make a call none of these columns is."""
    needed = dialect.fields.needed()
    return [what for what, paths in needed.items() if not {path.lower() for path in paths} & set(columns)]


def _header_columns(dialect: Dialect, columns: Sequence[str], header: str) -> list[int]:
    """The positions of the columns that hold a header of the request."""
    return [
        number
        for source in dialect.headers
        if source.at is None
        for number, column in enumerate(columns, start=1)
        if is_header_name(column, source.prefix, header)
    ]


def _holds_ids(dialect: Dialect, columns: Sequence[str]) -> bool:
    """Whether one of the columns is the IntegrationId, or a header that is no column was not sent."""
    named = {path.lower() for path in dialect.fields.integration_id}
    return (
        dialect.headers_complete or not named.isdisjoint(columns) or bool(_header_columns(dialect, columns, ID_HEADER))
    )


def _split_by(dialect: Dialect, connection: duckdb.DuckDBPyConnection, header: _Header) -> str:
    columns, delimiter = header
    special, quote = (f"\\x{{{ord(character):x}}}" for character in (delimiter, dialect.quote))
    in_quotes = f"{quote}(?:[^{quote}]|{quote}{quote})*{quote}"
    connection.execute("set variable delimiter = ?", [delimiter])
    plain = f"(?:{quote}[^{quote}{special}]*{quote}|[^{quote}{special}]*)"
    connection.execute("set variable csv_plain_row = ?", [f"{plain}(?:{special}{plain})*"])
    connection.execute("set variable quote = ?", [dialect.quote])
    connection.execute("set variable csv_value = ?", [f"{special}({in_quotes}|[^{quote}{special}]*)"])
    connection.execute("set variable csv_row = ?", [f"(?:{special}(?:{in_quotes}|[^{quote}{special}]*))*"])
    connection.execute("set variable width = ?", [len(columns)])
    place = {name: number for number, name in reversed(list(enumerate(columns, start=1)))}

    def values(path: str) -> list[str]:
        return [f"part[{place[path.lower()]}]"] if path.lower() in place else []

    def headers(name: str) -> list[str]:
        return [f"part[{number}]" for number in _header_columns(dialect, columns, name)]

    logged = {
        "headers_logged": any(path.lower() in place for path in dialect.fields.authorization),
        "id_logged": _holds_ids(dialect, columns),
    }
    said = {name: "true" if is_logged else "false" for name, is_logged in logged.items()}
    cases = ""
    for what, paths in dialect.fields.needed().items():
        named = next((path.lower() for path in paths if path.lower() in place), "")
        connection.execute(f"set variable empty_{what} = 'no value in the field ' || redacted_key(?)", [named])
        cases += f" when detail = '{what}' then getvariable('empty_{what}')"
    fields = fields_of_dialect(connection, dialect, values, headers, logged=said, host="only_platform_host(part)")
    return f"select * replace (case when fate is not null or detail is null then detail{cases} end as detail) from ({_SPLIT} {fields})"
