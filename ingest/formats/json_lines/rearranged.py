r"""Objects of JSON rearranged so that their fields are found by their paths: texts that are JSON, lists of names and values.

{"headers": [{"name": "IntegrationId", "value": "12345_678900"}]}
{"headers": "{\"IntegrationId\": \"12345_678900\"}"}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pyarrow.compute as pc

from ingest.arrow import in_lines_order, without
from ingest.formats.dialect.paths import parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    import pyarrow as pa

    from ingest.formats.dialect.model import Dialect


Parts: TypeAlias = tuple[str, ...]
"""The keys that lead to a value, from the outside in."""


def json_path(parts: Parts) -> str:
    """The path as the engine has it."""
    return "$" + "".join(f'."{part}"' for part in parts)


def rearranged(connection: duckdb.DuckDBPyConnection, dialect: Dialect) -> pa.Table:
    """The records, rearranged so that their fields are found by their paths."""
    steps = []
    for number, path in enumerate(dialect.json_texts):
        connection.execute(f"set variable text_{number} = ?", [json_path(parts_of(path))])
        text = f"json_extract_string(object, getvariable('text_{number}'))"
        # Deeply nested values stay texts: merging one takes a nested function call for each level.
        steps.append(
            f"case when starts_with({text}, '{{') and json_type(object, getvariable('text_{number}')) = 'VARCHAR'"
            f" and json_valid({text}) and strlen({text}) - strlen(replace(replace({text}, '{{', ''), '[', '')) <= {_MOST_BRACKETS}"
            f" then json_merge_patch(object, {_patch(connection, f'patch_{number}', parts_of(path), f'{text}::json')})::varchar"
            " else object end"
        )
    for number, pairs in enumerate(dialect.pairs):
        for what, name in (
            ("at", json_path(parts_of(pairs.at))),
            ("name", json_path((pairs.name,))),
            ("value", json_path((pairs.value,))),
        ):
            connection.execute(f"set variable pair_{what}_{number} = ?", [name])
        found = (
            f"list_transform(from_json(json_extract(object, getvariable('pair_at_{number}')), '[\"JSON\"]'), lambda pair: {{"
            f"'name': json_extract_string(pair, getvariable('pair_name_{number}')),"
            f" 'value': json_extract(pair, getvariable('pair_value_{number}'))}})"
        )
        patch = _patch(connection, f"place_{number}", parts_of(pairs.at), f"object_of_pairs({found})::json")
        steps.append(
            f"case when json_type(object, getvariable('pair_at_{number}')) = 'ARRAY'"
            f" then json_merge_patch(object, {patch})::varchar else object end"
        )
    query = "from plain_records"
    for step in steps:
        query = f"select * replace ({step} as object) from ({query})"
    return connection.sql(query).to_arrow_table()


_MOST_BRACKETS = 1000


def _patch(connection: duckdb.DuckDBPyConnection, name: str, parts: Parts, value: str) -> str:
    """The SQL of an object that holds nothing but this value, at this place."""
    for number, part in enumerate(reversed(parts)):
        connection.execute(f"set variable {name}_{number} = ?", [part])
        value = f"json_object(getvariable('{name}_{number}'), {value})"
    return value


def with_headers_as_objects(
    connection: duckdb.DuckDBPyConnection, odd: Mapping[Parts, pa.Array]
) -> tuple[pa.Table, list[int]]:
    """The records, in which headers are objects, and the numbers of the lines in which they cannot be made one.

    `odd` has the places of headers, each with the numbers of the lines that have something else there. No other line is touched,
    because an object that holds the headers could be mistaken for one that holds several kinds of headers.
    Headers are written as lists of names and values, of texts like those that were sent, and as JSON in a text.
    """
    records = connection.sql("from records").to_arrow_table()
    unread: set[int] = set()
    for parts, numbers in odd.items():
        is_odd = pc.is_in(records["line_number"], numbers)
        connection.register("rearranged", records.filter(is_odd))
        connection.execute("set variable headers_at = ?", [json_path(parts)])
        patch = _patch(connection, "headers_around", parts, "made::json")
        rewritten = connection.sql(
            "select * exclude (made)"
            f" replace (case when made is not null then json_merge_patch(object, {patch})::varchar else object end as object)"
            " from (select *, headers_object(object, getvariable('headers_at')) as made from rearranged)"
        ).to_arrow_table()
        connection.register("rearranged", rewritten)
        unread |= {number for (number,) in connection.execute(_NO_OBJECTS).fetchall()}
        connection.unregister("rearranged")
        records = in_lines_order(without(records, is_odd), rewritten)
    return records, sorted(unread)


_NO_OBJECTS = """
    select line_number
    from rearranged
    where coalesce(json_type(object, getvariable('headers_at')), 'NULL') not in ('NULL', 'OBJECT')
"""
