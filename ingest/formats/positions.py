"""From values by position to the fields of `raw`: what CSV and W3C have in common.

Both split a line into a list; which position is which field is said once for many lines, in a header or a directive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

import pyarrow as pa

from ingest.raw import RAW_COLUMNS, raw_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb


_Header = TypeVar("_Header")


def read_sections(
    connection: duckdb.DuckDBPyConnection,
    sections: Sequence[tuple[int, _Header]],
    query_for: Callable[[duckdb.DuckDBPyConnection, _Header], str],
) -> pa.Table:
    """The columns of raw for `lines` of which each section, from the line number given on, has a header of its own.

    Each header is read once however often it comes back; `query_for` gives the SQL over the table `section`.
    """
    forms = {header: number for number, header in enumerate(dict.fromkeys(header for _, header in sections))}
    connection.execute("create or replace temp table sections (start bigint, form integer)")
    connection.execute(
        "insert into sections select unnest(?), unnest(?)",
        [[start for start, _ in sections], [forms[header] for _, header in sections]],
    )
    tables = []
    for header, form in forms.items():
        connection.execute("set variable form = ?", [form])
        connection.execute(
            "create or replace temp view section as select lines.* from lines"
            " asof join sections on lines.line_number >= sections.start where sections.form = getvariable('form')"
            if len(forms) > 1
            else "create or replace temp view section as from lines"
        )
        tables.append(raw_table(connection, query_for(connection, header)))
    return pa.concat_tables(tables)


def fields_by_position(kind: Literal["csv", "w3c"], columns: Sequence[str]) -> str:
    """The SQL that turns rows of `split` (line_number, byte_offset, fate, detail, part) into the columns of raw."""
    place = {name: position for position, name in reversed(list(enumerate(columns, start=1)))}
    fields = _csv_fields(place) if kind == "csv" else _w3c_fields(place)
    picked = ", ".join(
        f"{fields.get(column.name, 'null')}::{column.sql_type} as {column.name}" for column in RAW_COLUMNS[4:]
    )
    return f"select line_number, byte_offset, fate, detail, {picked} from split"


def _part(place: Mapping[str, int], *names: str) -> str:
    """The SQL of the first of these columns that is there; positions are our own numbers, never text of the log."""
    found = [f"part[{place[name]}]" for name in names if name in place]
    if not found:
        return "null"
    return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"


def _csv_fields(place: Mapping[str, int]) -> dict[str, str]:
    time = _part(place, "timestamp")
    url = _part(place, "url")
    return {
        "called_at": f"coalesce(iso_instant({time}), epoch_instant({time}))",
        "method": _part(place, "method"),
        "url": f"with_default_host({url})",
        "id_text": _part(place, "integration_id"),
        "id_repeated": "false",
        "status": _part(place, "status"),
        "duration_ms": f"number_or_null({_part(place, 'duration_ms')})",
        "request_bytes": f"number_or_null({_part(place, 'request_bytes')})",
        "response_bytes": f"number_or_null({_part(place, 'response_bytes')})",
        "user_agent": _part(place, "user_agent"),
        "authorization_header": _part(place, "authorization"),
        "headers_logged": "true" if "authorization" in place else "false",
        "body": _part(place, "body"),
        "api_version": _part(place, "api_version"),
        "request_id": _part(place, "request_id"),
    }


def _w3c_fields(place: Mapping[str, int]) -> dict[str, str]:
    host = _part(place, "cs(host)", "cs-host")
    stem = _part(place, "cs-uri-stem", "cs-uri")
    query = _part(place, "cs-uri-query")
    return {
        "called_at": f"iso_instant({_part(place, 'date')} || 'T' || {_part(place, 'time')} || 'Z')",
        "method": _part(place, "cs-method"),
        "url": f"url_from_parts({host}, {stem}, {query})",
        "id_text": _part(place, "cs(integrationid)", "integrationid"),
        "id_repeated": "false",
        "status": _part(place, "sc-status"),
        "duration_ms": f"number_or_null({_part(place, 'time-taken')})",
        "request_bytes": f"number_or_null({_part(place, 'cs-bytes')})",
        "response_bytes": f"number_or_null({_part(place, 'sc-bytes')})",
        "user_agent": f"replace({_part(place, 'cs(user-agent)')}, '+', ' ')",
        "authorization_header": f"replace({_part(place, 'cs(authorization)')}, '+', ' ')",
        "headers_logged": "true" if "cs(authorization)" in place else "false",
        "api_version": _part(place, "cs(accept-version)"),
        "request_id": _part(place, "cs(x-request-id)"),
    }
