"""CSV with a header row: the same names as in JSON lines; comma, semicolon or tab.

    timestamp;method;url;integration_id;status;duration_ms;request_bytes;response_bytes;user_agent;request_id

A record is a line: a quote that is not closed on its line spoils this line alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ingest.formats.positions import insert_by_position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

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


class Csv:
    """Rows of a table whose first line names the columns."""

    name: ClassVar[str] = "csv"
    dialect: str | None = None

    def claims(self, lines: Sequence[str]) -> bool:
        """The first line names at least the columns without which there is no call."""
        return bool(lines) and _header(lines[0]) is not None

    def read(self, connection: duckdb.DuckDBPyConnection, context: Mapping[str, Any]) -> Mapping[str, Any]:
        """Fill `raw`. A line that repeats the header is ignored, one that names other columns is the new header."""
        headers = connection.execute(
            "select line_number, line from lines"
            " where contains(lower(line), 'timestamp') and contains(lower(line), 'method') order by line_number"
        ).fetchall()
        sections = [(number, header) for number, line in headers if (header := _header(line)) is not None]
        connection.execute("create or replace temp table headers (line_number bigint)")
        connection.executemany("insert into headers values (?)", [[number] for number, _ in sections] or [[-1]])
        in_force = dict(context) or {"columns": [], "delimiter": ","}
        bounds = [-1, *(number for number, _ in sections), 1 << 62]
        contexts = [in_force, *({"columns": list(columns), "delimiter": mark} for _, (columns, mark) in sections)]
        for (start, end), section in zip(zip(bounds, bounds[1:], strict=False), contexts, strict=True):
            _read_section(connection, section, start, end)
        return contexts[-1]

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


def _read_section(connection: duckdb.DuckDBPyConnection, context: Mapping[str, Any], start: int, end: int) -> None:
    """Lines between two headers, `start` included: it is the header itself and ignored."""
    delimiter = context["delimiter"]
    special = "\\t" if delimiter == "\t" else delimiter
    connection.execute("set variable delimiter = ?", [delimiter])
    connection.execute("set variable csv_value = ?", [special + '("(?:[^"]|"")*"|[^"' + special + "]*)"])
    connection.execute("set variable csv_row = ?", [f'(?:{special}(?:"(?:[^"]|"")*"|[^"{special}]*))*'])
    connection.execute("set variable width = ?", [len(context["columns"])])
    connection.execute(
        r"""
        create or replace temp table split as
        with trimmed as (
            select line_number, byte_offset, fate, regexp_replace(ltrim(line, chr(65279)), '\r?\n?$', '') as text
            from lines
            where line_number >= ? and line_number < ?
        ),
        parts as (
            select
                line_number,
                byte_offset,
                case
                    when fate is not null then fate
                    when trim(text) = '' or starts_with(text, '#') or line_number in (from headers) then 'ignored'
                    when contains(text, '"') and not regexp_full_match(getvariable('delimiter') || text, getvariable('csv_row'))
                        then 'not_a_record'
                end as fate,
                case
                    when not contains(text, '"') then string_split(text, getvariable('delimiter'))
                    else list_transform(
                        regexp_extract_all(getvariable('delimiter') || text, getvariable('csv_value'), 1),
                        lambda part: case
                            when starts_with(part, '"') then replace(substr(part, 2, length(part) - 2), '""', '"')
                            else part
                        end
                    )
                end as part
            from trimmed
        )
        select
            line_number,
            byte_offset,
            case when fate is null and len(part) <> getvariable('width') then 'not_a_record' else fate end as fate,
            case
                when fate = 'not_a_record' then 'a quote is not closed'
                when fate is null and len(part) <> getvariable('width')
                    then len(part) || ' values where the header names ' || getvariable('width') || ' columns'
            end as detail,
            list_transform(part, lambda value: nullif(value, '')) as part
        from parts
        """,
        [start, end],
    )
    insert_by_position(connection, "csv", list(context["columns"]))
