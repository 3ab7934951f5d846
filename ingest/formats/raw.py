"""The output of a format for each line: its fields as the log has them, before they are understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.call import Column
from ingest.engine.connection import answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

RAW_COLUMNS = (
    Column("line_number", "bigint", nullable=False, meaning="its line in the source, from 1"),
    Column("byte_offset", "bigint", nullable=False, meaning="where the line begins"),
    Column("fate", "varchar", nullable=True, meaning="null, ignored, or why the line is no record"),
    Column("detail", "varchar", nullable=True, meaning="what is wrong with the line, for rejects"),
    Column("called_at", "timestamptz", nullable=True, meaning="when; null where no instant can be read"),
    Column("time_text", "varchar", nullable=True, meaning="the time as logged"),
    Column(
        "time_format", "varchar", nullable=True, meaning="the format that it has to fit, where it has one of its own"
    ),
    Column("method", "varchar", nullable=True, meaning="HTTP method as sent"),
    Column("url", "varchar", nullable=True, meaning="absolute URL, or the target alone where no host is known"),
    Column("id_text", "varchar", nullable=True, meaning="the IntegrationId header as sent; several joined with ', '"),
    Column("id_repeated", "boolean", nullable=True, meaning="whether the header was sent more than once"),
    Column("id_logged", "boolean", nullable=True, meaning="whether an IntegrationId that is absent was not sent"),
    Column("status", "varchar", nullable=True, meaning="HTTP status as logged"),
    Column("duration", "varchar", nullable=True, meaning="how long the call took, as logged"),
    Column("duration_unit", "double", nullable=True, meaning="the milliseconds in one of its units"),
    Column("duration_name", "varchar", nullable=True, meaning="what the log calls it"),
    Column("request_size", "varchar", nullable=True, meaning="bytes, as logged"),
    Column("request_size_name", "varchar", nullable=True, meaning="what the log calls it"),
    Column("response_size", "varchar", nullable=True, meaning="bytes, as logged"),
    Column("response_size_name", "varchar", nullable=True, meaning="what the log calls it"),
    Column("user_agent", "varchar", nullable=True, meaning="as sent"),
    Column("authorization_header", "varchar", nullable=True, meaning="as sent; only its form is kept"),
    Column("headers_logged", "boolean", nullable=True, meaning="whether a header that is absent was not sent"),
    Column("body", "varchar", nullable=True, meaning="of the request; a SOAP envelope names the connector"),
    Column("api_version", "varchar", nullable=True, meaning="Accept-Version as sent"),
    Column("request_id", "varchar", nullable=True, meaning="request or trace id as logged"),
    Column(
        "other_host",
        "varchar",
        nullable=True,
        meaning="where no host is read: the platform's that stands in another field, be it in a URL, unless it is the one that is named",
    ),
)
"""The columns that every format fills, in order. Nothing of them is stored before it is understood and redacted."""


_READ = """
    select
        * exclude (url, time_text, written_ms, duration, duration_unit, duration_name,
            request_size, request_size_name, response_size, response_size_name),
        url_base(url) as base,
        url_query(url) as query,
        case when called_at is null and fate is null then time_text end as time_text,
        possible_duration(written_ms) as duration_ms,
        case when is_doubtful_point(duration) and fate is null then trim(duration) end as doubtful_duration,
        case when is_doubtful_point(duration) and fate is null then duration_name end as doubtful_name,
        case
            when
                (
                    (duration is not null and possible_duration(written_ms) is null)
                    or (request_size is not null and request_bytes is null)
                    or (response_size is not null and response_bytes is null)
                )
                and fate is null
                then to_json({
                    'duration': duration,
                    'duration_unit': duration_unit,
                    'duration_name': duration_name,
                    'request_size': request_size,
                    'request_size_name': request_size_name,
                    'response_size': response_size,
                    'response_size_name': response_size_name
                })::varchar
        end as numbers
    from (
        select
            *,
            milliseconds(duration, duration_unit) as written_ms,
            size_in_bytes(request_size) as request_bytes,
            size_in_bytes(response_size) as response_bytes
        from ($query)
    )
"""
"""What is written as it usually is becomes a value. The text of a time or number that is not stays beside it, for the second look; and
that of a duration like 1.234, which is another one where a comma is decimal."""


def fields_as_raw(rows: str, fields: Mapping[str, str | None], *, detail: str = "detail") -> str:
    """The SQL of RAW_COLUMNS over these rows, which have line_number, byte_offset, fate and detail.

    `fields` has the format's SQL for each column: a text of the log, or the macro that reads it. Columns that are left out are null, and
    only here their nulls get a type. `detail` is the SQL of a line's fault.
    """
    picked = ", ".join(
        f"{fields.get(column.name) or 'null'}::{column.sql_type} as {column.name}" for column in RAW_COLUMNS[4:]
    )
    return f"select line_number, byte_offset, fate, {detail} as detail, {picked} from {rows}"


def time_fields(times: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The fields of the time. These texts come with the best one first, each with the macro that reads it.

    >>> time_fields([("a", "iso_instant"), ("b", "epoch_instant")])
    {'called_at': 'coalesce(iso_instant(a), epoch_instant(b))', 'time_text': 'coalesce(a, b)'}
    """
    return {
        "called_at": first_of([f"{reader}({text})" for text, reader in times]),
        "time_text": first_of([text for text, _ in times]),
    }


def duration_fields(durations: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """The fields of the duration: the first of these texts that is there. Each text comes with its unit in milliseconds and its name in the log."""
    return {
        "duration": first_of([text for text, _, _ in durations]),
        "duration_unit": of_first([(text, unit) for text, unit, _ in durations]),
        "duration_name": of_first([(text, name) for text, _, name in durations]),
    }


def size_fields(column: str, sizes: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The fields of a size: the first of these texts that is there. Each text comes with its name in the log."""
    return {column: first_of([text for text, _ in sizes]), f"{column}_name": of_first(sizes)}


def first_of(values: Sequence[str]) -> str:
    """The SQL of the first of these values that is not null.

    >>> first_of(["a", "b"]), first_of(["a"]), first_of([])
    ('coalesce(a, b)', 'a', 'null')
    """
    if len(values) > 1:
        return f"coalesce({', '.join(values)})"
    return values[0] if values else "null"


def of_first(choices: Sequence[tuple[str, str]]) -> str:
    """The SQL of what goes with the first of these values that is not null.

    >>> of_first([("a", "1"), ("b", "1000")])
    'case when a is not null then 1 when b is not null then 1000 end'
    >>> of_first([("a", "1")]), of_first([])
    ('1', 'null')
    """
    answers = {answer for _, answer in choices}
    if len(answers) < 2:
        return answers.pop() if answers else "null"
    return f"case {' '.join(f'when {value} is not null then {answer}' for value, answer in choices)} end"


def raw_table(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The rows of a query that gives RAW_COLUMNS, with the URL cut into the parts that the vocabulary knows, and with numbers as numbers.

    `url` becomes `base` (before the question mark) and `query` (from it on). The texts of numbers become `duration_ms`,
    `request_bytes` and `response_bytes`. If one of the texts cannot be read, `numbers` holds all of them. `time_text` is the text of a
    time that could not be read, and `doubtful_duration` the text of a duration that may mean something else.
    """
    [[lines]] = connection.execute("select count(*) from lines").fetchall()
    return answer(connection, _READ.replace("$query", query), most=lines)
