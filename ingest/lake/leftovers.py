"""Files below a lake that no table holds: those of interrupted work, and those whose rows were rewritten."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.lake.checkpoints import removed_since
from ingest.lake.data_file import TABLES, data_files
from ingest.lake.sums.building import sum_tables
from ingest.lake.tables import reached

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ingest.lake.data_file import AnyTable
    from ingest.lake.lake import Lake
    from ingest.lake.sums.sealed_days import SealedDays

LEFTOVER_AGE = dt.timedelta(days=1)
"""A younger file may belong to a process that is still loading."""

REMOVED_AGE = dt.timedelta(days=7)
"""A reader keeps the list of files that it began with: an open page, a shell, another engine. After a week it must have ended.

Delta itself waits as long by default, so other engines that read the lake do not expect more, and checkpoints name these files as long.
"""

_DATA_FILE = re.compile(r"[^.].*\.parquet(#\d+)?")
_UNFINISHED = re.compile(r".*\.tmp(#\d+)?")


@dataclass(frozen=True)
class Leftover:
    """A file that is not needed, or soon will not be; or a folder that was meant to become a table and did not."""

    path: Path
    size: int
    modified_at: dt.datetime


def unheld(lake: Lake) -> list[Leftover]:
    """Every file below the lake that no table holds and no decision waits for, whatever its age.

    The files of a process that is loading at this moment are among them.
    """
    # The disk is listed before the ledger and the tables are read: a file that is decided or added meanwhile is found in them.
    tables: tuple[AnyTable, ...] = (*TABLES, *sum_tables(lake))
    found = {name: list(_files(lake.path / name, _DATA_FILE)) for name in tables}
    sealed = [file for folder in _sealed(lake.path) for file in _files(folder, _DATA_FILE)]
    unfinished = [
        file
        for folder in (lake.path, *_folders_of_tables(lake.path, tables), *_beside(lake.path), *_sealed(lake.path))
        for file in _files(folder, _UNFINISHED)
    ]
    unfinished += _folders(lake.path, _UNFINISHED)
    _, ledger = lake.ledger()
    left: list[Leftover] = []
    for name in tables:
        table = lake.open(name)
        needed = {file.path for file in data_files(table, lake.path / name)}
        if name in ("calls", "rejects"):
            needed.update(lake.staged_by(ledger.after(reached(table))))
        left += [file for file in found[name] if file.path not in needed]
    # A reader may still see the calls as they were before the last retentions.
    followed = ledger.until(reached(lake.open("calls")))
    standing = _sealed_files(lake.path, (*ledger.sealed(), *followed.sealed()))
    left += [file for file in sealed if file.path not in standing]
    return left + unfinished


def leftovers(lake: Lake, *, now: dt.datetime) -> list[Leftover]:
    """The files that can be removed: older than a day, and in no table for a week."""
    old = [file for file in unheld(lake) if file.modified_at < now - LEFTOVER_AGE]
    if not old:
        return []
    protected: set[Path] = set()
    for folder in (lake.path / name for name in (*TABLES, *sum_tables(lake))):
        try:
            protected |= removed_since(folder, now - REMOVED_AGE)
        except OSError:  # a part of the table's log is damaged, which `verify` says: until it is mended, nothing goes
            protected |= {file.path for file in old if file.path.parent == folder}
    _, ledger = lake.ledger()
    protected |= _sealed_files(lake.path, ledger.unsealed_since(now - REMOVED_AGE))
    return [file for file in old if file.path not in protected]


def remove(files: list[Leftover]) -> list[Leftover]:
    """Remove these files, except those that another process has touched meanwhile. Returns what was removed."""
    removed = []
    for file in files:
        try:
            if file.path.is_dir():
                shutil.rmtree(file.path)
            elif _modified_at(file.path) == file.modified_at:
                file.path.unlink()
            else:
                continue
            removed.append(file)
        except OSError:  # another process has removed it, or it cannot be removed and stays a leftover
            continue
    return removed


def _files(folder: Path, pattern: re.Pattern[str]) -> Iterator[Leftover]:
    for path in folder.iterdir():
        if pattern.fullmatch(path.name) and path.is_file() and not path.is_symlink():
            yield Leftover(path, path.stat().st_size, _modified_at(path))


def _folders(folder: Path, pattern: re.Pattern[str]) -> Iterator[Leftover]:
    for path in folder.iterdir():
        if pattern.fullmatch(path.name) and path.is_dir() and not path.is_symlink():
            files = [file for file in path.rglob("*") if file.is_file()]
            yield Leftover(path, sum(file.stat().st_size for file in files), _modified_at(path))


def _folders_of_tables(lake: Path, tables: Iterable[AnyTable]) -> list[Path]:
    return [folder for name in tables for folder in (lake / name, lake / name / "_delta_log")]


def _sealed(lake: Path) -> list[Path]:
    """The folders of sealed sums and of their tables' logs, where there are any."""
    return sorted(
        folder for pattern in ("sealed/*", "sealed/*/_delta_log") for folder in lake.glob(pattern) if folder.is_dir()
    )


def _sealed_files(lake: Path, days: Iterable[SealedDays]) -> set[Path]:
    return {lake / file.table / file.path for one in days for file in one.files}


def _beside(lake: Path) -> list[Path]:
    """The folders of small files beside the tables, where there are any."""
    return [
        folder
        for folder in (lake / name for name in ("stream_ends", "acknowledged", "followers", "sums", "alerts"))
        if folder.is_dir()
    ]


def _modified_at(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
