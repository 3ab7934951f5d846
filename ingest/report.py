"""What ingest tells its caller: options in, reports out. Printing is somebody else's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """How the operator says a source has to be read, where its content does not say it."""

    log_format: str | None = None
    layout: str | None = None
    dialect: Path | str | None = None
    """The file of a user's own dialect, or the name of one that is known."""
    stream: str | None = None
    host: str | None = None
    time_zone: str | None = None
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class SourceReport:
    """What became of one source in one run. An unchanged source has 0 in all counts."""

    source: str
    stream: str
    log_format: str | None = None
    status: Literal["loaded", "unchanged", "failed"]
    lines: int = 0
    calls: int = 0
    rejects: int = 0
    ignored: int = 0
    left: int = 0
    error: str | None = None
    unread_columns: tuple[str, ...] = ()
    """The columns, or fields, of what was loaded that nobody reads."""
    known_since: dt.datetime | None = None
    """When an unchanged source was loaded."""


@dataclass(frozen=True)
class IngestReport:
    """What became of every source, in the order in which they were given."""

    sources: tuple[SourceReport, ...]
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What is as it should be in most logs: columns that nobody reads."""


@dataclass(frozen=True, kw_only=True)
class RetriedSource:
    """What became of the rejected lines of one source: so many were read again, are calls, still rejects or ignored now.

    Of an unchanged source every line is what it was.
    """

    source: str
    status: Literal["retried", "unchanged", "failed"]
    lines: int = 0
    calls: int = 0
    rejects: int = 0
    ignored: int = 0
    error: str | None = None


@dataclass(frozen=True)
class RetryReport:
    """What became of every source whose rejects were read again, in the order in which they were given."""

    sources: tuple[RetriedSource, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnloadReport:
    """What was taken back: loads, and the calls and rejects that the lake had of them."""

    loads: int
    calls: int
    rejects: int


class Reject(BaseModel):
    """One line that is no call, as `inspect` shows it."""

    model_config = ConfigDict(frozen=True)

    line_number: int
    byte_offset: int
    reason: str
    detail: str | None
    sample: str | None


class Inspection(BaseModel):
    """What a file would become. Nothing was written."""

    model_config = ConfigDict(frozen=True)

    log_format: str
    dialect: str | None
    lines: int
    calls: list[Any]
    rejects: list[Reject]
    unread_columns: tuple[str, ...]
    """The columns, or fields, of the lines that were read that nobody reads."""
    warnings: tuple[str, ...] = Field(exclude=True)
    """What `ingest` would warn of, as far as the lines that were read show it. It is said on standard error, so it is no part of
    the document."""
    notes: tuple[str, ...] = Field(default=(), exclude=True)
    """The same of what is as it should be in most logs."""


class Check(BaseModel):
    """One invariant of the lake, and what was found."""

    model_config = ConfigDict(frozen=True)

    name: str
    ok: bool
    detail: str


class Verification(BaseModel):
    """Every invariant that was checked."""

    model_config = ConfigDict(frozen=True)

    ok: bool
    checks: tuple[Check, ...]


class TableFiles(BaseModel):
    """How many data files one of the lake's tables had before and after it was maintained, and their size."""

    model_config = ConfigDict(frozen=True)

    table: str
    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int


class MaintenanceReport(BaseModel):
    """What `maintain` did.

    `rolled_forward` counts decisions that somebody had not completed. `texts_removed` are rejects
    that stay without detail and sample. `loads_merged` are loads of growing logs that became a part of the one before them. `postponed` names the tables that were too busy to
    be compacted to the end. `leftovers_removed` are files that no table holds, and their size.
    """

    model_config = ConfigDict(frozen=True)

    lake: str
    rolled_forward: int
    calls_removed: int
    rejects_removed: int
    texts_removed: int
    loads_merged: int
    tables: tuple[TableFiles, ...]
    postponed: tuple[str, ...]
    leftovers_removed: int
    leftover_bytes: int


class DamagedFile(BaseModel):
    """A file of the lake that is not as it was written."""

    model_config = ConfigDict(frozen=True)

    file: str
    damage: str


class LostLoad(BaseModel):
    """A load that misses rows because data files are damaged or gone, or grew from one that does."""

    model_config = ConfigDict(frozen=True)

    load_id: str
    source: str
    stream: str
    calls: int
    rejects: int
    loaded_at: dt.datetime
    is_there: bool = Field(description="whether its log is still where it was, on this machine")


class RepairReport(BaseModel):
    """What is damaged in a lake, and which loads have to be loaded again; `is_sound` when no damage is left."""

    model_config = ConfigDict(frozen=True)

    lake: str
    is_sound: bool
    damaged: tuple[DamagedFile, ...]
    loads: tuple[LostLoad, ...]


class CopyReport(BaseModel):
    """What was copied of a lake, and where to."""

    model_config = ConfigDict(frozen=True)

    lake: str
    target: str
    version: int
    files: int
    bytes: int


class RejectCount(BaseModel):
    """How many lines are in quarantine for one reason."""

    model_config = ConfigDict(frozen=True)

    reason: str
    lines: int


class StreamStatus(BaseModel):
    """How far one stream has come."""

    model_config = ConfigDict(frozen=True)

    stream: str
    loads: int
    calls: int
    days: int
    first_call: dt.datetime | None
    last_call: dt.datetime | None
    loaded_at: dt.datetime
    load_age_seconds: int
    call_age_seconds: int | None = Field(description="time since the last call")


class SkippedSource(BaseModel):
    """A file that whoever follows its folder does not load, and why."""

    model_config = ConfigDict(frozen=True)

    source: str
    why: str
    since: dt.datetime
    is_tried_again: bool = Field(description="whether it is tried again although the file stays as it is")


class FollowerStatus(BaseModel):
    """One process that follows folders, or did.

    `state`: `following`; `waiting` for what `waiting_for` says; `died` where its process is gone without having been told to
    stop; `silent` where nothing has been heard of it for long, on another machine perhaps.
    """

    model_config = ConfigDict(frozen=True)

    follower: str
    folders: tuple[str, ...]
    state: Literal["following", "waiting", "died", "silent"]
    waiting_for: str | None
    started_at: dt.datetime
    seen_at: dt.datetime
    seen_age_seconds: int = Field(description="time since it was last heard of")
    skipped: int


class LakeStatus(BaseModel):
    """What is in the lake and how fresh it is."""

    model_config = ConfigDict(frozen=True)

    lake: str
    time_zone: str
    version: int
    loads: int
    sources: int
    lines: int
    calls: int
    rejects: int
    ignored: int
    first_day: dt.date | None
    last_day: dt.date | None
    days: int
    days_without_calls: int
    first_call: dt.datetime | None
    last_call: dt.datetime | None
    loaded_at: dt.datetime | None
    load_age_seconds: int | None = Field(description="time since the last load")
    call_age_seconds: int | None = Field(description="time since the last call")
    data_bytes: int
    rejects_by_reason: tuple[RejectCount, ...]
    streams: tuple[StreamStatus, ...]
    followers: tuple[FollowerStatus, ...] = ()
    skipped: tuple[SkippedSource, ...] = Field(default=(), description="what the followers do not load")


class Progress(Protocol):
    """Whoever wants to show how far a load is."""

    def start(self, total_bytes: int | None) -> None:
        """Before the first source; None when the size is not known."""

    def advance(self, source: str, bytes_read: int, lines: int) -> None:
        """So many more bytes of the file, and lines, were read."""

    def finish(self) -> None:
        """After the last source."""
