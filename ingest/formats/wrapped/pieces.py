r"""Lines that a container's runtime has cut into pieces, because they are longer than the 16 KB that it takes at once.

2026-10-01T07:00:00.28Z stdout P {"level":"info", ...              CRI: P where a line goes on, F where it ends
2026-10-01T07:00:00.28Z stdout F "status":200}
{"log":"{\"level\":\"info\", ...","stream":"stdout", ...}            docker: no line end where a line goes on
{"log":"\"status\":200}\n","stream":"stdout", ...}

Pieces are not joined. A line has one fate, and a log that grows may end between two pieces. The first piece would have to wait for the
second, and with it all lines of other streams between them.

A piece is rejected, and the detail has the command that joins the pieces. A piece of CRI is rejected even if it reads like a call: a
host that is cut names another customer, and a number that is cut is another number. In docker's log that is so once a line has its
end, because some logs keep no ends at all although nothing was cut. JSON lines in docker's log are simpler: a piece of an object is never
an object itself, so only lines that are no record are called pieces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.formats.json_lines.standard import record_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb


_STREAM = {
    "cri": "nullif(regexp_extract({line}, '^[^ ]+ (stdout|stderr) [A-Z][^ ]* ', 1), '')",
    "log": "nullif(regexp_extract({line}, '\"stream\"\\s*:\\s*\"(stdout|stderr)\"', 1), '')",
}
_GOES_ON = {
    "cri": "regexp_matches({line}, '^[^ ]+ std(?:out|err) P[: ]')",
    "log": "(starts_with({line}, '{{') and contains({line}, '\"log\"') and not contains({line}, '\\n\"'))",
}
"""By the wrapping of a line, as SQL: whether the next line of its stream continues it."""

_MARKED = "(contains({line}, '\"CONTAINER_PARTIAL_ID\"') or contains({line}, '\"partial_id\"'))"
"""What docker's drivers for journald and fluentd write beside each piece."""
_WITH_MARKS = ("MESSAGE", "log")

_FOLLOWED = """
    create or replace temp table split_lines as
    with lined as (
        select line_number, begin.number, {stream} as stream, {goes_on} as goes_on, {begins_object} as begins_object
        from lines
        asof join (select unnest($1::bigint[]) as start, unnest(range(len($1))) as number) as begin on lines.line_number >= begin.start
        where fate is null
    )
    select
        *,
        coalesce(
            lag(goes_on) over (partition by number, stream order by line_number),
            list_contains(getvariable('streams_that_go_on')[number + 1], stream)
        ) as is_behind,
        getvariable('ends_lines')[number + 1] or coalesce(
            bool_or(not goes_on and stream is not null) over (partition by number order by line_number), false
        ) as ends_lines
    from lined
"""
_LAST = """
    select number, stream, arg_max(goes_on, line_number), bool_or(ends_lines)
    from split_lines
    where stream is not null
    group by number, stream
"""
_PIECES = """
    select line_number, stream, goes_on
    from split_lines
    where (goes_on or is_behind) and (ends_lines or not goes_on or $1)
    order by line_number
"""
"""The lines that are certainly pieces: in CRI all pieces, in docker's log those after a line of it has had its end."""
_REFUSED = """
    select line_number, stream, goes_on
    from split_lines
    where (is_behind or goes_on) and (ends_lines or begins_object or not goes_on) and list_contains($1::bigint[], line_number)
    order by line_number
"""
"""The pieces among the lines that are no record. A line without an end is a piece if other lines of its log have theirs, or if it begins an
object and does not end it."""

GOES_ON, ENDS_LINES = "streams_that_go_on", "ends_lines"
"""In the context of a source: the streams whose last line goes on, and whether a line has had its end."""

SPLITTING = ("cri", "log", "MESSAGE")
"""The wrappings of lines that a runtime may have cut."""

_JOIN_CRI = 'awk \'{t=$3;s=$2;sub(/^[^ ]+ [^ ]+ [^ ]+ /,"");b[s]=b[s] $0;if(t!~/^P/){print b[s];b[s]=""}}\' FILE > NEW'
_JOIN_DOCKER = "jq -j 'select(.stream==\"STREAM\").log' FILE > NEW"
_IS_PIECE = "the line is a piece of a longer one that the container's runtime has cut"
_JOINED = "joins them; then load NEW"


@dataclass(frozen=True)
class Pieces:
    """The lines of a block that are pieces of others."""

    sure: Mapping[int, str]
    """The lines that are pieces whatever they look like, each with its detail."""
    contexts: Sequence[Mapping[str, Any]]
    """The context of each source after these lines."""
    is_found_by_fate: bool = False
    """Whether other lines are pieces if they are no record."""

    def refused(self, lines: pa.Table) -> pa.Table:
        """The lines, with certain pieces marked as no record."""
        return _with_texts(lines, "fate", dict.fromkeys(self.sure, "not_a_record")) if self.sure else lines

    def explained(self, connection: duckdb.DuckDBPyConnection, table: pa.Table) -> pa.Table:
        """The fields of lines. Pieces that are no record get a detail that says so."""
        said = dict(self.sure)
        if self.is_found_by_fate:
            is_refused = pc.equal(pc.fill_null(table["fate"], ""), "not_a_record")
            numbers = table["line_number"].filter(is_refused).to_pylist()
            found = connection.execute(_REFUSED, [numbers]).fetchall() if numbers else []
            said |= {number: _said_of_docker(stream, goes_on=goes_on) for number, stream, goes_on in found}
        return _with_texts(table, "detail", said) if said else table


def find_pieces(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    line: str,
    begins: Sequence[tuple[int, Mapping[str, Any]]],
    *,
    are_objects: bool,
) -> Pieces:
    """The pieces among `lines`. `line` is the SQL of a line, and `kind` the wrapping that a piece is in.

    `are_objects`: whether the wrapped lines are JSON objects, so that no piece is a record by itself.
    """
    before = [context for _, context in begins]
    sure: dict[int, str] = {}
    if kind in _WITH_MARKS:
        marked = connection.execute(f"select line_number from lines where {_MARKED.format(line=line)}").fetchall()
        sure |= {number: f"{_IS_PIECE}: join the pieces where they are collected" for (number,) in marked}
    if kind not in _STREAM:
        return Pieces(sure, [{}] * len(begins))
    goes_on = _GOES_ON[kind].format(line=line)
    [[number]] = connection.execute(f"select count(*) from lines where {goes_on}").fetchall()
    if not number and not any(context.get(GOES_ON) for context in before):
        return Pieces(sure, [{ENDS_LINES: True} if kind == "log" else {}] * len(begins))
    streams = [list(context.get(GOES_ON, ())) for context in before]
    connection.execute("set variable streams_that_go_on = ?::varchar[][]", [streams])
    connection.execute(
        "set variable ends_lines = ?::boolean[]", [[bool(context.get(ENDS_LINES)) for context in before]]
    )
    followed = _FOLLOWED.format(
        stream=_STREAM[kind].format(line=line),
        goes_on=goes_on,
        begins_object=f'regexp_matches({line}, \'"log"\\s*:\\s*"\\{{\')',
    )
    connection.execute(followed, [[start for start, _ in begins]])
    open_streams, have_ends = [set(found) for found in streams], [bool(context.get(ENDS_LINES)) for context in before]
    for source, stream, is_open, ends_lines in connection.execute(_LAST).fetchall():
        open_streams[source] = open_streams[source] | {stream} if is_open else open_streams[source] - {stream}
        have_ends[source] |= ends_lines and kind == "log"
    contexts = [
        ({GOES_ON: sorted(streams)} if streams else {}) | ({ENDS_LINES: True} if has_ends else {})
        for streams, has_ends in zip(open_streams, have_ends, strict=True)
    ]
    if kind == "log" and are_objects:
        return Pieces(sure, contexts, is_found_by_fate=True)
    said = _said_of_cri if kind == "cri" else _said_of_docker
    for line_number, stream, is_open in connection.execute(_PIECES, [kind == "cri"]).fetchall():
        sure[line_number] = said(stream, goes_on=is_open)
    return Pieces(sure, contexts)


def _said_of_cri(_stream: str | None, *, goes_on: bool) -> str:
    return f"{_IS_PIECE} ({'P' if goes_on else 'F behind a P'} in CRI): {_JOIN_CRI} {_JOINED}"


def _said_of_docker(stream: str | None, *, goes_on: bool) -> str:
    said = "no line end in docker's log" if goes_on else "behind one without a line end in docker's log"
    return f"{_IS_PIECE} ({said}): {_JOIN_DOCKER.replace('STREAM', stream or 'stdout')} {_JOINED}"


def _with_texts(table: pa.Table, column: str, texts: Mapping[int, str]) -> pa.Table:
    """The table with these texts in a column, by the number of the line."""
    is_meant = pc.is_in(table["line_number"], pa.array(list(texts), pa.int64())).combine_chunks()
    values = pa.array([texts[number] for number in table["line_number"].filter(is_meant).to_pylist()], pa.string())
    kept = table[column].combine_chunks().cast(pa.string())
    return table.set_column(table.column_names.index(column), column, pc.replace_with_mask(kept, is_meant, values))


def without_pieces(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context without what was known of pieces."""
    return {name: value for name, value in context.items() if name not in {GOES_ON, ENDS_LINES}}


def what_joins(lines: Sequence[str]) -> str | None:
    """The command that joins the pieces among these lines. None if no line is a piece."""
    if any(re.match(r"[^ ]+ std(?:out|err) P[: ]", line) for line in lines):
        return _JOIN_CRI
    for line in lines:
        record = record_in(line) or {}
        text = record.get("log")
        if isinstance(text, str) and text.startswith("{") and not text.endswith("\n") and record_in(text) is None:
            return _JOIN_DOCKER.replace("STREAM", "stderr" if record.get("stream") == "stderr" else "stdout")
    return None
