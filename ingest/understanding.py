"""Blocks of lines in, calls and rejects out: what `ingest` stores and `inspect` shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.call import CALL_COLUMNS
from ingest.engine import begin_source, connect
from ingest.ledger import REJECT_COLUMNS
from ingest.source import MAX_LINE_BYTES, line_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from ingest.formats import LogFormat
    from ingest.ledger import Table
    from ingest.source import Block

_HERE = Path(__file__).parent
_BLOCK = (_HERE / "block.sql").read_text(encoding="utf-8")
_REJECTS = (_HERE / "rejects_of_block.sql").read_text(encoding="utf-8")
_GIVEN = ("stream", "load_id")


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
    """The engine with the calls and rejects it has understood so far, in its tables `calls` and `rejects`."""

    def __init__(self) -> None:
        self.connection: duckdb.DuckDBPyConnection = connect()
        self.connection.execute("set variable max_line_bytes = ?", [f"{MAX_LINE_BYTES:,}"])
        for name, columns in (("calls", CALL_COLUMNS), ("rejects", REJECT_COLUMNS)):
            fields = ", ".join(f'"{column.name}" {column.sql_type}' for column in columns)
            self.connection.execute(f"create table {name} ({fields})")
        self._waiting = 0

    def close(self) -> None:
        """Let go of the engine and its memory."""
        self.connection.close()

    def begin(
        self, *, now: dt.datetime, time_zone: str, source_time_zone: str | None = None, host: str | None = None
    ) -> None:
        """What the lines of the next source do not say themselves; see `begin_source`."""
        begin_source(self.connection, now=now, time_zone=time_zone, source_time_zone=source_time_zone, host=host)

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
        connection = self.connection
        lines = line_table(block, first_line)
        connection.register("lines", lines)
        connection.execute("truncate raw")
        context = log_format.read(connection, context)
        connection.execute(_BLOCK)
        if block.kind == "torn":
            connection.execute("update block set fate = 'torn_line' where fate <> 'ignored'")
        given = {"stream": stream, "load_id": load_id}
        picked = ", ".join("?" if column.name in _GIVEN else f'"{column.name}"' for column in CALL_COLUMNS)
        values = [given[column.name] for column in CALL_COLUMNS if column.name in _GIVEN]
        connection.execute(f"insert into calls select {picked} from block where fate is null", values)
        counts = self._counts()
        if counts.rejects:
            connection.execute(f"insert into rejects select ?, ?, ?, * from ({_REJECTS})", [load_id, source, stream])
        connection.unregister("lines")
        self._waiting += counts.calls + counts.rejects
        return counts, context

    def records(self, table: Table, limit: int | None = None) -> list[dict[str, Any]]:
        """The first rows of `calls` or `rejects`, in the order of their lines."""
        found = self.connection.table(table).order("line_number")
        rows: list[dict[str, Any]] = (found if limit is None else found.limit(limit)).to_arrow_table().to_pylist()
        return rows

    @property
    def waiting_calls(self) -> int:
        """How many calls and rejects wait to be staged."""
        return self._waiting

    def forget(self) -> None:
        """Empty `calls` and `rejects`: they are staged, or not wanted."""
        self.connection.execute("truncate calls")
        self.connection.execute("truncate rejects")
        self._waiting = 0

    def sample(self, line: str) -> str:
        """The redacted beginning of a line, as the quarantine keeps it."""
        [[sample]] = self.connection.execute("select redacted_sample(?)", [line]).fetchall()
        return str(sample)

    def _counts(self) -> Counts:
        [[lines, calls, ignored, first, last]] = self.connection.execute(
            "select count(*), count(*) filter (fate is null), count(*) filter (fate = 'ignored'),"
            " epoch_us(min(called_at) filter (fate is null)), epoch_us(max(called_at) filter (fate is null)) from block"
        ).fetchall()
        return Counts(lines, calls, lines - calls - ignored, ignored, _instant(first), _instant(last))


def _instant(microseconds: int | None) -> dt.datetime | None:
    if microseconds is None:
        return None
    return dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=microseconds)
