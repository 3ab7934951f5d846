"""Which keys the objects of a block have, and which lines say two things under one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.formats.json_lines.rearranged import json_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from ingest.formats.json_lines.rearranged import Parts


_KEYS = """
    select
        keys,
        case
            when len(list_filter(keys, lambda one: len(list_distinct(one)) < len(one))) > 0 then numbers
        end as numbers
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
"""The sets of keys in a block: those of the line's object and of the objects in it that hold fields. Where a key stands in an
object twice: those lines, too."""

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


def key_sets_of(
    connection: duckdb.DuckDBPyConnection, containers: Sequence[Parts]
) -> list[tuple[Sequence[Sequence[str] | None], Any]]:
    """The sets of keys in `records`, in each of them one after the other those at these places.

    With the numbers of the lines that have them where a key stands in an object twice.
    """
    connection.execute("set variable containers = ?", [[json_path(parts) for parts in containers]])
    return connection.execute(_KEYS).fetchall()


def repeated_keys(
    connection: duckdb.DuckDBPyConnection,
    containers: Sequence[Parts],
    key_sets: Sequence[tuple[Sequence[Sequence[str] | None], Any]],
) -> Mapping[int, str]:
    """The lines of `records` whose object has a key twice with different values, each with its detail."""
    numbers = [number for _, found in key_sets for number in found or ()]
    places = {
        place
        for keys, found in key_sets
        if found
        for place, names in enumerate(keys)
        if names and len(set(names)) < len(names)
    }
    if not numbers:
        return {}
    connection.execute("create or replace temp table repeating as select unnest(?::bigint[]) as line_number", [numbers])
    details: dict[int, str] = {}
    for place in sorted(places):
        path = json_path(containers[place])
        details |= dict(connection.execute(_REPEATED, [path, f"{path}.*"]).fetchall())
    return details
