r"""Request headers that one value holds as an object, as tables have them, and the warning if they cannot be read.

timestamp;method;url;status;headers
2026-10-01T07:00:00Z;GET;https://...;200;"{""IntegrationId"": ""1107_301201""}"
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.formats.dialect.fields import is_header_name
from ingest.formats.dialect.paths import places_of, value_at
from ingest.formats.dialect.spellings import Spelling, place_in_object
from ingest.formats.json_lines.keys import key_sets_of, repeated_keys
from ingest.formats.json_lines.rearranged import json_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import duckdb

    from ingest.formats.dialect.model import Dialect
    from ingest.formats.json_lines.rearranged import Parts
    from ingest.formats.positions import ColumnPlaces


_KNOWN = frozenset(
    [
        "integrationid",
        "user-agent",
        "accept",
        "accept-encoding",
        "accept-language",
        "accept-version",
        "authorization",
        "cache-control",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "origin",
        "referer",
        "traceparent",
        "x-forwarded-for",
        "x-real-ip",
        "x-request-id",
    ]
)
"""Names of headers. Nearly every request has one of them, whichever of its headers a log keeps."""

_SENT_BY_ALL = _KNOWN & {
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "host",
    "integrationid",
}
"""Headers that programs send. Every request of every program has one of them, and the IntegrationId belongs to them."""

_MANY_RECORDS = 100
"""This many records in a row without any of them are not chance."""

LINES_WITH_UNREAD_HEADERS = "lines_with_unread_headers"
"""The key in the context for the number of lines whose headers have a shape that is not read."""


def is_known_header(name: str) -> bool:
    """Whether this name of a header is generally known.

    >>> is_known_header("User-Agent"), is_known_header("request")
    (True, False)
    """
    return name.lower() in _KNOWN


def with_chosen_headers(dialect: Dialect, lines: Iterable[Mapping[str, Any]]) -> Dialect:
    """The dialect. If the first hundred records of a log show that somebody chose its headers, the dialect for such a log.

    A log with all headers has some that every program sends. If no record has any of those, somebody chose the headers that are kept, or
    chose to keep none. Then a missing IntegrationId does not mean that it was not sent. It may still be among the chosen headers, and
    leave no trace if it was not sent: see `headers_left_out`.
    """
    if not dialect.headers_complete or not all(source.at and not source.prefix for source in dialect.headers):
        return dialect
    places = [parts for source in dialect.headers for parts in places_of(source.at or "")]
    records = itertools.islice((record for line in lines for record in dialect.records_of(line)), _MANY_RECORDS)
    chosen = itertools.takewhile(lambda record: _has_chosen_headers(record, places), records)
    if sum(1 for _ in chosen) < _MANY_RECORDS:
        return dialect
    return dialect.model_copy(update={"headers_complete": False, "headers_left_out": True})


def _has_chosen_headers(record: Mapping[str, Any], places: Sequence[Parts]) -> bool:
    """Whether a record has an object of headers, and none in it that every program sends."""
    objects = [value_at(record, parts) for parts in places]
    found = [value for value in objects if value is not None]
    return bool(found) and all(
        value == [] or (isinstance(value, dict) and not any(name.lower() in _SENT_BY_ALL for name in value))
        for value in found
    )


def with_unread_headers(
    contexts: Sequence[dict[str, Any]], starts: Sequence[int], lines: Sequence[int]
) -> list[dict[str, Any]]:
    """The contexts of the sources that begin at `starts`, with these lines added to those whose headers are not read."""
    numbers = np.bincount(np.searchsorted(starts, lines, side="right") - 1, minlength=len(starts)).tolist()
    return [
        {**context, LINES_WITH_UNREAD_HEADERS: context.get(LINES_WITH_UNREAD_HEADERS, 0) + number}
        if number
        else context
        for context, number in zip(contexts, numbers, strict=True)
    ]


def headers_warnings(context: Mapping[str, Any], places: Sequence[str]) -> Sequence[str]:
    """Headers that are there and cannot be looked into are not the same as headers without the id."""
    number = context.get(LINES_WITH_UNREAD_HEADERS, 0)
    if not number:
        return ()
    lines = f"{number:,} {'line' if number == 1 else 'lines'}"
    said = (
        f"{' or '.join(places)} has a shape that is not read in {lines}, so nobody knows which headers were sent there"
    )
    return (f"{said}; expected an object, a list of names and values, or either as JSON text",)


def headers_before(context: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a source's context that the next block needs."""
    return (
        {LINES_WITH_UNREAD_HEADERS: context[LINES_WITH_UNREAD_HEADERS]} if LINES_WITH_UNREAD_HEADERS in context else {}
    )


@dataclass(frozen=True)
class HeaderColumns:
    """The columns of a table that hold headers as objects, and the keys of those."""

    sources: tuple[tuple[str, str], ...] = ()
    """The names of the columns, and what stands before the name of a header there."""
    keys: tuple[frozenset[str], ...] = ()
    unread: tuple[int, ...] = ()
    """The lines in which one of them holds something else than an object."""

    def places(self, header: str) -> list[Parts]:
        """Where that header stands, as it is spelled here."""
        return [
            (column, key)
            for (column, prefix), keys in zip(self.sources, self.keys, strict=True)
            for key in sorted(keys)
            if '"' not in key and is_header_name(key, prefix, header)
        ]

    def values(self, connection: duckdb.DuckDBPyConnection, header: str) -> list[Spelling]:
        """The values of that header."""
        places = self.places(header)
        columns = [column for column, _ in self.sources]
        variable = f"spellings_{header.replace('-', '_')}"
        for name, held in (
            (f"{variable}_at", [json_path(parts) for parts in places]),
            (variable, [parts[-1] for parts in places]),
            (f"{variable}_in", [json_path((column,)) for column in columns]),
        ):
            connection.execute(f"set variable {name} = ?::varchar[]", [held])
        return [
            Spelling(
                f"json_extract_string(object, getvariable('{variable}_at')[{number}])",
                place_in_object(variable, number, columns.index(column) + 1),
            )
            for number, (column, _) in enumerate(places, start=1)
        ]


def header_columns(dialect: Dialect, place: ColumnPlaces) -> tuple[tuple[str, str], ...]:
    """The columns of a table that hold headers as objects, each with what stands before the name of a header there."""
    found = ((source.at.lower(), source.prefix) for source in dialect.headers if source.at)
    return tuple(dict.fromkeys((column, prefix) for column, prefix in found if column in place))


def read_header_columns(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[tuple[str, str]],
    split: str,
    values: Mapping[str, str],
    empty: Sequence[str],
) -> HeaderColumns:
    """Put the rows of `split` into `records`, with an object of those that these columns hold.

    `values` is the SQL of each column, and `empty` the text that means none. The names of headers repeat from row to row, so they are
    collected once for a block, before its rows are read.
    """
    columns = list(values)
    connection.execute("set variable header_columns = ?::varchar[]", [columns])
    connection.execute("set variable no_headers = ?::varchar[]", [[*empty, "", "null"]])
    members, is_unread, held = [], [], []
    for number, value in enumerate(values.values(), start=1):
        name = f"getvariable('header_columns')[{number}]"
        held.append(f"json_object('headers', {value})::varchar as held_{number}")
        members.append(f"{name}, headers_object(held_{number}, '$.headers')::json")
        is_unread.append(
            f"(not list_contains(getvariable('no_headers'), trim({value}))"
            f" and json_type(object, '$.\"' || {name} || '\"') is distinct from 'OBJECT')"
        )
    # A member that is null says nothing: merged it is gone, as it is from headers that a line of JSON has as a text.
    objects = f"json_merge_patch('{{}}', json_object({', '.join(members)}))::varchar"
    rows = (
        f"{split} select * exclude ({', '.join(f'held_{number}' for number, _ in enumerate(held, start=1))})"
        f" replace (case when fate is null then {objects} end as object) from (select *, {', '.join(held)} from split)"
    )
    records = connection.sql(rows).to_arrow_table()
    connection.register("records", records)
    containers = [(column,) for column in columns]
    key_sets = key_sets_of(connection, containers)
    if details := repeated_keys(connection, containers, key_sets):
        connection.execute(
            "create or replace temp table repeated_headers as select unnest(?::bigint[]) as line_number, unnest(?::varchar[]) as said",
            [list(details), list(details.values())],
        )
        records = connection.sql(
            "select records.* replace (case when said is null then fate else 'duplicate_key' end as fate, coalesce(said, detail) as detail)"
            " from records left join repeated_headers using (line_number)"
        ).to_arrow_table()
        connection.register("records", records)
    unread = connection.execute(
        f"select line_number from records where fate is null and ({' or '.join(is_unread)})"
    ).fetchall()
    keys = [
        frozenset(key for one in key_sets for key in one.keys[columns.index(column)] or ()) for column, _ in sources
    ]
    return HeaderColumns(tuple(sources), tuple(keys), tuple(number for (number,) in unread))
