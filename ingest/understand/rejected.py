"""The rejected lines: the fault of each, and the parts of it that may be kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow import lines_numbered
from ingest.engine.connection import answer

if TYPE_CHECKING:
    import duckdb

_HERE = Path(__file__).parent
_TIME_DEFECTS, _WRAPPED, _REJECTS = (
    (_HERE / name).read_text(encoding="utf-8") for name in ("time_defects.sql", "wrapped_otherwise.sql", "rejects.sql")
)
_NO_TIME_DEFECTS = pa.table({"line_number": pa.array([], pa.int64()), "defect": pa.array([], pa.string())})
_NO_WRAPPED = pa.table({"line_number": pa.array([], pa.int64()), "said": pa.array([], pa.string())})
_LOOKS_WRAPPED = r'^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[^ ]+ std|(?:<[0-9]+>)?[A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} |[A-Za-z0-9_.-]+ +[|] |\{.*"stream")'
"""What a wrapped line may look like. Few lines do, and planning the question takes longer than answering it."""


def rejected_lines(
    connection: duckdb.DuckDBPyConnection,
    lines: pa.Table,
    understood: pa.Table,
    says_host: str,
    wrapping: tuple[tuple[str, ...], str | None],
) -> pa.Table:
    """The rejected lines among these, with their faults."""
    understood = understood.filter(pc.is_valid(understood["fate"]))
    lines = lines_numbered(lines, understood["line_number"])
    connection.register("lines", lines)
    connection.register("understood", understood)
    connection.execute("set variable says_host = ?", [says_host])
    has_bad_times = pc.any(pc.equal(understood["fate"], "bad_time")).as_py()
    connection.register(
        "time_defects",
        answer(connection, _TIME_DEFECTS, most=len(understood)) if has_bad_times else _NO_TIME_DEFECTS,
    )
    wrappings, inside = wrapping
    connection.execute("set variable wrappings = ?::varchar[]", [list(wrappings)])
    connection.execute("set variable inside = ?::varchar", [inside])
    looks_wrapped = inside is not None and pc.any(pc.match_substring_regex(lines["line"], _LOOKS_WRAPPED)).as_py()
    connection.register(
        "wrapped_lines", answer(connection, _WRAPPED, most=len(understood)) if looks_wrapped else _NO_WRAPPED
    )
    rejected = answer(connection, _REJECTS, most=len(understood))
    for name in ("wrapped_lines", "time_defects", "understood", "lines"):
        connection.unregister(name)
    return rejected
