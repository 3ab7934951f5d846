"""Blocks of lines in, calls and rejects out: what `ingest` stores and `inspect` shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS
from ingest.engine import begin_source, connect
from ingest.ledger import REJECT_COLUMNS
from ingest.source import MAX_LINE_BYTES, line_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from ingest.call import Column
    from ingest.formats import LogFormat
    from ingest.source import Block

_HERE = Path(__file__).parent
_LEARN, _UNDERSTOOD, _REJECTS = (
    (_HERE / name).read_text(encoding="utf-8") for name in ("learn.sql", "understood.sql", "rejects.sql")
)
_FEW = 500
_DICTIONARY_ROWS = 300_000
"""A dictionary that has grown beyond this is started anew: memory does not grow with the input."""
_DICTIONARIES = ("integration_ids", "request_bases", "request_queries", "user_agents")


@dataclass(frozen=True)
class Counts:
    """What became of some lines: lines = calls + rejects + ignored."""

    lines: int = 0
    calls: int = 0
    rejects: int = 0
    ignored: int = 0
    first_call: dt.datetime | None = None
    last_call: dt.datetime | None = None

    def __add__(self, other: Counts) -> Counts:
        first = [call for call in (self.first_call, other.first_call) if call is not None]
        last = [call for call in (self.last_call, other.last_call) if call is not None]
        return Counts(
            self.lines + other.lines,
            self.calls + other.calls,
            self.rejects + other.rejects,
            self.ignored + other.ignored,
            min(first, default=None),
            max(last, default=None),
        )


class Understanding:
    """The engine, with the calls and rejects it has understood and nobody has taken yet."""

    def __init__(self) -> None:
        self._connection: duckdb.DuckDBPyConnection = connect()
        self._connection.execute("set variable max_line_bytes = ?", [f"{MAX_LINE_BYTES:,}"])
        self._calls: list[pa.Table] = []
        self._rejects: list[pa.Table] = []

    def close(self) -> None:
        """Let go of the engine and its memory."""
        self._connection.close()

    def begin(
        self, *, now: dt.datetime, time_zone: str, source_time_zone: str | None = None, host: str | None = None
    ) -> None:
        """What the lines of the next source do not say themselves; see `begin_source`."""
        begin_source(self._connection, now=now, time_zone=time_zone, source_time_zone=source_time_zone, host=host)

    def read(
        self,
        block: Block,
        log_format: LogFormat,
        context: Mapping[str, Any],
        *,
        first_line: int,
        load_id: str,
        source: str,
        stream: str,
    ) -> tuple[Counts, Mapping[str, Any]]:
        """Add the calls and rejects of a block. Returns what became of its lines, and the context for the next one."""
        connection = self._connection
        connection.register("lines", line_table(block, first_line))
        connection.execute("set variable is_torn = ?", [block.kind == "torn"])
        raw, context = log_format.read(connection, context)
        connection.register("raw", raw)
        self._learn()
        understood = connection.sql(_UNDERSTOOD).to_arrow_table()
        fate = understood["fate"]
        lines, calls = len(fate), fate.null_count
        ignored = pc.sum(pc.equal(fate, "ignored")).as_py() or 0 if calls < lines else 0
        accepted = understood if calls == lines else _without_fate(understood)
        self._calls.append(_with_given(accepted, CALL_COLUMNS, {"stream": stream, "load_id": load_id}))
        if calls + ignored < lines:
            connection.register("understood", understood)
            rejected = connection.sql(_REJECTS).to_arrow_table()
            given = {"load_id": load_id, "source": source, "stream": stream}
            self._rejects.append(_with_given(rejected, REJECT_COLUMNS, given))
            connection.unregister("understood")
        connection.unregister("raw")
        connection.unregister("lines")
        times = pc.min_max(accepted["called_at"]).as_py()
        return Counts(lines, calls, lines - calls - ignored, ignored, times["min"], times["max"]), context

    def calls(self) -> pa.Table:
        """The calls that nobody has taken yet, in the order in which they were read."""
        return pa.concat_tables(self._calls or [arrow_schema(CALL_COLUMNS).empty_table()])

    def rejects(self) -> pa.Table:
        """The rejected lines that nobody has taken yet."""
        return pa.concat_tables(self._rejects or [arrow_schema(REJECT_COLUMNS).empty_table()])

    @property
    def waiting(self) -> int:
        """How many calls and rejects nobody has taken yet."""
        return sum(len(table) for table in (*self._calls, *self._rejects))

    def forget(self) -> None:
        """The calls and rejects are taken, or not wanted."""
        self._calls, self._rejects = [], []

    def sample(self, line: str) -> str:
        """The redacted beginning of a line, as the quarantine keeps it."""
        [[sample]] = self._connection.execute("select redacted_sample(?)", [line]).fetchall()
        return str(sample)

    def _learn(self) -> None:
        """Understand the values in `raw` that have not been met before."""
        for name in _DICTIONARIES:
            [[rows]] = self._connection.execute(f"select count(*) from known_{name}").fetchall()
            if rows > _DICTIONARY_ROWS:
                self._connection.execute(f"truncate known_{name}")
        self._connection.execute(_LEARN)


def _without_fate(understood: pa.Table) -> pa.Table:
    """The rows that are calls. Between a few lines that are none, slices cost less than a filter that copies."""
    fate = understood["fate"]
    if len(fate) - fate.null_count > _FEW:
        return understood.filter(pc.is_null(fate))
    ends = [*pc.indices_nonzero(pc.is_valid(fate)).to_pylist(), len(fate)]
    starts = [0, *(end + 1 for end in ends)]
    return pa.concat_tables([understood.slice(start, end - start) for start, end in zip(starts, ends, strict=False)])


def _with_given(table: pa.Table, columns: Sequence[Column], given: Mapping[str, str]) -> pa.Table:
    """These columns of the table, and the given values in every row, with the lake's types."""
    arrays = [
        pa.repeat(pa.scalar(given[column.name], pa.string()), len(table))
        if column.name in given
        else table[column.name]
        for column in columns
    ]
    return pa.table(arrays, names=[column.name for column in columns]).cast(arrow_schema(columns))
