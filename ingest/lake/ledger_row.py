"""One row of the ledger: one decision about one source, or about loads that are there.

A decision is a load of one source, an unload that takes loads back, a retention that removes old calls, rejects and texts of
rejects, a retry that makes calls of rejects, or a merge that makes one load of several. The table `loads` keeps every row for
ever, because the ledger is what recognises content: a load that it forgot would be loaded twice.

What a row remembers, and why:

    decision                    the ledger's version. Rows that were decided together share it
    staged                      the data files of the decision. Whoever comes after a crash adds them to the tables
    content_sha256, end_byte    where the source ended, so that the same content is recognised under any name
    first_mark, second_mark     by these two hashes the loads are found that begin like a source
    marks                       hashes on the way, so that a source that departs from a load in its middle is noticed
    inner_ends                  where the parts ended that a merged load was made of
    parent                      the load that this one continues. Taking that one back takes this one back, too
    resume                      what reading on needs from the lines before: headers, the line number, the dialect
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from dataclasses import MISSING, dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from ingest.call import Column
from ingest.lake.data_file import StagedFile
from ingest.lake.sums.sealed_days import SealedDays
from ingest.position import Position
from ingest.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LOAD_COLUMNS = (
    Column("load_id", "varchar", nullable=False, meaning="random name of the load"),
    Column("source", "varchar", nullable=False, meaning="the name of the file or stream at that time"),
    Column("stream", "varchar", nullable=False, meaning="where the source comes from"),
    Column("log_format", "varchar", nullable=False, meaning="the format by which it was read"),
    Column("dialect", "varchar", nullable=True, meaning="the product whose field names it has, or its layout"),
    Column("start_byte", "bigint", nullable=False, meaning="first decompressed byte of the load"),
    Column("end_byte", "bigint", nullable=False, meaning="the byte after its last one"),
    Column("content_sha256", "varchar", nullable=False, meaning="SHA-256 of the source's bytes before end_byte"),
    Column("lines", "bigint", nullable=False, meaning="lines read: calls + rejects + ignored"),
    Column("calls", "bigint", nullable=False, meaning="lines that became calls"),
    Column("rejects", "bigint", nullable=False, meaning="lines that were rejected"),
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
    Column(
        "resume", "varchar", nullable=False, meaning="JSON: what reading on from end_byte needs from the lines before"
    ),
    Column("unloaded", "varchar", nullable=False, meaning="JSON: the loads an unload takes back"),
    Column(
        "staged",
        "varchar",
        nullable=False,
        meaning="JSON: the data files of the decision, on its first row that adds some",
    ),
    Column(
        "removed",
        "varchar",
        nullable=True,
        meaning="JSON: what a retention removes from each load, and the sums that it seals",
    ),
    Column("retried", "varchar", nullable=True, meaning="JSON: how many rejects of each load a retry has changed"),
    Column("merged", "varchar", nullable=True, meaning="JSON: for each merged load its later parts"),
    Column("completed", "bigint", nullable=True, meaning="the decision with the last part of a merged load"),
    Column(
        "inner_ends",
        "blob",
        nullable=True,
        meaning="where the parts of a merged load ended: offset and SHA-256, packed",
    ),
)
"""Every column of the lake's table `loads`: the public ones and what the protocol needs."""


@dataclass(frozen=True)
class Removal:
    """The rows that a retention removes from each load: the number of its calls of days before `before`, and of its rejects (all of them).

    The rejects of the loads in `texts` stay, without detail and sample. Loads that are not named lose nothing, whatever their age. So
    exactly the rows that were counted and decided are removed, and none that others load in the meantime.

    `sealed` holds the sums of these calls, which stay. `unsealed` names sealed days that no longer stand, because they became part of
    others, are too old, or are damaged.
    """

    before: dt.date
    calls: Mapping[str, int]
    rejects: Mapping[str, int]
    texts: tuple[str, ...] = ()
    sealed: tuple[SealedDays, ...] = ()
    unsealed: tuple[str, ...] = ()

    @property
    def load_ids(self) -> frozenset[str]:
        """Every load that loses something."""
        return frozenset((*self.calls, *self.rejects, *self.texts))

    @property
    def calls_since(self) -> dt.date | None:
        """The first day after the days that have lost calls; None if it removes none.

        Sealed days are the last ones with removed calls. `before` may lie years after them, where somebody named a wrong day: calls
        that come later are all there. If nothing was sealed, the ledger does not tell which days had calls.
        """
        if not self.calls:
            return None
        last_day = max((one.last_day for one in self.sealed), default=None)
        return self.before if last_day is None else last_day + dt.timedelta(days=1)

    def to_json(self) -> str:
        """As the ledger keeps it; `removal_from` reads it."""
        sealed = [one.to_record() for one in self.sealed]
        return json.dumps({**vars(self), "sealed": sealed}, default=dt.date.isoformat)


@dataclass(frozen=True)
class Retried:
    """How many of a load's rejected lines became calls or ignored lines in a retry. The others are still rejects.

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
    """For each merged load its later parts, in their order; empty once the ledger is written with the merged loads."""
    completed: int | None = None
    inner_ends: bytes = b""
    """Where the parts of a merged load ended, except the last one, each as `Position.packed`."""

    @property
    def end(self) -> Position:
        """Where this load ends, and the next load of the same source begins."""
        return Position(self.end_byte, self.content_sha256)

    def to_record(self) -> dict[str, Any]:
        """The row as plain values, one for each column of LEDGER_COLUMNS."""
        record = {column.name: getattr(self, column.name) for column in LEDGER_COLUMNS}
        record["marks"] = json.dumps([[mark.offset, mark.sha256] for mark in self.marks])
        record["resume"] = json.dumps(dict(self.resume))
        record["unloaded"] = json.dumps(list(self.unloaded))
        record["staged"] = json.dumps([vars(file) for file in self.staged])
        if self.removed is not None:
            record["removed"] = self.removed.to_json()
        found = {load_id: vars(retried) for load_id, retried in self.retried.items()}
        record["retried"] = json.dumps(found, default=dt.datetime.isoformat) if found else None
        record["merged"] = json.dumps(dict(self.merged)) if self.merged else None
        record["inner_ends"] = self.inner_ends or None
        return record

    @classmethod
    def from_columns(cls, columns: Mapping[str, Sequence[Any]]) -> list[LedgerRow]:
        """The rows whose `to_record` stand in these columns. A column that is left out has its default in each of them.

        A ledger has many rows and every load reads all of them, so they are made without the work of `__init__`.
        """
        count = len(columns["load_id"])
        decoded = [
            [_DECODED[name](value) for value in columns[name]]
            if name in columns and name in _DECODED
            else columns.get(name, [_DEFAULTS.get(name)] * count)
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
    if text is None:
        return None
    found = json.loads(text)
    before = dt.date.fromisoformat(found["before"])
    sealed = tuple(SealedDays.from_record(one) for one in found["sealed"])
    return Removal(before, found["calls"], found["rejects"], tuple(found["texts"]), sealed, tuple(found["unsealed"]))


def retried_from(text: str | None) -> Mapping[str, Retried]:
    """What the ledger's column `retried` says."""
    found = {} if text is None else json.loads(text)
    return {
        load_id: Retried(one["calls"], one["ignored"], _instant(one["first_call"]), _instant(one["last_call"]))
        for load_id, one in found.items()
    }


def _merged(text: str | None) -> Mapping[str, tuple[str, ...]]:
    return {} if text is None else {first: tuple(parts) for first, parts in json.loads(text).items()}


def _inner_ends(ends: bytes | None) -> bytes:
    return ends or b""


def _instant(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


_NAMES = tuple(column.name for column in LEDGER_COLUMNS)
_DEFAULTS: Mapping[str, Any] = {
    one.name: MappingProxyType({}) if one.default is MISSING else one.default
    for one in fields(LedgerRow)
    if (one.default, one.default_factory) != (MISSING, MISSING)
}
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
"""The columns that hold JSON or packed bytes, and how they are read."""


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
    """A decision about loads that are there, and about no source: an unload, a retention, a retry, or a merge.

    `about` is the user's argument in its stored form. The decision gets a random name unless `load_id` is given.
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
