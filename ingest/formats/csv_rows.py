"""CSV with a header row: the same names as in JSON lines; comma, semicolon or tab.

    timestamp;method;url;integration_id;status;duration_ms;request_bytes;response_bytes;user_agent;request_id

A record is a line: a quote that is not closed on its line spoils this line alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ingest.formats.positions import fields_by_position, read_sections, sections_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

NAMES = (
    "timestamp",
    "method",
    "url",
    "integration_id",
    "status",
    "duration_ms",
    "request_bytes",
    "response_bytes",
    "user_agent",
    "request_id",
    "authorization",
    "api_version",
    "body",
)
_REQUIRED = {"timestamp", "method", "url", "status"}
_DELIMITERS = (",", ";", "\t")
_HEADER_LINES = (
    "select line_number, line from lines"
    " where contains(lower(line), 'timestamp') and contains(lower(line), 'method') order by line_number"
)
_SPLIT = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")


class Csv:
    """Rows of a table whose first line names the columns."""

    name: ClassVar[str] = "csv"
    dialect: str | None = None

    def claims(self, lines: Sequence[str]) -> bool:
        """The first line names at least the columns without which there is no call."""
        first = next((line for line in lines if not line.startswith("#")), "")
        return _header(first) is not None

    def read(
        self, connection: duckdb.DuckDBPyConnection, _lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """Fill `raw`. A line that repeats the header is ignored, one that names other columns is the new header."""
        found = connection.execute(_HEADER_LINES).fetchall()
        headers = [(number, header) for number, line in found if (header := _header(line)) is not None]
        connection.execute("create or replace temp table headers (line_number bigint)")
        connection.execute("insert into headers select unnest(?)", [[number for number, _ in headers]])
        before = [
            (start, (tuple(context.get("columns", ())), str(context.get("delimiter", ","))))
            for start, context in begins
        ]
        sections, last = sections_of(before, headers, lambda _, header: header)
        table = read_sections(connection, sections, _split_by)
        return table, [{"columns": list(columns), "delimiter": delimiter} for columns, delimiter in last]

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """A table without ids cannot say who called."""
        if context and "integration_id" not in context["columns"]:
            return ("the header names no integration_id: every call is unidentified",)
        return ()


def is_header(line: str) -> bool:
    """Whether this line names the columns of a table of calls."""
    return _header(line) is not None


def _header(line: str) -> tuple[tuple[str, ...], str] | None:
    for delimiter in _DELIMITERS:
        columns = tuple(
            part.strip().strip('"').lower() for part in line.lstrip("\ufeff").rstrip("\r\n").split(delimiter)
        )
        if set(columns) >= _REQUIRED:
            return columns, delimiter
    return None


def _split_by(connection: duckdb.DuckDBPyConnection, header: tuple[tuple[str, ...], str]) -> str:
    columns, delimiter = header
    special = "\\t" if delimiter == "\t" else delimiter
    connection.execute("set variable delimiter = ?", [delimiter])
    connection.execute("set variable csv_value = ?", [special + '("(?:[^"]|"")*"|[^"' + special + "]*)"])
    connection.execute("set variable csv_row = ?", [f'(?:{special}(?:"(?:[^"]|"")*"|[^"{special}]*))*'])
    connection.execute("set variable width = ?", [len(columns)])
    return f"{_SPLIT}\n{fields_by_position('csv', columns)}"
