"""JSON lines, our own dialect: one object a line.

{"timestamp": "2026-10-21T13:55:36Z", "method": "GET", "url": "https://...", "headers": {...}, "status": 200, ...}
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from ingest.raw import raw_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

MAX_DEPTH = 64
"""Objects and lists inside each other. No log needs more; deeper ones are `too_deep`."""

_FIELDS = (
    "timestamp",
    "method",
    "url",
    "integration_id",
    "status",
    "duration_ms",
    "request_bytes",
    "response_bytes",
    "user_agent",
    "request_id",
    "body",
)
_NEEDED = {"timestamp", "method", "url", "status"}
_HEADERS = ("user-agent", "authorization", "accept-version", "x-request-id", "host")
_ID = "integrationid"

_READ = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
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
        keys[1] as keys,
        keys[2] as header_keys,
        case
            when len(list_distinct(keys[1])) < len(keys[1]) or len(list_distinct(keys[2])) < len(keys[2]) then numbers
        end as numbers
    from (
        select json_keys(object, ['$', '$.headers']) as keys, list(line_number) as numbers
        from (select line_number, case when fate is null then line end as object from lines)
        where object is not null
        group by keys
    )
"""
"""The sets of keys in a block. Where a key stands in an object twice, what it says is anybody's guess: those lines, too."""


class JsonLines:
    """JSON lines with the field names of `ingest/formats/json_lines.sql`."""

    name: ClassVar[str] = "json"
    dialect: str | None = None

    def claims(self, lines: Sequence[str]) -> bool:
        """Some line is a JSON object with at least two of the fields without which there is no call."""
        return any(len(_NEEDED & _keys(line)) >= 2 for line in lines)

    def read(
        self, connection: duckdb.DuckDBPyConnection, lines: pa.Table, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """The fields of every line. What looks odd is looked at once more, by the standard."""
        doubtful = connection.execute(_DEFECTS).fetchall()
        judged = ((number, _defect(line) if fate == "odd" else fate) for number, fate, line in doubtful)
        lines = _with_fates(connection, lines, {number: fate for number, fate in judged if fate})
        key_sets = connection.execute(_KEYS).fetchall()
        repeated = {number: "duplicate_key" for _, _, numbers in key_sets for number in numbers or ()}
        _with_fates(connection, lines, repeated)
        query = _query_for([(keys, headers) for keys, headers, _ in key_sets])
        return raw_table(connection, query), [context for _, context in begins]

    def warnings(self, context: Mapping[str, Any]) -> Sequence[str]:
        """Nothing is known beforehand."""
        return ()


def _with_fates(connection: duckdb.DuckDBPyConnection, lines: pa.Table, fates: Mapping[int, str]) -> pa.Table:
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
    connection.register("lines", lines)
    return lines


def _query_for(key_sets: Sequence[tuple[list[str], list[str] | None]]) -> str:
    """The SQL that reads a block whose objects, and the headers in them, have these sets of keys.

    Sets of keys repeat from line to line, so what they say is found once a block: how the names of the headers are spelled
    here, and whether a key stands in an object twice.
    """
    spellings: dict[str, list[str]] = {name: [] for name in (_ID, *_HEADERS)}
    for name in sorted({name for _, headers in key_sets for name in headers or ()}):
        # Only letters, dashes and spaces get into a path, and so into the SQL.
        if name.strip().lower() in spellings and re.fullmatch("[A-Za-z -]+", name):
            spellings[name.strip().lower()].append(name)
    paths = [f"$.{field}" for field in _FIELDS]
    names = [f"value[{number}] as {field}" for number, field in enumerate(_FIELDS, start=1)]
    for header, spelled in spellings.items():
        places = [f"value[{len(paths) + number}]" for number in range(1, len(spelled) + 1)]
        paths += [f'$.headers."{name}"' for name in spelled]
        if header == _ID:
            names.append(
                f"nullif(concat_ws(', ', {', '.join(['null', *places])}), '') as header_id"
                if len(places) > 1
                else f"{places[0] if places else 'null::varchar'} as header_id"
            )
            names.append(f"{' + '.join([f'({place} is not null)::integer' for place in places]) or '0'} as header_ids")
        else:
            value = f"coalesce({', '.join(['null::varchar', *places])})"
            names.append(f"{value} as header_{header.replace('-', '_')}")
    query = _READ.replace("$paths", ", ".join(f"'{path}'" for path in paths)).replace("$names", ", ".join(names))
    return query.replace("$all_log_headers", "true" if all(headers for _, headers in key_sets) else "false")


def _keys(line: str) -> set[str]:
    """The keys of the object that this line is; none where it is no sound one."""
    line = line.removeprefix("\ufeff")
    if _defect(line) is not None or not line.strip() or line.startswith("#"):
        return set()
    return set(json.loads(line, parse_int=str))


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
