"""Lakes to maintain, with small files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import ingest
from ingest import Lake
from ingest.lake.compaction import FileSizes
from tests.ingest.lakes import calls, load
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from ingest import MaintenanceReport

LATER = NOW + dt.timedelta(days=2)
KEPT: dict[str, Any] = {"keep_calls": 32, "keep_rejects": 1}
"""With these, on that day, the calls of September and the texts of the rejects of all loads so far are removed."""

DAY = 86_400
"""Seconds; a line's number is its time in seconds since 2026-09-30 23:50 in Amsterdam."""


def loaded_lake(folder: Path, *contents: bytes) -> Path:
    """A lake with a load of each of these contents."""
    for number, content in enumerate(contents):
        path = folder / f"{number}.log"
        path.write_bytes(content)
        load(folder / "lake", path)
    return folder / "lake"


def sorted_calls(lake: Path) -> list[str]:
    return sorted(repr(call) for call in calls(lake))


def file_counts(lake: Path) -> tuple[int, int, int]:
    snapshot, (table, _) = Lake(lake).snapshot(), Lake(lake).ledger()
    return len(snapshot.calls), len(snapshot.rejects), len(table.file_uris())


SMALL_FILES = FileSizes(file_rows=20, small_rows=8)


def maintain(lake: Path, *, sizes: FileSizes = SMALL_FILES, **asked: Any) -> MaintenanceReport:
    """Maintain a lake, with data files of few rows, so that few rows make many of them."""
    return ingest.maintain(lake, sizes=sizes, **asked)
