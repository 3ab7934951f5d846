"""The options that the functions of `ingest` take, and the reports that they return. The command line prints them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """The operator's statements about how to read a source, for everything that its content does not tell."""

    log_format: str | None = None
    layout: str | None = None
    dialect: Path | str | None = None
    """The file of a user's own dialect, or the name of a known one."""
    stream: str | None = None
    host: str | None = None
    time_zone: str | None = None
    final: bool = False


@dataclass(frozen=True, kw_only=True)
class SourceReport:
    """The result for one source in one run. An unchanged source has 0 in all counts."""

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
    """The columns, or fields, of the loaded lines that koppelzicht does not read."""
    known_since: dt.datetime | None = None
    """When an unchanged source was loaded."""


@dataclass(frozen=True)
class IngestReport:
    """The results for all sources, in the order in which they were given."""

    sources: tuple[SourceReport, ...]
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """Remarks about something that is normal in most logs: columns that koppelzicht does not read."""


@dataclass(frozen=True, kw_only=True)
class RetriedSource:
    """The result for the rejected lines of one source: how many were read again, and are now calls, still rejects, or ignored.

    In an unchanged source every line is what it was.
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
    """The results for all sources whose rejects were read again, in the order in which they were given."""

    sources: tuple[RetriedSource, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnloadReport:
    """How many loads were taken back, with how many calls and rejects."""

    loads: int
    calls: int
    rejects: int


class Reject(BaseModel):
    """One rejected line, as `inspect` shows it."""

    model_config = ConfigDict(frozen=True)

    line_number: int
    byte_offset: int
    reason: str
    detail: str | None
    sample: str | None


class Inspection(BaseModel):
    """What `ingest` would make of a file. Nothing was written."""

    model_config = ConfigDict(frozen=True)

    log_format: str
    dialect: str | None
    lines: int
    calls: list[Any]
    rejects: list[Reject]
    unread_columns: tuple[str, ...]
    """The columns, or fields, that koppelzicht does not read."""
    warnings: tuple[str, ...] = Field(exclude=True)
    """The warnings that `ingest` would give, as far as the inspected lines show them. They are printed on standard error, so they
    are no part of the document."""
    notes: tuple[str, ...] = Field(default=(), exclude=True)
    """Remarks about something that is normal in most logs, printed in the same place."""


class Check(BaseModel):
    """One invariant of the lake, and what the check found."""

    model_config = ConfigDict(frozen=True)

    name: str
    ok: bool
    detail: str


class Verification(BaseModel):
    """All invariants that were checked."""

    model_config = ConfigDict(frozen=True)

    ok: bool
    checks: tuple[Check, ...]


class TableFiles(BaseModel):
    """How many data files a table had before and after maintenance, and their size."""

    model_config = ConfigDict(frozen=True)

    table: str
    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int


class SumFiles(BaseModel):
    """How large one kind of sums is."""

    model_config = ConfigDict(frozen=True)

    table: str
    files: int
    rows: int
    bytes: int


class MaintenanceReport(BaseModel):
    """What `maintain` did.

    `rolled_forward` counts decisions that another process had not completed. `calls_sealed` counts those of the removed calls whose sums
    stay, `sums_removed` the calls whose sums were removed. `texts_removed` counts rejects that stay without
    detail and sample. `loads_merged` counts loads of growing logs that were merged into the load before them. `sums` are those that
    the lake has afterwards. `postponed` names tables that were too busy to be compacted, or added up, completely. `leftovers_removed` counts files that no table holds.
    """

    model_config = ConfigDict(frozen=True)

    lake: str
    rolled_forward: int
    calls_removed: int
    calls_sealed: int
    sums_removed: int
    rejects_removed: int
    texts_removed: int
    loads_merged: int
    tables: tuple[TableFiles, ...]
    sums: tuple[SumFiles, ...]
    postponed: tuple[str, ...]
    leftovers_removed: int
    leftover_bytes: int


class DamagedFile(BaseModel):
    """A file of the lake that has changed since it was written."""

    model_config = ConfigDict(frozen=True)

    file: str
    damage: str


class LostLoad(BaseModel):
    """A load that has lost rows because data files are damaged or missing, or that grew from such a load."""

    model_config = ConfigDict(frozen=True)

    load_id: str
    source: str
    stream: str
    calls: int
    rejects: int
    loaded_at: dt.datetime
    is_there: bool = Field(description="whether its log is still where it was, on this machine")


class RepairReport(BaseModel):
    """The damage in a lake, and the loads to load again. `is_sound` if no damage is left.

    `lost_days` are sealed days whose sums are damaged. No log brings them back. `lost_calls` is the number of calls that they added up.
    """

    model_config = ConfigDict(frozen=True)

    lake: str
    is_sound: bool
    damaged: tuple[DamagedFile, ...]
    loads: tuple[LostLoad, ...]
    lost_days: tuple[dt.date, ...] = ()
    lost_calls: int = 0


class CopyReport(BaseModel):
    """What was copied from a lake, and where to."""

    model_config = ConfigDict(frozen=True)

    lake: str
    target: str
    version: int
    files: int
    bytes: int


class RejectCount(BaseModel):
    """How many lines were rejected for one reason."""

    model_config = ConfigDict(frozen=True)

    reason: str
    lines: int


class StreamStatus(BaseModel):
    """The loaded logs of one stream, and their freshness."""

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
    """A file that a follower of its folder does not load, and why."""

    model_config = ConfigDict(frozen=True)

    source: str
    why: str
    since: dt.datetime
    is_tried_again: bool = Field(description="whether it is tried again although the file stays as it is")


class FollowerStatus(BaseModel):
    """One process that follows folders, or did.

    `state`: `following`; `waiting` for what `waiting_for` says; `died` when its process has ended without being told to stop;
    `silent` when it has not reported for a long time, perhaps on another machine.
    """

    model_config = ConfigDict(frozen=True)

    follower: str
    folders: tuple[str, ...]
    state: Literal["following", "waiting", "died", "silent"]
    waiting_for: str | None
    started_at: dt.datetime
    seen_at: dt.datetime
    seen_age_seconds: int = Field(description="time since it last reported")
    skipped: int


class DayRange(BaseModel):
    """Days in a row: since and until, half-open."""

    model_config = ConfigDict(frozen=True)

    since: dt.date
    until: dt.date


class LakeStatus(BaseModel):
    """The contents of the lake, and their freshness."""

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
    calls_since: dt.date | None = Field(
        default=None, description="calls of earlier days were removed; null where none ever was"
    )
    sums_since: dt.date | None = Field(
        default=None, description="the first day whose calls are gone and whose sums are kept; null without such a day"
    )
    sealed_calls: int = Field(default=0, description="calls that are gone and whose sums are kept")
    sealed_bytes: int = Field(default=0, description="size of these sums")
    sums_bytes: int = Field(default=0, description="size of the sums of calls; 0 where there are none")
    rejects_by_reason: tuple[RejectCount, ...]
    streams: tuple[StreamStatus, ...]
    followers: tuple[FollowerStatus, ...] = ()
    skipped: tuple[SkippedSource, ...] = Field(default=(), description="files that the followers do not load")
    unsummed: tuple[DayRange, ...] = Field(
        default=(), description="in a lake with sums, the days that are answered from calls, at least in part"
    )


class Progress(Protocol):
    """Something that shows how far a load has come."""

    def start(self, total_bytes: int | None) -> None:
        """Called before the first source; None when the size is not known."""

    def advance(self, source: str, bytes_read: int, lines: int) -> None:
        """Called when this many more bytes and lines of the source were read."""

    def finish(self) -> None:
        """Called after the last source."""
