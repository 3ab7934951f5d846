"""JSON lines: one object a line, with the field names of a dialect.

{"timestamp": "2026-10-21T13:55:36Z", "method": "GET", "url": "https://...", "headers": {"IntegrationId": "1234_5678"}, "status": 200}

The engine's JSON reader is quick and lenient: it accepts `NaN`, a superfluous comma, and a key twice, of which it keeps one. So it reads
every line, and standard.py judges the few odd-looking lines again by the standard. The keys of a block's objects are collected once
for the block, because they repeat from line to line. The statement that reads the block then names only fields that it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow import in_lines_order, without
from ingest.formats.dialect.fields import ID_HEADER, fields_of_dialect, is_header_name, with_details
from ingest.formats.dialect.known import OWN, dialects, with_dialect
from ingest.formats.dialect.model import paths_of
from ingest.formats.dialect.names import id_names, unread_in
from ingest.formats.dialect.paths import parts_of, places_of
from ingest.formats.dialect.spellings import Spelling, place_in_object
from ingest.formats.id_name import no_headers_warning
from ingest.formats.json_lines.headers import (
    headers_warnings,
    is_known_header,
    with_chosen_headers,
    with_unread_headers,
)
from ingest.formats.json_lines.keys import key_sets_of, repeated_keys
from ingest.formats.json_lines.left_out import with_left_out_ids
from ingest.formats.json_lines.rearranged import Parts, json_path, rearranged, with_headers_as_objects
from ingest.formats.json_lines.standard import MAX_DEPTH, defect_of, record_in
from ingest.formats.raw import raw_table
from ingest.formats.unread import MOST_KEPT, with_unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

    from ingest.formats.dialect.model import Dialect
    from ingest.formats.json_lines.keys import KeySet


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
                when regexp_full_match(line, '\\s*') or is_comment(line) then 'ignored'
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

_RECORDS = """
    select line_number, byte_offset, fate, null::varchar as detail, case when fate is null then line end as object
    from lines
"""

_KEYS_OF_EACH = """
    select begin.number, list_distinct(list(json_keys(object, getvariable('containers'))))
    from records
    asof join (select unnest($1::bigint[]) as start, unnest(range(len($1))) as number) as begin on records.line_number >= begin.start
    where object is not null
    group by begin.number
"""

_VALUES = """
    select line_number, byte_offset, fate, detail, object, json_extract_string(object, getvariable('paths')) as value
    from records
"""
"""Each object is parsed for all its fields at once: `value` holds them in the order of the paths."""


@dataclass(frozen=True)
class _Part:
    """Records that were read together."""

    table: pa.Table
    key_sets: Sequence[Sequence[Sequence[Sequence[str] | None]]]
    """The sets of keys of each source."""
    unread: Sequence[int]
    """The lines whose headers cannot be read."""


_FEW = 4
"""Where less than one line in four takes more work than the others, those are read apart."""


class JsonLines:
    """JSON lines with the field names of a dialect, our own if nothing else is said."""

    name: ClassVar[str] = "json"
    says_host: ClassVar[str] = "--dialect says which one is"

    def __init__(self, dialect: Dialect | None = None) -> None:
        self._dialect = dialect or dialects()[OWN]
        fields = self._dialect.fields
        paths = {path for name in type(fields).model_fields for path in paths_of(getattr(fields, name))}
        self._places = {path: places_of(path) for path in paths}
        self._headers = [(parts_of(source.at) if source.at else (), source.prefix) for source in self._dialect.headers]
        holding = {parts[:-1] for places in self._places.values() for parts in places} | {at for at, _ in self._headers}
        asked = {parts for places in self._places.values() for parts in places} | {at for at, _ in self._headers}
        asked |= {parts_of(path) for path in (*self._dialect.json_texts, *(pairs.at for pairs in self._dialect.pairs))}
        self._whole_objects = {at for at, prefix in self._headers if at and not prefix}
        self._id_places = [place for path in fields.integration_id for place in self._places[path]]
        self._asked = {parts[:end] for parts in asked for end in range(1, len(parts) + 1)}
        # Those around them, too: an object that stands in one of them twice has two of each of its fields.
        self._containers = sorted({parts[:end] for parts in holding for end in range(len(parts) + 1)})

    @property
    def dialect(self) -> str | None:
        """Whose field names these are; None for our own."""
        return None if self._dialect.name == OWN else self._dialect.name

    @property
    def reading(self) -> object:
        """The settings that decide how a line is read."""
        return self.name, self._dialect

    @property
    def records(self) -> Sequence[Sequence[str]]:
        """The lists around a record, where a line may hold several."""
        return self._dialect.records

    def claims(self, lines: Sequence[str]) -> bool:
        """Some line is a JSON object of this dialect with all that makes a call."""
        return any(self._dialect.claims(record) for line in lines if (record := record_in(line)) is not None)

    def with_chosen_headers(self, lines: Sequence[str]) -> JsonLines:
        """The same for a log that begins with these lines, if they show that it holds chosen headers only."""
        records = (record for line in lines if (record := record_in(line)) is not None)
        return JsonLines(with_chosen_headers(self._dialect, records))

    def read(
        self, connection: duckdb.DuckDBPyConnection, lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """The fields of every line. Odd-looking lines are judged again by the standard."""
        doubtful = connection.execute(_DEFECTS).fetchall()
        judged = ((number, defect_of(line) if fate == "odd" else fate) for number, fate, line in doubtful)
        if fates := {number: fate for number, fate in judged if fate}:
            lines = _with_texts(lines, "fate", fates)
            connection.register("lines", lines)
        connection.execute("create or replace temp view plain_records as " + _RECORDS)
        records = rearranged(connection, self._dialect) if self._dialect.is_rewritten else None
        starts = [start for start, _ in begins]
        parts = [self._read_records(connection, *part, starts) for part in self._parts(connection, lines, records)]
        connection.unregister("records")
        table = parts[0].table if len(parts) == 1 else in_lines_order(*(part.table for part in parts))
        unread = [number for part in parts for number in part.unread]
        contexts = with_unread_headers([with_dialect(context, self._dialect) for _, context in begins], starts, unread)
        contexts = [
            with_unread(connection, context, self._unread([keys for part in parts for keys in part.key_sets[number]]))
            for number, context in enumerate(contexts)
        ]
        if self._dialect.logs_no_headers and pc.any(table["id_logged"]).as_py():
            contexts = [{**context, "holds_ids": True} for context in contexts]
        if self._dialect.headers_left_out:
            table, contexts = with_left_out_ids(table, len(lines), begins, contexts)
        return table, contexts

    def _parts(
        self, connection: duckdb.DuckDBPyConnection, lines: pa.Table, records: pa.Table | None
    ) -> Iterator[tuple[pa.Table | duckdb.DuckDBPyRelation, Sequence[KeySet]]]:
        """The records with their sets of keys: first those that are read as they are, and separately those that take more work.

        To rearrange a record, or to look for a key with two values, costs several times as much as to read it. The few lines that need
        this must not slow down all others of their block. If there are many of them, all are read together.
        """
        name, rows = ("lines", lines) if records is None else ("records", records)

        def registered(some: pa.Table) -> pa.Table | duckdb.DuckDBPyRelation:
            connection.register(name, some)
            return connection.view("plain_records") if records is None else some

        connection.register("records", all_of_them := registered(rows))
        key_sets = key_sets_of(connection, self._containers)
        odd = [one for one in key_sets if one.is_repeated or self._odd_headers(one.keys)]
        if not 0 < sum(len(one.numbers) for one in odd) <= len(lines) // _FEW:
            yield all_of_them, key_sets
            return
        is_odd = pc.is_in(rows["line_number"], pa.concat_arrays([one.numbers for one in odd]))
        yield registered(without(rows, is_odd)), [one for one in key_sets if one not in odd]
        yield registered(rows.filter(is_odd)), odd
        connection.register("lines", lines)

    def _read_records(
        self,
        connection: duckdb.DuckDBPyConnection,
        records: pa.Table | duckdb.DuckDBPyRelation,
        key_sets: Sequence[KeySet],
        starts: Sequence[int],
    ) -> _Part:
        """The fields of these records, with what their keys say of the sources that begin at these lines."""
        connection.register("records", records)
        unread: list[int] = []
        odd: dict[Parts, list[pa.Array]] = {}
        for one in key_sets:
            for at in self._odd_headers(one.keys):
                odd.setdefault(at, []).append(one.numbers)
        if odd:
            rewritten, unread = with_headers_as_objects(
                connection, {at: pa.concat_arrays(numbers) for at, numbers in odd.items()}
            )
            connection.register("records", rewritten)
            key_sets = key_sets_of(connection, self._containers)
        details = repeated_keys(connection, self._containers, key_sets)
        if details:
            rewritten = connection.sql("from records").to_arrow_table()
            connection.register("records", _with_texts(rewritten, "fate", dict.fromkeys(details, "duplicate_key")))
        keys = [one.keys for one in key_sets]
        table = raw_table(connection, self._query_for(connection, keys))
        table = with_details(connection, self._dialect, table, "json_keys(object)")
        if details:
            table = _with_texts(table, "detail", details)
        return _Part(table, self._key_sets_of_each(connection, keys, starts), unread)

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Headers that are there and cannot be looked into are not the same as headers without the id."""
        if self._dialect.logs_no_headers and not context.get("holds_ids"):
            return (no_headers_warning(self._dialect.about.partition(" as ")[0]),)
        return headers_warnings(context, [".".join(at) for at, _ in self._headers if at])

    def _key_sets_of_each(
        self,
        connection: duckdb.DuckDBPyConnection,
        key_sets: Sequence[Sequence[Sequence[str] | None]],
        starts: Sequence[int],
    ) -> list[Sequence[Sequence[Sequence[str] | None]]]:
        """The sets of keys of each source that begins at one of these lines, if they hold unread fields."""
        if len(starts) == 1 or not self._unread(key_sets):
            return [key_sets] * len(starts)
        found = dict(connection.execute(_KEYS_OF_EACH, [list(starts)]).fetchall())
        return [found.get(number, ()) for number, _ in enumerate(starts)]

    def _unread(self, key_sets: Iterable[Sequence[Sequence[str] | None]]) -> tuple[tuple[str, str], ...]:
        """The unread fields. Fields inside the request's headers are read."""
        names: dict[str, bool] = {}
        for keys in key_sets:
            for parts, found in zip(self._containers, keys, strict=True):
                for key in found or ():
                    if len(names) < MOST_KEPT:
                        names.setdefault(".".join((*parts, key)), self._is_read((*parts, key)))
        return unread_in(self._dialect, list(names), [name for name, is_read in names.items() if not is_read])

    def _is_read(self, parts: Parts) -> bool:
        """Whether this field is read, or a field inside it."""
        is_header = any(
            parts[: len(at)] == at and len(parts) > len(at) and parts[len(at)].lower().startswith(prefix.lower())
            for at, prefix in self._headers
        )
        return is_header or parts in self._asked or bool(id_names(self._id_places, {parts[:-1]: parts[-1:]}))

    def _odd_headers(self, keys: Sequence[Sequence[str] | None]) -> list[Parts]:
        """The places of headers that are not an object with values in lines with these keys, or an object without a known header.

        That may be an object of several kinds of headers, which only its values show.
        """
        places = {at: (self._containers.index(at), self._containers.index(at[:-1])) for at, _ in self._headers if at}
        return [
            at
            for at, (number, around) in places.items()
            if (not keys[number] and at[-1] in (keys[around] or ()))
            or (at in self._whole_objects and keys[number] and not any(map(is_known_header, keys[number] or ())))
        ]

    def _query_for(
        self, connection: duckdb.DuckDBPyConnection, key_sets: Sequence[Sequence[Sequence[str] | None]]
    ) -> str:
        """The SQL that reads a block whose objects have these sets of keys.

        Sets of keys repeat from line to line, so they are examined once for a block: the fields that exist at all, and the spelling of the
        headers' names.
        """
        keys = {
            parts: {key for sets in key_sets for key in sets[number] or ()}
            for number, parts in enumerate(self._containers)
        }
        paths: list[str] = []

        def value(parts: Parts) -> str:
            path = json_path(parts)
            if path not in paths:
                paths.append(path)
            return f"value[{paths.index(path) + 1}]"

        def values(path: str) -> list[str]:
            if path in self._dialect.fields.integration_id:
                return [value(parts) for parts in ids if parts in id_names(self._places[path], keys)]
            return [value(parts) for parts in self._places[path] if parts[-1] in keys[parts[:-1]]]

        def header_places(name: str) -> list[Parts]:
            return [
                (*at, key)
                for at, prefix in self._headers
                for key in sorted(keys[at])
                if '"' not in key and is_header_name(key, prefix, name)
            ]

        def headers(name: str) -> list[Spelling]:
            found = header_places(name)
            if len(found) < 2:
                return [Spelling(value(parts)) for parts in found]
            bound = f"spellings_{name.replace('-', '_')}"
            connection.execute(f"set variable {bound} = ?::varchar[]", [[parts[-1] for parts in found]])
            objects = list(dict.fromkeys(parts[:-1] for parts in found))
            connection.execute(f"set variable {bound}_in = ?::varchar[]", [[json_path(at) for at in objects]])
            return [
                Spelling(value(parts), place_in_object(bound, number, objects.index(parts[:-1]) + 1))
                for number, parts in enumerate(found, start=1)
            ]

        in_headers = header_places(ID_HEADER)
        ids = [parts for parts in id_names(self._id_places, keys) if parts not in in_headers]
        headers_logged = self._headers_logged(connection, key_sets)
        id_logged = self._id_logged(connection, key_sets, [*in_headers, *ids], headers_logged)
        logged = {"headers_logged": headers_logged, "id_logged": id_logged}
        query = fields_of_dialect(connection, self._dialect, values, headers, logged=logged)
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
            "set variable header_objects = ?::varchar[]", [[json_path(self._containers[number]) for number in objects]]
        )
        return "list_contains(json_type(object, getvariable('header_objects')), 'OBJECT')"

    def _id_logged(
        self,
        connection: duckdb.DuckDBPyConnection,
        key_sets: Sequence[Sequence[Sequence[str] | None]],
        ids: Sequence[Parts],
        headers_logged: str,
    ) -> str:
        """The SQL that says whether an IntegrationId that is absent was not sent.

        It was not sent if the line has its field without a value, or all headers without this one. A line with neither could not have
        held it, whatever other lines hold: if a log loses the field in mid-file, nobody is blamed. For dialects that leave fields out,
        see `with_left_out_ids`.
        """
        if headers_logged == "true":
            return "true"
        places = [(self._containers.index(parts[:-1]), parts[-1]) for parts in ids]
        holds = [any(key in (keys[number] or ()) for number, key in places) for keys in key_sets]
        if not any(holds):
            return headers_logged
        if all(holds):
            return "true"
        connection.execute("set variable id_places = ?::varchar[]", [[json_path(parts) for parts in ids]])
        return f"list_count(json_type(object, getvariable('id_places'))) > 0 or {headers_logged}"


def _with_texts(table: pa.Table, column: str, texts: Mapping[int, str]) -> pa.Table:
    """The table, in the order of its lines, with these texts in a column by the number of the line."""
    values = table[column].to_numpy(zero_copy_only=False)
    places = np.searchsorted(table["line_number"].to_numpy(), np.fromiter(texts, np.int64))
    values[places] = list(texts.values())
    chunks = [len(chunk) for chunk in table[column].chunks]
    array = pa.array(values, pa.string())
    ends = np.cumsum(chunks)
    pieces = [array[end - length : end] for end, length in zip(ends.tolist(), chunks, strict=True)]
    return table.set_column(table.column_names.index(column), column, pa.chunked_array(pieces, pa.string()))
