"""Turns the values of a dialect's fields into the columns of `raw`. JSON lines and CSV share this."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from ingest.formats.dialect.model import UNITS, paths_of
from ingest.formats.dialect.spellings import all_sent, first_sent
from ingest.formats.raw import duration_fields, fields_as_raw, of_first, size_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from ingest.formats.dialect.model import Dialect, Duration, Fields, TimeField
    from ingest.formats.dialect.spellings import Spelling


ID_HEADER = "integrationid"
_HEADERS = {
    "user_agent": "user-agent",
    "authorization": "authorization",
    "api_version": "accept-version",
    "request_id": "x-request-id",
    "host": "host",
}
"""The headers that are looked at, besides the IntegrationId, and the fields in whose place they stand."""

HEADERS = (ID_HEADER, *_HEADERS.values())
"""All headers that are looked at, in lower case."""

_SAID_BY = {"headers_logged": ("header_authorization",), "id_logged": ("header_id", "integration_id")}
"""The fields whose values say that what this column asks is logged."""

_TEXTS = (
    "method",
    "url",
    "request",
    "host",
    "path",
    "query",
    "integration_id",
    "status",
    "user_agent",
    "request_id",
    "authorization",
    "api_version",
    "body",
)


_AS_THEY_STAND = (
    "time_text",
    "time_format",
    "duration",
    "duration_unit",
    "duration_name",
    "request_size",
    "request_size_name",
    "response_size",
    "response_size_name",
)


def is_header_name(field: str, prefix: str, header: str) -> bool:
    """Whether a field with this prefix in its name is that header, in any case.

    >>> is_header_name("request_headers_x_request_id", "request_headers_", "x-request-id")
    True
    """
    name = field.strip().lower()
    if not prefix:
        return name == header
    start, rest = name[: len(prefix)], name[len(prefix) :]
    return start == prefix.lower() and header in {rest, rest.replace("_", "-")}


def fields_of_dialect(
    connection: duckdb.DuckDBPyConnection,
    dialect: Dialect,
    values: Callable[[str], Sequence[str]],
    headers: Callable[[str], Sequence[Spelling]],
    *,
    logged: Mapping[str, str],
    host: str | None = None,
    others: str | None = None,
) -> str:
    """The SQL that turns rows of `split` (line_number, byte_offset, fate, detail and values) into the columns of raw.

    `values` gives the SQL of the values of a path, `headers` the spellings of a header, `logged` the SQL of the columns headers_logged
    and id_logged, `host` that of the host if no field of the dialect has it (it wins over the header), `others` that of a list of all values in which no
    caller mentions hosts. The detail is the field that a line lacks; `with_details` puts it in words.

    Absent fields are left out, because the engine takes time to plan even expressions that are always null. No text of a dialect or log
    gets into the SQL.
    """
    connection.execute("set variable empty_values = ?::varchar[]", [list(dialect.empty)])

    def given(found: Sequence[str]) -> list[str]:
        """The values, with null for those that mean none."""
        for number, _ in enumerate(dialect.empty, start=1):
            found = [f"nullif({value}, getvariable('empty_values')[{number}])" for value in found]
        return list(found)

    def text(paths: Iterable[str]) -> str | None:
        return _first(given([value for path in paths for value in values(path)]))

    fields = dialect.fields
    named = {name: text(getattr(fields, name)) for name in _TEXTS}
    if named["query"] is not None and fields.query_ends_at is not None:
        connection.execute("set variable query_ends_at = ?", [fields.query_ends_at])
        asked = f"split_part({named['query']}, getvariable('query_ends_at'), 1)"
        named["query"] = f"nullif(rtrim({asked}, '&'), '')"
    times = [(time, written) for time in fields.timestamp if (written := _time(time, text))]
    named["timestamp"] = _first([written for time, written in times if time.format is None])
    named["instant"] = _formatted_instant(connection, times)
    named["time_text"] = _first([written for _, written in times])
    named["time_format"] = _format_of(connection, times)
    named |= _numbers(connection, fields, text)

    def sent(header: str) -> list[Spelling]:
        found = headers(header)
        values_of_it = given([spelling.value for spelling in found])
        return [replace(spelling, value=value) for spelling, value in zip(found, values_of_it, strict=True)]

    named["header_id"] = all_sent(sent(ID_HEADER))
    named |= {f"header_{field}": first_sent(sent(name)) for field, name in _HEADERS.items()}
    said = text(path for one in fields.timestamp for path in (one.field, one.time) if path)
    named["said_time"] = said if said != named["timestamp"] else None
    if host is not None and named["host"] is None:
        # Looked for only where it is needed.
        named["host"] = f"case when starts_with({named['url']}, '/') then {host} end" if named["url"] else host
    named["others"] = others
    present = {name: f"field_{name}" for name, expression in named.items() if expression not in (None, "null")}
    columns = _columns(present)
    if "authorization" in dialect.headers_removed:
        logged = {**logged, "headers_logged": "false"}
    for column, values_of_it in _SAID_BY.items():
        known = [f"{present[name]} is not null" for name in values_of_it if name in present]
        # A field with a value is logged. For the others the line is parsed once more, to find fields without a value.
        asks = known and logged[column] not in {"true", "false"}
        columns[column] = (
            f"case when {' or '.join(known)} then true else {logged[column]} end" if asks else logged[column]
        )
    given_names = "".join(f", {named[name]} as {alias}" for name, alias in present.items())
    lacking = _lacking(dialect, present, called_at=columns["called_at"] or "null")
    rows = f"(select line_number, byte_offset, fate, detail, object{given_names} from split)"
    return fields_as_raw(rows, columns, detail=lacking)


_SAYING = {
    "timestamp": ("timestamp", "said_time"),
    "method": ("method", "request"),
    "url": ("url", "path", "request"),
    "status": ("status",),
}
"""The values that a call needs, in the order in which a line is judged; one of each kind has to be there."""


def _lacking(dialect: Dialect, present: Mapping[str, str], *, called_at: str) -> str:
    """The SQL of the first needed field that a line lacks. Null if it lacks none.

    If a time is there and cannot be read, the fields after it do not count: a line is rejected for the first reason, and its detail has
    to explain that one. The SQL runs for every line, so it looks at few values only.
    """
    missing = {}
    for what in dialect.fields.needed():
        said = [present[name] for name in _SAYING[what] if name in present]
        missing[what] = " and ".join(f"{one} is null" for one in said) or "true"
    first, *others = missing
    whole = " and ".join(f"not ({missing[what]})" for what in others)
    cases = " ".join(f"when {missing[what]} then '{what}'" for what in others)
    # A time is not read once more in lines that have all fields.
    return (
        f"case when fate is not null then detail when {missing[first]} then '{first}' when {whole} then null"
        f" when {called_at} is null then null {cases} end"
    )


def with_details(connection: duckdb.DuckDBPyConnection, dialect: Dialect, table: pa.Table, names: str) -> pa.Table:
    """The rows of raw, in which those that lack a field say so in words. `names` is the SQL of the names of a line of `records`."""
    is_lacking = pc.and_(pc.is_null(table["fate"]), pc.is_valid(table["detail"]))
    if not pc.any(is_lacking).as_py():
        return table
    for what, paths in dialect.fields.needed().items():
        connection.execute(f"set variable names_of_{what} = ?::varchar[]", [list(paths)])
    cases = " ".join(f"when '{what}' then getvariable('names_of_{what}')" for what in _SAYING)
    connection.register("lines_lacking", table.filter(is_lacking).select(["line_number", "detail"]))
    said = connection.sql(
        f"select lacking(case detail {cases} end, names) as detail"
        f" from (select line_number, lines_lacking.detail, {names} as names from lines_lacking join records using (line_number))"
        " order by line_number"
    ).to_arrow_table()
    connection.unregister("lines_lacking")
    details = pc.replace_with_mask(
        table["detail"].combine_chunks(), is_lacking.combine_chunks(), said["detail"].combine_chunks()
    )
    return table.set_column(table.column_names.index("detail"), "detail", details)


def _columns(field: dict[str, str]) -> dict[str, str | None]:
    """The SQL of the columns of raw over these fields."""

    def or_header(name: str) -> str | None:
        header = f"header_{name}"
        return _first(
            [*([field[name]] if name in field else []), *([f"joined_list({field[header]})"] if header in field else [])]
        )

    ids = [field[name] for name in ("header_id", "integration_id") if name in field]
    # Of the value that counts, not of another one beside it.
    repeated = of_first([(f"joined_list({one})", f"len(listed({one})) > 1") for one in ids])
    times = [
        *([field["instant"]] if "instant" in field else []),
        *([f"written_instant({field['timestamp']})"] if "timestamp" in field else []),
    ]
    methods = [
        *([field["method"]] if "method" in field else []),
        *([f"split_part({field['request']}, ' ', 1)"] if "request" in field else []),
    ]
    return {
        "called_at": _first(times),
        "method": _first(methods),
        "url": _url(field, or_header("host")),
        "id_text": _first([f"joined_list({one})" for one in ids]),
        "id_repeated": f"coalesce({repeated}, false)",
        "status": field.get("status"),
        **{name: field.get(name) for name in _AS_THEY_STAND},
        "user_agent": or_header("user_agent"),
        "authorization_header": or_header("authorization"),
        "body": field.get("body"),
        "api_version": or_header("api_version"),
        "request_id": or_header("request_id"),
        "other_host": _other_host(field, or_header("host")),
    }


def _other_host(field: dict[str, str], host: str | None) -> str | None:
    """The SQL of the host that stands in a field that is not read, where the URL is a path and no host of the platform is read."""
    targets = [field[name] for name in ("url", "path", "request") if name in field]
    if "others" not in field or not targets:
        return None
    lacks = "true" if host is None else f"not coalesce(is_platform_host({host}), false)"
    return f"case when not contains({_first(targets)}, '://') and {lacks} then other_host_in({field['others']}) end"


def _url(field: dict[str, str], host: str | None) -> str | None:
    """An absolute URL, or a path to which the host belongs, or what stands in a request line."""
    found = [f"completed_url({field['url']}, {host or 'null'})"] if "url" in field else []
    targets = [
        *([f"path_of({field['path']})"] if "path" in field else []),
        *([f"target_of({field['request']})"] if "request" in field else []),
    ]
    if targets:
        query = f"query_behind({_first(targets)}, {field['query']})" if "query" in field else "null"
        found.append(f"url_from_parts({host or 'null'}, {_first(targets)}, {query})")
    return _first(found)


def _first(expressions: Sequence[str]) -> str | None:
    """The SQL of the first of these that is not null; None where there are none."""
    if len(expressions) > 1:
        return f"coalesce({', '.join(expressions)})"
    return expressions[0] if expressions else None


def _numbers(
    connection: duckdb.DuckDBPyConnection, fields: Fields, text: Callable[[Iterable[str]], str | None]
) -> dict[str, str]:
    """The SQL of durations and sizes as they are written, of the unit, and of what the log calls them."""
    names: list[str] = []

    def name(field: str) -> str:
        # What a dialect calls its fields gets into no SQL itself.
        names.append(field)
        return f"getvariable('number_names')[{len(names)}]"

    durations = [
        (value, str(UNITS[one.unit or "ms"]), name(", ".join(paths_of(one))))
        for one in fields.duration
        if (value := _duration(one, text))
    ]
    found = duration_fields(durations)
    for what, paths in (("request_size", fields.request_bytes), ("response_size", fields.response_bytes)):
        found |= size_fields(what, [(value, name(path)) for path in paths if (value := text([path]))])
    connection.execute("set variable number_names = ?::varchar[]", [names])
    return found


def _time(time: TimeField, text: Callable[[Iterable[str]], str | None]) -> str | None:
    """The SQL of a time as it is written; date and time of day with a blank between them, as their format has one."""
    if time.date is None or time.time is None:
        return text([time.field or ""])
    date, clock = text([time.date]), text([time.time])
    return f"({date} || ' ' || {clock})" if date and clock else None


def _formatted_instant(connection: duckdb.DuckDBPyConnection, times: Sequence[tuple[TimeField, str]]) -> str | None:
    """The SQL of the times that are written in a format of their own."""
    found = []
    formats: list[str] = []
    for time, written in times:
        if time.format is not None:
            formats.append(time.engine_format or "")
            form = f"getvariable('time_formats')[{len(formats)}]"
            found.append(f"formatted_instant({written}, {form}, {'true' if '%z' in time.format else 'false'})")
    connection.execute("set variable time_formats = ?::varchar[]", [formats])
    return _first(found)


def _format_of(connection: duckdb.DuckDBPyConnection, times: Sequence[tuple[TimeField, str]]) -> str:
    """The SQL of the format that the time of a line has to fit; null where it needs none."""
    formats = [time.format for time, _ in times if time.format is not None]
    connection.execute("set variable formats_as_given = ?::varchar[]", [formats])
    return of_first(
        [
            (
                written,
                "null" if time.format is None else f"getvariable('formats_as_given')[{formats.index(time.format) + 1}]",
            )
            for time, written in times
        ]
    )


def _duration(duration: Duration, text: Callable[[Iterable[str]], str | None]) -> str | None:
    """The SQL of a duration as it is written, in its unit."""
    if duration.sum:
        summands = [summand for path in duration.sum if (summand := text([path]))]
        return f"total_duration(nullif(concat_ws(', ', {', '.join(summands)}), ''))" if summands else None
    if duration.field is not None:
        value = text([duration.field])
        return f"total_duration({value})" if value and duration.is_list else value
    begin, end = text([duration.begin or ""]), text([duration.end or ""])
    return f"elapsed_ms({begin}, {end})" if begin and end else None
