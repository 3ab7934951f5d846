"""Sealed days: what their calls added up to is kept, and the calls are gone.

    sealed/daily_calls/5a0c6a4d1b2e8f73-9f86d081884c7d659a2feaa0c55ad015.parquet

A retention adds up the calls that it removes before it is decided, and its row of the ledger names the files. So the calls leave and the
sums take their place at one moment: when `calls` follows that decision. Other sums can be built again, and stand for calls that are
there. These cannot: they are truth, as calls are, and each decision says how many calls of which day they hold.

Sums of parts are added up in any order. So a line that arrives late for a sealed day is a call like any other, counted beside
the sealed ones, until the next retention seals it as well.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ingest.lake.data_file import StagedFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ingest.lake.sums.kinds import Kind


@dataclass(frozen=True)
class SealedDays:
    """Sums of calls of some days of one month: one file of each kind. `calls` says how many calls of each day they add up."""

    name: str
    calls: Mapping[dt.date, int]
    files: tuple[StagedFile, ...]

    @property
    def first_day(self) -> dt.date:
        """The first of these days."""
        return min(self.calls)

    @property
    def last_day(self) -> dt.date:
        """The last of these days."""
        return max(self.calls)

    def file(self, kind: Kind) -> StagedFile | None:
        """The file with one kind of sums; None where this kind was not known when the days were sealed."""
        return next((file for file in self.files if file.table == kind.sealed_table), None)

    def to_record(self) -> dict[str, Any]:
        """Plain values, as the ledger keeps them in JSON."""
        calls = {day.isoformat(): calls for day, calls in self.calls.items()}
        return {"name": self.name, "calls": calls, "files": [vars(file) for file in self.files]}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> SealedDays:
        """What `to_record` gave."""
        calls = {dt.date.fromisoformat(day): calls for day, calls in record["calls"].items()}
        return cls(record["name"], calls, tuple(StagedFile(**file) for file in record["files"]))


def standing(changes: Iterable[tuple[Sequence[SealedDays], Sequence[str]]]) -> tuple[SealedDays, ...]:
    """The sealed days after these decisions, in order: each says what it seals, and the names of what no longer stands."""
    found: dict[str, SealedDays] = {}
    for sealed, gone in changes:
        for name in gone:
            found.pop(name, None)
        found |= {one.name: one for one in sealed}
    return tuple(found.values())


@dataclass(frozen=True)
class Sealed:
    """The sealed days of a lake at one version."""

    lake: Path | None = None
    days: tuple[SealedDays, ...] = ()

    def files(self, kind: Kind, *, since: dt.date | None = None, until: dt.date | None = None) -> tuple[Path, ...]:
        """The files of one kind of sums that may hold something of this period."""
        within = (
            one
            for one in self.days
            if (since is None or one.last_day >= since) and (until is None or one.first_day < until)
        )
        return tuple(path for one in within if (path := self.path(one, kind)) is not None)

    def every_file(self) -> tuple[tuple[Path, int], ...]:
        """All files, with their sizes."""
        return tuple(file for one in self.days for file in self.files_of(one))

    def files_of(self, days: SealedDays) -> tuple[tuple[Path, int], ...]:
        """The files of some of these days, with their sizes."""
        return tuple((self._path(file), file.size) for file in days.files)

    def path(self, days: SealedDays, kind: Kind) -> Path | None:
        """The file of some of these days with one kind of sums; None where this kind was not known when they were sealed."""
        file = days.file(kind)
        return None if file is None else self._path(file)

    @property
    def calls(self) -> int:
        """How many calls they add up."""
        return sum(sum(one.calls.values()) for one in self.days)

    @property
    def period(self) -> tuple[dt.date, dt.date] | None:
        """Since and until of the sealed days; None without any."""
        if not self.days:
            return None
        last = max(one.last_day for one in self.days)
        return min(one.first_day for one in self.days), last + dt.timedelta(days=1)

    def _path(self, file: StagedFile) -> Path:
        assert self.lake is not None, "only a lake has sealed days"
        return self.lake / file.table / file.path


NOTHING_SEALED: Final = Sealed()


def rows_of(file: StagedFile) -> int:
    """How many rows of sums a file has."""
    return int(json.loads(file.stats)["numRecords"])
