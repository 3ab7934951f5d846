"""Files below a lake that no table holds any more, or never did: of work that was cut off, and of rows that were rewritten."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ingest.lake.data_file import TABLES, data_files
from ingest.lake.tables import reached

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.lake.lake import Lake

LEFTOVER_AGE = dt.timedelta(days=1)
"""A younger file may belong to somebody who is still loading."""

REMOVED_AGE = dt.timedelta(days=7)
"""A reader keeps the list of files it began with: a page that stays open, a shell, another engine. After a week it is gone.

It is also what Delta itself waits by default, so other engines that read the lake rely on no less.
"""

_DATA_FILE = re.compile(r"[^.].*\.parquet(#\d+)?")
_UNFINISHED = re.compile(r".*\.tmp(#\d+)?")


@dataclass(frozen=True)
class Leftover:
    """A file that nobody needs, or soon nobody will; or a folder that was written aside and never became a table's."""

    path: Path
    size: int
    modified_at: dt.datetime


def unheld(lake: Lake) -> list[Leftover]:
    """Every file below the lake that neither a table holds nor a decision waits for, whatever its age.

    Among them those of somebody who is loading at this moment.
    """
    # What is on disk first: what is decided or added after that is not taken for a leftover.
    found = {name: list(_files(lake.path / name, _DATA_FILE)) for name in TABLES}
    unfinished = [
        file
        for folder in (lake.path, *_folders_of_tables(lake.path), *_beside(lake.path))
        for file in _files(folder, _UNFINISHED)
    ]
    unfinished += _folders(lake.path, _UNFINISHED)
    _, ledger = lake.ledger()
    left: list[Leftover] = []
    for name in TABLES:
        table = lake.open(name)
        needed = {file.path for file in data_files(table, lake.path / name)}
        if name != "loads":
            needed.update(lake.staged_by(ledger.after(reached(table))))
        left += [file for file in found[name] if file.path not in needed]
    return left + unfinished


def leftovers(lake: Lake, *, now: dt.datetime) -> list[Leftover]:
    """What can be removed: no table has held it for a week, and it is older than a day."""
    old = [file for file in unheld(lake) if file.modified_at < now - LEFTOVER_AGE]
    if not old:
        return []
    protected = {path for name in TABLES for path in _removed_since(lake.path / name, now - REMOVED_AGE)}
    return [file for file in old if file.path not in protected]


def remove(files: list[Leftover]) -> list[Leftover]:
    """Remove these files, those apart that somebody has touched meanwhile. Returns what was removed."""
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
        except OSError:  # somebody else has removed it, or it cannot be removed: a leftover, then
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


def _folders_of_tables(lake: Path) -> list[Path]:
    return [folder for name in TABLES for folder in (lake / name, lake / name / "_delta_log")]


def _beside(lake: Path) -> list[Path]:
    """The folders of small files beside the tables, where there are any."""
    return [folder for folder in (lake / "stream_ends", lake / "followers") if folder.is_dir()]


def _modified_at(path: Path) -> dt.datetime:
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)


def _removed_since(folder: Path, since: dt.datetime) -> set[Path]:
    """The data files that the table's commits have removed since then. Delta keeps its commits for thirty days."""
    removed: set[Path] = set()
    for commit in (folder / "_delta_log").glob("*.json"):
        if _modified_at(commit) < since - LEFTOVER_AGE:
            continue
        for line in commit.read_text(encoding="utf-8").splitlines():
            if not line.startswith('{"remove"'):
                continue
            action = json.loads(line)["remove"]
            if dt.datetime.fromtimestamp(action["deletionTimestamp"] / 1000, dt.UTC) >= since:
                removed.add(folder / unquote(action["path"]))
    return removed
