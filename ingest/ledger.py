"""The ledger: what was decided about every source, and the columns of `rejects` and `loads`.

One row of the ledger is one decision about one source: a load, or an unload that takes loads back. Rows that were
decided together share a `decision`, the ledger's version. The first of them names the staged files of them all.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ingest.call import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

REJECT_COLUMNS = (
    Column("load_id", "varchar", nullable=False, meaning="the load it came with"),
    Column("source", "varchar", nullable=False, meaning="the file or stream it stands in"),
    Column("stream", "varchar", nullable=False, meaning="where the source comes from"),
    Column("line_number", "bigint", nullable=False, meaning="its line in the source, from 1"),
    Column("byte_offset", "bigint", nullable=False, meaning="where the line begins, in decompressed bytes"),
    Column("reason", "varchar", nullable=False, meaning="why it is no call"),
    Column("detail", "varchar", nullable=True, meaning="what was found and what was expected, redacted"),
    Column("sample", "varchar", nullable=True, meaning="the beginning of the line, redacted, 200 characters at most"),
)
"""Every column of the lake's `rejects`, in order."""

LOAD_COLUMNS = (
    Column("load_id", "varchar", nullable=False, meaning="random name of the load"),
    Column("source", "varchar", nullable=False, meaning="the file or stream, as it was called then"),
    Column("stream", "varchar", nullable=False, meaning="where the source comes from"),
    Column("log_format", "varchar", nullable=False, meaning="how it was read"),
    Column("dialect", "varchar", nullable=True, meaning="whose field names, or which layout"),
    Column("start_byte", "bigint", nullable=False, meaning="first decompressed byte of the load"),
    Column("end_byte", "bigint", nullable=False, meaning="the byte after its last one"),
    Column("content_sha256", "varchar", nullable=False, meaning="SHA-256 of the source's bytes before end_byte"),
    Column("lines", "bigint", nullable=False, meaning="lines read: calls + rejects + ignored"),
    Column("calls", "bigint", nullable=False, meaning="lines that became calls"),
    Column("rejects", "bigint", nullable=False, meaning="lines in quarantine"),
    Column("ignored", "bigint", nullable=False, meaning="comments, directives, headers and blank lines"),
    Column("first_call", "timestamptz", nullable=True, meaning="earliest called_at, UTC"),
    Column("last_call", "timestamptz", nullable=True, meaning="latest called_at, UTC"),
    Column("loaded_at", "timestamptz", nullable=False, meaning="when it was decided, UTC"),
    Column("version", "varchar", nullable=False, meaning="version of koppelzicht that read it"),
)
"""Every column of the public relation `loads`, in order."""

LEDGER_COLUMNS = (
    *LOAD_COLUMNS,
    Column("decision", "bigint", nullable=False, meaning="the ledger's version with this row"),
    Column("kind", "varchar", nullable=False, meaning="load or unload"),
    Column("parent", "varchar", nullable=True, meaning="the load whose end this one begins at"),
    Column("is_complete", "boolean", nullable=False, meaning="false where a compressed file was cut off"),
    Column("first_mark", "varchar", nullable=True, meaning="SHA-256 of the source up to its first line of data"),
    Column("second_mark", "varchar", nullable=True, meaning="the same up to its second line of data"),
    Column("marks", "varchar", nullable=False, meaning="JSON: [offset, SHA-256 before it] at intervals"),
    Column("resume", "varchar", nullable=False, meaning="JSON: what reading on from end_byte has to know"),
    Column("unloaded", "varchar", nullable=False, meaning="JSON: the loads an unload takes back"),
    Column("staged", "varchar", nullable=False, meaning="JSON: the data files of the decision, on its first row"),
)
"""Every column of the lake's table `loads`: the public ones and what the protocol needs."""

Table: TypeAlias = Literal["calls", "rejects"]


@dataclass(frozen=True)
class StagedFile:
    """One data file below a table's folder that a decision names. Nobody sees it before the table's commit."""

    table: Table
    path: str
    size: int
    modified_at_ms: int
    stats: str


@dataclass(frozen=True)
class Position:
    """A place in a source: how many decompressed bytes lie before it, and their SHA-256."""

    offset: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """One decision about one source, as the table `loads` keeps it."""

    load_id: str
    source: str
    stream: str
    log_format: str
    dialect: str | None = None
    start_byte: int = 0
    end_byte: int = 0
    content_sha256: str = ""
    lines: int = 0
    calls: int = 0
    rejects: int = 0
    ignored: int = 0
    first_call: dt.datetime | None = None
    last_call: dt.datetime | None = None
    loaded_at: dt.datetime
    version: str
    decision: int = 0
    kind: Literal["load", "unload"] = "load"
    parent: str | None = None
    is_complete: bool = True
    first_mark: str | None = None
    second_mark: str | None = None
    marks: tuple[Position, ...] = ()
    resume: Mapping[str, Any] = field(default_factory=dict)
    unloaded: tuple[str, ...] = ()
    staged: tuple[StagedFile, ...] = ()

    @property
    def end(self) -> Position:
        """Where this load ends, which is where the next one of the same source begins."""
        return Position(self.end_byte, self.content_sha256)

    def to_record(self) -> dict[str, Any]:
        """The row as plain values, one a column of LEDGER_COLUMNS."""
        record = {column.name: getattr(self, column.name) for column in LEDGER_COLUMNS}
        record["marks"] = json.dumps([[mark.offset, mark.sha256] for mark in self.marks])
        record["resume"] = json.dumps(dict(self.resume))
        record["unloaded"] = json.dumps(list(self.unloaded))
        record["staged"] = json.dumps([vars(file) for file in self.staged])
        return record

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> LedgerRow:
        """The inverse of `to_record`."""
        values = {column.name: record[column.name] for column in LEDGER_COLUMNS}
        values["marks"] = tuple(Position(offset, sha256) for offset, sha256 in json.loads(values["marks"]))
        values["resume"] = json.loads(values["resume"])
        values["unloaded"] = tuple(json.loads(values["unloaded"]))
        values["staged"] = tuple(StagedFile(**file) for file in json.loads(values["staged"]))
        return cls(**values)


@dataclass(frozen=True)
class Ledger:
    """Every decision up to `version`, in order. An unload hides what it took back."""

    version: int
    rows: tuple[LedgerRow, ...]

    def loads(self) -> tuple[LedgerRow, ...]:
        """The loads that hold: decided and not taken back since."""
        gone = {load_id for row in self.rows for load_id in row.unloaded}
        return tuple(row for row in self.rows if row.kind == "load" and row.load_id not in gone)

    def until(self, version: int) -> Ledger:
        """The ledger as it was at that version."""
        return Ledger(version, tuple(row for row in self.rows if row.decision <= version))

    def after(self, version: int) -> tuple[LedgerRow, ...]:
        """What was decided since that version."""
        return tuple(row for row in self.rows if row.decision > version)

    def grown_from(self, load_ids: Iterable[str]) -> tuple[str, ...]:
        """The given loads and all that hold and grew from them, directly or not, in the ledger's order."""
        family = set(load_ids)
        # A load is decided after its parent, so one pass in order finds every generation.
        for row in self.loads():
            if row.parent in family:
                family.add(row.load_id)
        return tuple(row.load_id for row in self.loads() if row.load_id in family)


def staged_files(rows: Sequence[LedgerRow], table: Table) -> tuple[StagedFile, ...]:
    """The data files that these decisions add to the table."""
    return tuple(file for row in rows for file in row.staged if file.table == table)
