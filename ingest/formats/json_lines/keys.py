"""The keys of the objects of a block, and the lines in which a key has two different values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.formats.json_lines.rearranged import json_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from ingest.formats.json_lines.rearranged import Parts


_KEYS = """
    select
        keys,
        numbers,
        len(list_filter(keys, lambda one: len(list_distinct(one)) < len(one))) > 0 as is_repeated
    from (
        select any_value(keys) as keys, list(line_number) as numbers
        from (
            select line_number, json_keys(object, getvariable('containers')) as keys
            from records
            where object is not null
        )
        group by keys::varchar -- a text, because lists of lists are compared slowly
    )
"""
"""The sets of keys in a block, those of the line's object and of the objects in it that hold fields, and the lines that have each."""

_REPEATED = """
    with said as (
        select line_number, keys, list_distinct(list_zip(keys, "values")) as pairs
        from (
            select line_number, json_keys(object, $1) as keys, json_extract(object, $2)::varchar[] as "values"
            from records
            join repeating using (line_number)
        )
    ),
    names as (
        select line_number, list_transform(pairs, lambda pair: pair[1]) as names
        from said
        where len(pairs) > len(list_distinct(keys))
    )
    select
        line_number,
        'the key ' || redacted_key(list_filter(names, lambda name, i: list_contains(names[i + 1:], name))[1])
            || ' stands in an object twice, with different values'
    from names
"""
"""The lines in which the object at a path says two things under one key. One that says the same thing twice is as good as another."""


@dataclass(frozen=True, eq=False)
class KeySet:
    """The keys that some lines have."""

    keys: Sequence[Sequence[str] | None]
    """One after the other those at each place that was asked about."""
    numbers: pa.Array
    """The numbers of the lines."""
    is_repeated: bool
    """Whether a key stands in an object twice."""


def key_sets_of(connection: duckdb.DuckDBPyConnection, containers: Sequence[Parts]) -> list[KeySet]:
    """The sets of keys in `records`, in each of them those at these places."""
    connection.execute("set variable containers = ?", [[json_path(parts) for parts in containers]])
    found = connection.sql(_KEYS).to_arrow_table()
    numbers = found["numbers"].combine_chunks()
    keys, repeated = found["keys"].to_pylist(), found["is_repeated"].to_pylist()
    return [
        KeySet(one, numbers[number].values, bool(is_repeated))
        for number, (one, is_repeated) in enumerate(zip(keys, repeated, strict=True))
    ]


def repeated_keys(
    connection: duckdb.DuckDBPyConnection,
    containers: Sequence[Parts],
    key_sets: Sequence[KeySet],
) -> Mapping[int, str]:
    """The lines of `records` whose object has a key twice with different values, each with its detail."""
    repeated = [one for one in key_sets if one.is_repeated]
    numbers = [number for one in repeated for number in one.numbers.to_pylist()]
    places = {
        place for one in repeated for place, names in enumerate(one.keys) if names and len(set(names)) < len(names)
    }
    if not numbers:
        return {}
    connection.execute("create or replace temp table repeating as select unnest(?::bigint[]) as line_number", [numbers])
    details: dict[int, str] = {}
    for place in sorted(places):
        path = json_path(containers[place])
        details |= dict(connection.execute(_REPEATED, [path, f"{path}.*"]).fetchall())
    return details
