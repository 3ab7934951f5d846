"""From values by position to the fields of `raw`: what CSV and W3C have in common.

Both split a line into a list; which position is which field is said once for many lines, in a header or a directive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

_RAW_FIELDS = (
    "called_at",
    "method",
    "url",
    "id_text",
    "id_repeated",
    "status",
    "duration_ms",
    "request_bytes",
    "response_bytes",
    "user_agent",
    "authorization_header",
    "headers_logged",
    "body",
    "api_version",
    "request_id",
)


def insert_by_position(connection: duckdb.DuckDBPyConnection, kind: str, columns: Sequence[str]) -> None:
    """Insert the rows of the table `split` (line_number, byte_offset, fate, detail, part) into `raw`."""
    place = {name: position for position, name in reversed(list(enumerate(columns, start=1)))}
    fields = _csv_fields(place) if kind == "csv" else _w3c_fields(place)
    picked = ", ".join(f"{fields.get(field, 'null')} as {field}" for field in _RAW_FIELDS)
    connection.execute(
        "insert into raw"
        f" select line_number, byte_offset, null as line, fate, detail, {picked} from split order by line_number"
    )


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
        "id_text": _part(place, "cs(integrationid)"),
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
