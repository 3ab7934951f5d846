"""The ledger: what was decided about every source, and the columns of `rejects` and `loads`.

One row of the ledger is one decision: a load of one source, an unload that takes loads back, a retention that removes old
calls, rejects and texts of rejects of loads which go on to hold, a retry that makes calls of rejects, or a merge that makes one load of those of a
log that grew. Rows that were decided together share a `decision`, the ledger's version; what takes rows away stands before what
adds some. One of them names the staged files of them all.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ingest.call import Column
from ingest.lake.merged import with_merges
from ingest.position import Position
from ingest.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

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
    Column("kind", "varchar", nullable=False, meaning="load, unload, retention, retry or merge"),
    Column("parent", "varchar", nullable=True, meaning="the load whose end this one begins at"),
    Column("is_complete", "boolean", nullable=False, meaning="false where a compressed file was cut off"),
    Column("first_mark", "varchar", nullable=True, meaning="SHA-256 of the source up to its first line of data"),
    Column("second_mark", "varchar", nullable=True, meaning="the same up to its second line of data"),
    Column("marks", "varchar", nullable=False, meaning="JSON: [offset, SHA-256 before it] at intervals"),
    Column("resume", "varchar", nullable=False, meaning="JSON: what reading on from end_byte has to know"),
    Column("unloaded", "varchar", nullable=False, meaning="JSON: the loads an unload takes back"),
    Column(
        "staged",
        "varchar",
        nullable=False,
        meaning="JSON: the data files of the decision, on its first row that adds some",
    ),
    Column("removed", "varchar", nullable=True, meaning="JSON: what a retention removes of each load"),
    Column("retried", "varchar", nullable=True, meaning="JSON: what a retry makes of the rejects of each load"),
    Column("merged", "varchar", nullable=True, meaning="JSON: of each load the later ones that become a part of it"),
    Column("completed", "bigint", nullable=True, meaning="the decision with the last part of a load that has some"),
    Column("inner_ends", "blob", nullable=True, meaning="where its parts ended: offset and SHA-256, packed"),
)
"""Every column of the lake's table `loads`: the public ones and what the protocol needs."""

Table: TypeAlias = Literal["calls", "rejects"]
TableName: TypeAlias = Literal["calls", "rejects", "loads"]
TABLES: tuple[TableName, ...] = ("calls", "rejects", "loads")


@dataclass(frozen=True)
class StagedFile:
    """One data file below a table's folder that a decision names. Nobody sees it before the table's commit."""

    table: Table
    path: str
    size: int
    modified_at_ms: int
    stats: str

    @property
    def name(self) -> str:
        """What its table calls it."""
        return self.path


@dataclass(frozen=True)
class Removal:
    """What a retention removes: of each load how many calls of days before `before`, and how many rejects (all it has).

    Of the loads in `texts` the rejects stay, without detail and sample. Calls and rejects of loads that are not named stay as
    they are, whatever their age.
    """

    before: dt.date
    calls: Mapping[str, int]
    rejects: Mapping[str, int]
    texts: tuple[str, ...] = ()

    @property
    def load_ids(self) -> frozenset[str]:
        """Every load of which something is removed."""
        return frozenset((*self.calls, *self.rejects, *self.texts))


@dataclass(frozen=True)
class Retried:
    """What became of a load's rejected lines that were read again: calls, ignored lines, or still rejects.

    The staged files of the retry hold these calls, and all rejects that the load has from then on.
    """

    calls: int = 0
    ignored: int = 0
    first_call: dt.datetime | None = None
    last_call: dt.datetime | None = None

    def __add__(self, other: Retried) -> Retried:
        first = [call for call in (self.first_call, other.first_call) if call is not None]
        last = [call for call in (self.last_call, other.last_call) if call is not None]
        return Retried(
            self.calls + other.calls,
            self.ignored + other.ignored,
            min(first, default=None),
            max(last, default=None),
        )


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
    kind: Literal["load", "unload", "retention", "retry", "merge"] = "load"
    parent: str | None = None
    is_complete: bool = True
    first_mark: str | None = None
    second_mark: str | None = None
    marks: tuple[Position, ...] = ()
    resume: Mapping[str, Any] = field(default_factory=dict)
    unloaded: tuple[str, ...] = ()
    staged: tuple[StagedFile, ...] = ()
    removed: Removal | None = None
    retried: Mapping[str, Retried] = field(default_factory=dict)
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each load those that become a part of it, in the order in which they follow; of a merge that is written, none."""
    completed: int | None = None
    inner_ends: bytes = b""
    """Where the parts ended that it has become of, but for the last one, each as `Position.packed`."""

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
        if self.removed is not None:
            record["removed"] = json.dumps(vars(self.removed), default=dt.date.isoformat)
        found = {load_id: vars(retried) for load_id, retried in self.retried.items()}
        record["retried"] = json.dumps(found, default=dt.datetime.isoformat) if found else None
        record["merged"] = json.dumps(dict(self.merged)) if self.merged else None
        record["inner_ends"] = self.inner_ends or None
        return record

    @classmethod
    def from_columns(cls, columns: Mapping[str, Sequence[Any]]) -> list[LedgerRow]:
        """The rows whose `to_record` stand in these columns. Columns that were added after they were decided may be missing.

        A ledger has many rows, and everybody who loads reads them all, so they are made the quick way.
        """
        missing = [None] * len(columns["load_id"])
        decoded = [
            [_DECODED[name]("[]" if text is None else text) for text in columns.get(name, missing)]
            if name in _DECODED
            else columns.get(name, missing)
            for name in _NAMES
        ]
        rows = []
        for values in zip(*decoded, strict=True):
            row = cls.__new__(cls)
            row.__dict__.update(zip(_NAMES, values, strict=True))
            rows.append(row)
        return rows


def _marks(text: str) -> tuple[Position, ...]:
    return () if text == "[]" else tuple(Position(offset, sha256) for offset, sha256 in json.loads(text))


def _load_ids(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def _staged(text: str) -> tuple[StagedFile, ...]:
    return () if text == "[]" else tuple(StagedFile(**file) for file in json.loads(text))


def _resume(text: str) -> Mapping[str, Any]:
    return dict(json.loads(text))


def removal_from(text: str | None) -> Removal | None:
    """What the ledger's column `removed` says."""
    if text in (None, "[]"):
        return None
    found = json.loads(text)
    before = dt.date.fromisoformat(found["before"])
    return Removal(before, found["calls"], found["rejects"], tuple(found.get("texts", ())))


def retried_from(text: str | None) -> Mapping[str, Retried]:
    """What the ledger's column `retried` says."""
    found = {} if text in (None, "[]") else json.loads(text)
    return {
        load_id: Retried(one["calls"], one["ignored"], _instant(one["first_call"]), _instant(one["last_call"]))
        for load_id, one in found.items()
    }


def _inner_ends(ends: bytes | str) -> bytes:
    return ends if isinstance(ends, bytes) else b""


def _merged(text: str | None) -> Mapping[str, tuple[str, ...]]:
    return {} if text in (None, "[]") else {first: tuple(parts) for first, parts in json.loads(text).items()}


def _instant(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


_NAMES = tuple(column.name for column in LEDGER_COLUMNS)
_DECODED: Mapping[str, Callable[[Any], Any]] = {
    "marks": _marks,
    "resume": _resume,
    "unloaded": _load_ids,
    "staged": _staged,
    "removed": removal_from,
    "retried": retried_from,
    "merged": _merged,
    "inner_ends": _inner_ends,
}
"""The columns that are kept as JSON or packed, and how they are read."""


def new_load_id() -> str:
    """A random name for a load, or for another decision: 16 hexadecimal digits."""
    return secrets.token_hex(8)


def own_decision(
    kind: Literal["unload", "retention", "retry", "merge"],
    *,
    now: dt.datetime,
    about: str = "",
    load_id: str | None = None,
    unloaded: Sequence[str] = (),
    removed: Removal | None = None,
    retried: Mapping[str, Retried] = MappingProxyType({}),
    merged: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> LedgerRow:
    """A decision about loads that are there, and about no source: taken back, grown old, read again, or become one.

    `about` is what somebody asked for, as it is stored; the decision gets a random name where it has none yet.
    """
    return LedgerRow(
        load_id=load_id or new_load_id(),
        source=about,
        stream="",
        log_format="",
        loaded_at=now,
        version=VERSION,
        kind=kind,
        unloaded=tuple(unloaded),
        removed=removed,
        retried=retried,
        merged=merged,
    )


@dataclass(frozen=True)
class Ledger:
    """Every decision up to `version`, in order. An unload hides what it took back, and a merge what became a part.

    `rows` are the decisions as they were made, and `merged_rows` the same as if loads that became one had been one ever since.
    """

    version: int
    rows: tuple[LedgerRow, ...]

    @cached_property
    def merged_rows(self) -> tuple[LedgerRow, ...]:
        """The decisions, said of whole loads."""
        return with_merges(self.rows)

    @property
    def written_merges(self) -> int:
        """The last decision before which loads are written as one: how the ledger was before it nobody can tell."""
        return written_merges((row.decision, row.kind, bool(row.merged)) for row in self.rows)

    def loads(self) -> tuple[LedgerRow, ...]:
        """The loads that hold: decided and not taken back since."""
        return self._loads

    def until(self, version: int) -> Ledger:
        """The ledger as it was at that version."""
        return self if version >= self.version else Ledger(version, self.rows[: self._place_behind(version)])

    def after(self, version: int) -> tuple[LedgerRow, ...]:
        """What was decided since that version."""
        return self.rows[self._place_behind(version) :]

    def removed(self) -> dict[str, tuple[int, int]]:
        """Of each load that holds and of which something was removed since: how many calls, and how many rejects."""
        return removed_from([row.removed for row in self.merged_rows], {row.load_id for row in self.loads()})

    def held(self) -> dict[str, tuple[int, int]]:
        """Of each load that holds how many calls and rejects the lake has now, whatever was removed or retried since."""
        removed, retried = self.removed(), sum_of_retries(row.retried for row in self.merged_rows)
        held = {}
        for row in self.loads():
            calls, rejects = removed.get(row.load_id, (0, 0))
            again = retried.get(row.load_id, Retried())
            held[row.load_id] = row.calls + again.calls - calls, row.rejects - again.calls - again.ignored - rejects
        return held

    def without_texts(self) -> set[str]:
        """The loads that hold and whose rejects have no detail and no sample any more: none of their parts came afterwards."""
        completed = {row.load_id: row.completed or row.decision for row in self.loads()}
        return {
            load_id
            for row in self.merged_rows
            if row.removed is not None
            for load_id in row.removed.texts
            if load_id in completed and row.decision > completed[load_id]
        }

    def grown_from(self, load_ids: Iterable[str]) -> tuple[str, ...]:
        """The given loads and all that hold and grew from them, directly or not, in the ledger's order."""
        family = set(load_ids)
        # A load is decided after its parent, so one pass in order finds every generation.
        for row in self.loads():
            if row.parent in family:
                family.add(row.load_id)
        return tuple(row.load_id for row in self.loads() if row.load_id in family)

    @cached_property
    def _loads(self) -> tuple[LedgerRow, ...]:
        gone = {load_id for row in self.merged_rows for load_id in row.unloaded}
        return tuple(row for row in self.merged_rows if row.kind == "load" and row.load_id not in gone)

    def _place_behind(self, version: int) -> int:
        return bisect_right(self.rows, version, key=lambda row: row.decision)


def written_merges(rows: Iterable[tuple[int, str, bool]]) -> int:
    """The last of these decisions that is a merge and no longer says of which loads; 0 where there is none."""
    return max((decision for decision, kind, says in rows if kind == "merge" and not says), default=0)


def removed_from(removals: Iterable[Removal | None], load_ids: Container[str]) -> dict[str, tuple[int, int]]:
    """How many calls and rejects these retentions removed from each of these loads, where they removed any."""
    removed: dict[str, tuple[int, int]] = {}
    for removal in removals:
        if removal is None:
            continue
        for load_id in removal.calls.keys() | removal.rejects.keys():
            if load_id in load_ids:
                calls, rejects = removed.get(load_id, (0, 0))
                calls += removal.calls.get(load_id, 0)
                removed[load_id] = calls, rejects + removal.rejects.get(load_id, 0)
    return removed


def sum_of_retries(retries: Iterable[Mapping[str, Retried]]) -> dict[str, Retried]:
    """What all these retries made of each load's rejects."""
    retried: dict[str, Retried] = {}
    for retry in retries:
        for load_id, one in retry.items():
            retried[load_id] = retried.get(load_id, Retried()) + one
    return retried


def staged_files(rows: Sequence[LedgerRow], table: Table) -> tuple[StagedFile, ...]:
    """The data files that these decisions add to the table."""
    return tuple(file for row in rows for file in row.staged if file.table == table)
