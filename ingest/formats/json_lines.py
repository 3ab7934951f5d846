"""JSON lines: one object a line, with the field names of a dialect.

{"timestamp": "2026-10-21T13:55:36Z", "method": "GET", "url": "https://...", "headers": {...}, "status": 200, ...}
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.formats.dialect import OWN, dialects, parts_of, paths_of, places_of, with_dialect
from ingest.formats.dialect_fields import ID_HEADER, fields_of_dialect, is_header_name
from ingest.raw import raw_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from ingest.formats.dialect import Dialect

MAX_DEPTH = 64
"""Objects and lists inside each other. No log needs more; deeper ones are `too_deep`."""

_DEFECTS = f"""
    with doubtful as (
        select line_number, line
        from lines
        where
            fate is null
            and (
                not starts_with(line, '{{')
                or not json_valid(line)
                or strlen(line) - strlen(replace(replace(line, '{{', ''), '[', '')) > {MAX_DEPTH}
                or contains(line, 'NaN')
                or contains(line, 'Infinity')
                or regexp_matches(line, ',\\s*[}}\\]]')
            )
    ),
    judged as (
        select
            line_number,
            line,
            case
                when regexp_full_match(line, '\\s*') or starts_with(line, '#') then 'ignored'
                when strlen(line) - strlen(replace(replace(line, '{{', ''), '[', '')) > {MAX_DEPTH} then 'odd'
                when not json_valid(line) or not regexp_matches(line, '^\\s*\\{{') then 'not_a_record'
                else 'odd'
            end as fate
        from doubtful
    )
    select line_number, fate, case when fate = 'odd' then line end
    from judged
"""
"""Lines that are no object, and odd ones: too deep, or taken by DuckDB's JSON reader, which is more lenient than others."""

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
object twice, what it says is anybody's guess: those lines, too."""

_RECORDS = """
    select line_number, byte_offset, fate, null::varchar as detail, case when fate is null then line end as object
    from lines
"""
_PLAIN = f"create or replace temp view records as {_RECORDS}"

_VALUES = """
    select line_number, byte_offset, fate, detail, object, json_extract_string(object, getvariable('paths')) as value
    from records
"""
"""Each object is parsed for all its fields at once: `value` holds them in the order of the paths."""

_Parts: TypeAlias = tuple[str, ...]


class JsonLines:
    """JSON lines with the field names of a dialect, our own if nothing else is said."""

    name: ClassVar[str] = "json"

    def __init__(self, dialect: Dialect | None = None) -> None:
        self._dialect = dialect or dialects()[OWN]
        fields = self._dialect.fields
        paths = {path for name in type(fields).model_fields for path in paths_of(getattr(fields, name))}
        self._places = {path: places_of(path) for path in paths}
        self._headers = [(parts_of(source.at) if source.at else (), source.prefix) for source in self._dialect.headers]
        self._containers = sorted(
            {
                (),
                *(parts[:-1] for places in self._places.values() for parts in places),
                *(at for at, _ in self._headers),
            }
        )

    @property
    def dialect(self) -> str | None:
        """Whose field names these are; None for our own."""
        return None if self._dialect.name == OWN else self._dialect.name

    @property
    def reading(self) -> object:
        """What decides how a line is read."""
        return self.name, self._dialect

    @property
    def records(self) -> Sequence[Sequence[str]]:
        """The lists around a record, where a line may hold several."""
        return self._dialect.records

    def claims(self, lines: Sequence[str]) -> bool:
        """Some line is a JSON object of this dialect with all that makes a call."""
        return any(self._dialect.claims(record) for line in lines if (record := record_in(line)) is not None)

    def read(
        self, connection: duckdb.DuckDBPyConnection, lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """The fields of every line. What looks odd is looked at once more, by the standard."""
        doubtful = connection.execute(_DEFECTS).fetchall()
        judged = ((number, _defect(line) if fate == "odd" else fate) for number, fate, line in doubtful)
        lines = _with_fates(connection, "lines", lines, {number: fate for number, fate in judged if fate})
        connection.execute("set variable containers = ?", [[_json_path(parts) for parts in self._containers]])
        if self._dialect.is_rewritten:
            records = _rewritten(connection, self._dialect)
            connection.register("records", records)
        else:
            connection.execute(_PLAIN)
        key_sets = connection.execute(_KEYS).fetchall()
        repeated = {number: "duplicate_key" for _, numbers in key_sets for number in numbers or ()}
        if self._dialect.is_rewritten:
            _with_fates(connection, "records", records, repeated)
        elif repeated:
            _with_fates(connection, "lines", lines, repeated)
            connection.execute(_PLAIN)
        table = raw_table(connection, self._query_for(connection, [keys for keys, _ in key_sets]))
        contexts = [with_dialect(context, self._dialect) for _, context in begins]
        if self._dialect.headers_left_out:
            table, contexts = _with_left_out_ids(table, len(lines), begins, contexts)
        connection.execute("drop view if exists records") if not self._dialect.is_rewritten else connection.unregister(
            "records"
        )
        return table, contexts

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Nothing is known beforehand."""
        return ()

    def _query_for(
        self, connection: duckdb.DuckDBPyConnection, key_sets: Sequence[Sequence[Sequence[str] | None]]
    ) -> str:
        """The SQL that reads a block whose objects have these sets of keys.

        Sets of keys repeat from line to line, so what they say is found once a block: which fields are there at all, and how the
        names of the headers are spelled here.
        """
        keys = {
            parts: {key for sets in key_sets for key in sets[number] or ()}
            for number, parts in enumerate(self._containers)
        }
        paths: list[str] = []

        def value(parts: _Parts) -> str:
            path = _json_path(parts)
            if path not in paths:
                paths.append(path)
            return f"value[{paths.index(path) + 1}]"

        def values(path: str) -> list[str]:
            return [value(parts) for parts in self._places[path] if parts[-1] in keys[parts[:-1]]]

        def header_places(name: str) -> list[_Parts]:
            return [
                (*at, key)
                for at, prefix in self._headers
                for key in sorted(keys[at])
                if '"' not in key and is_header_name(key, prefix, name)
            ]

        def headers(name: str) -> list[str]:
            return [value(parts) for parts in header_places(name)]

        headers_logged = self._headers_logged(connection, key_sets)
        ids = [parts for path in self._dialect.fields.integration_id for parts in self._places[path]]
        id_logged = self._id_logged(connection, key_sets, [*header_places(ID_HEADER), *ids], headers_logged)
        logged = {"headers_logged": headers_logged, "id_logged": id_logged}
        query = fields_of_dialect(connection, self._dialect, values, headers, logged=logged, names="json_keys(object)")
        connection.execute("set variable paths = ?::varchar[]", [paths])
        return f"with split as ({_VALUES}) {query}"

    def _headers_logged(
        self, connection: duckdb.DuckDBPyConnection, key_sets: Sequence[Sequence[Sequence[str] | None]]
    ) -> str:
        """The SQL that says whether a header that is absent was not sent."""
        if not self._dialect.headers_complete:
            return "false"
        if not all(at for at, _ in self._headers):
            return "true"
        objects = [self._containers.index(at) for at, _ in self._headers]
        if all(any(keys[number] for number in objects) for keys in key_sets):
            return "true"
        connection.execute(
            "set variable header_objects = ?::varchar[]", [[_json_path(self._containers[number]) for number in objects]]
        )
        return "list_contains(json_type(object, getvariable('header_objects')), 'OBJECT')"

    def _id_logged(
        self,
        connection: duckdb.DuckDBPyConnection,
        key_sets: Sequence[Sequence[Sequence[str] | None]],
        ids: Sequence[_Parts],
        headers_logged: str,
    ) -> str:
        """The SQL that says whether an IntegrationId that is absent was not sent.

        It was not where the line has its field without a value, or all headers without this one. A line with neither could not
        have held it, whatever others hold: in a log that loses the field in mid-file nobody is blamed. Where the dialect leaves
        fields out, see `_with_left_out_ids`.
        """
        if headers_logged == "true":
            return "true"
        places = [(self._containers.index(parts[:-1]), parts[-1]) for parts in ids]
        holds = [any(key in (keys[number] or ()) for number, key in places) for keys in key_sets]
        if not any(holds):
            return headers_logged
        if all(holds):
            return "true"
        connection.execute("set variable id_places = ?::varchar[]", [[_json_path(parts) for parts in ids]])
        return f"list_count(json_type(object, getvariable('id_places'))) > 0 or {headers_logged}"


_LEFT_OUT_FOR = 1000
"""So many lines behind one with the field a log is taken to hold it still."""


def _with_left_out_ids(
    table: pa.Table,
    line_count: int,
    begins: Sequence[tuple[int, Mapping[str, Any]]],
    contexts: Sequence[dict[str, Any]],
) -> tuple[pa.Table, list[dict[str, Any]]]:
    """The fields, and the contexts of the lines that follow, of a dialect in which a header that was not sent leaves no field.

    A line without the field is one whose call was without the header, as long as one of the thousand lines before it in the
    log has the field; before the first such line, and long behind the last, nobody knows. It is counted in lines of the log and
    carried on from block to block, so that it matters neither where a block ends nor how a file grew.
    """
    numbers = table["line_number"].to_numpy()
    has_field = np.zeros(line_count + 1, dtype=np.bool_)
    has_field[numbers] = pc.fill_null(table["id_logged"], pa.scalar(value=False)).to_numpy()
    last = np.where(has_field, np.arange(line_count + 1), -_LEFT_OUT_FOR - 1)
    found = []
    starts = [start for start, _ in begins]
    for start, end, (_, before), context in zip(starts, [*starts[1:], line_count + 1], begins, contexts, strict=True):
        others = {name: value for name, value in context.items() if name != "lines_since_id"}
        since = before.get("lines_since_id")
        if end > start:
            last[start] = max(last[start], start - _LEFT_OUT_FOR - 1 if since is None else start - 1 - since)
            last[start:end] = np.maximum.accumulate(last[start:end])
            since = int(end - 1 - last[end - 1])
        elif since is None:
            since = _LEFT_OUT_FOR
        found.append(others | ({"lines_since_id": since} if since < _LEFT_OUT_FOR else {}))
    logged = pa.array(numbers - last[numbers] <= _LEFT_OUT_FOR)
    return table.set_column(table.column_names.index("id_logged"), "id_logged", logged), found


def record_in(line: str) -> Mapping[str, Any] | None:
    """The object that this line is; None where it is no sound one."""
    line = line.removeprefix("\ufeff")
    if not line.lstrip().startswith("{") or _defect(line) is not None:
        return None
    record: dict[str, Any] = json.loads(line, parse_int=str)
    return record


def _json_path(parts: _Parts) -> str:
    return "$" + "".join(f'."{part}"' for part in parts)


def _rewritten(connection: duckdb.DuckDBPyConnection, dialect: Dialect) -> pa.Table:
    """The records, rearranged so that their fields are found by their paths."""
    steps = []
    for number, path in enumerate(dialect.json_texts):
        connection.execute(f"set variable text_{number} = ?", [_json_path(parts_of(path))])
        text = f"json_extract_string(object, getvariable('text_{number}'))"
        # What is deeply nested stays a text: to merge it would take as many calls of a function inside each other.
        steps.append(
            f"case when starts_with({text}, '{{') and json_type(object, getvariable('text_{number}')) = 'VARCHAR'"
            f" and json_valid({text}) and strlen({text}) - strlen(replace(replace({text}, '{{', ''), '[', '')) <= {_MOST_BRACKETS}"
            f" then json_merge_patch(object, {_patch(connection, f'patch_{number}', parts_of(path), f'{text}::json')})::varchar"
            " else object end"
        )
    for number, pairs in enumerate(dialect.pairs):
        for what, name in (
            ("at", _json_path(parts_of(pairs.at))),
            ("name", _json_path((pairs.name,))),
            ("value", _json_path((pairs.value,))),
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
    query = _RECORDS
    for step in steps:
        query = f"select * replace ({step} as object) from ({query})"
    return connection.sql(query).to_arrow_table()


_MOST_BRACKETS = 1000


def _patch(connection: duckdb.DuckDBPyConnection, name: str, parts: _Parts, value: str) -> str:
    """The SQL of an object that holds nothing but this value, at this place."""
    for number, part in enumerate(reversed(parts)):
        connection.execute(f"set variable {name}_{number} = ?", [part])
        value = f"json_object(getvariable('{name}_{number}'), {value})"
    return value


def _with_fates(
    connection: duckdb.DuckDBPyConnection, name: str, lines: pa.Table, fates: Mapping[int, str]
) -> pa.Table:
    """The lines with these fates by line number, registered again where there are any."""
    if not fates:
        return lines
    column = lines["fate"].to_numpy(zero_copy_only=False)
    column[np.fromiter(fates, np.int64) - 1] = list(fates.values())
    chunks = [len(chunk) for chunk in lines["fate"].chunks]
    array = pa.array(column, pa.string())
    ends = np.cumsum(chunks)
    pieces = [array[end - length : end] for end, length in zip(ends.tolist(), chunks, strict=True)]
    lines = lines.set_column(lines.column_names.index("fate"), "fate", pa.chunked_array(pieces, pa.string()))
    connection.register(name, lines)
    return lines


def _defect(line: str) -> str | None:
    """What the standard says against this line, None where it is a sound object."""
    if not line.strip() or line.startswith("#"):
        return None
    if _depth(line) > MAX_DEPTH:
        return "too_deep"

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        # Numbers stay text: one of 5,000 digits is sound JSON, and Python would refuse to convert it.
        value = json.loads(line, parse_constant=refuse, parse_int=str)
    except ValueError:
        return "not_a_record"
    return None if isinstance(value, dict) else "not_a_record"


def _depth(line: str) -> int:
    """How many objects and lists stand inside each other, at most."""
    depth = deepest = 0
    for bracket in re.sub(r'"(?:[^"\\]|\\.)*"', "", line):
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest
