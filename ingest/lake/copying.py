"""A consistent copy of a lake while others load and maintain it, and a lake restored from such a copy.

The order makes the copy consistent. The log of `calls` is read first, then that of `rejects`, then the ledger's: so the ledger of the
copy has every decision that the other two have followed. Data files never change, and stay for a week after a table needs them, so
they can be copied afterwards. `lake.json` is written last: a copy that was interrupted is no lake.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

from ingest.errors import REPAIR, LakeError
from ingest.lake import delta_log
from ingest.lake.data_file import TABLES, damage, data_files
from ingest.lake.durable import make_folder, sync_file, sync_folder, write_once
from ingest.lake.lake import Lake
from ingest.lake.tables import reached
from ingest.lake.verification import verify
from ingest.report import CopyReport

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_BESIDE = ("registry", "stream_ends", "acknowledged", "alerts")
"""The folders beside the tables that belong to the lake's content. The followers of a lake do not follow its copy."""


def back_up(lake: Path, target: Path) -> CopyReport:
    """Copy a lake into a new folder. LakeError when the lake is damaged, or the folder cannot be written."""
    return _copy(Lake(lake), target)


def restore(copy: Path, lake: Path) -> CopyReport:
    """Make a lake from a copy, and verify it. LakeError when the lake exists already, or the copy is damaged."""
    report = _copy(Lake(copy), lake)
    broken = [f"{check.name}: {check.detail}" for check in verify(lake).checks if not check.ok]
    if broken:
        raise LakeError(
            f"{copy}: the copy is damaged, and so is {lake}, which was restored from it: {'; '.join(broken)}"
        )
    return report


def _copy(source: Lake, target: Path) -> CopyReport:
    settings = (source.path / "lake.json").read_bytes() if source.id else b""
    if target.resolve().is_relative_to(source.path.resolve()):
        raise LakeError(f"{target}: is a folder of the lake itself; expected one outside of it")
    try:
        if target.exists() and any(target.iterdir()):
            raise LakeError(f"{target}: is not empty; expected a new folder, move this one away first")
        make_folder(target, mode=0o700)
        files = _copy_tables(source, target)
        for name in _BESIDE:
            if (source.path / name).is_dir():
                shutil.copytree(source.path / name, target / name, ignore=shutil.ignore_patterns(".*", "staged-*"))
                _sync_all(target / name)
        sync_folder(target)
        write_once(target / "lake.json", settings)
        copy = Lake(target)
        copy.roll_forward()
    except OSError as error:
        raise LakeError(f"{error.filename or target}: cannot be copied: {error.strerror or error}") from error
    return CopyReport(
        lake=str(source.path),
        target=str(target),
        version=copy.ledger()[1].version,
        files=len(files),
        bytes=sum(file.stat().st_size for file in files),
    )


def _copy_tables(source: Lake, target: Path) -> list[Path]:
    """Copy the tables. Returns the data files of the copy."""
    opened, ledger = source.open_all()
    followed = min(reached(opened[name]) for name in ("calls", "rejects"))
    needed = {file.path: file.size for name in TABLES for file in data_files(opened[name], source.path / name)}
    decided = reached(opened["loads"])
    waiting = [row for row in ledger.after(followed) if row.decision <= decided]
    needed |= {source.path / file.table / file.path: file.size for row in waiting for file in row.staged}
    sealed = [file for one in (*ledger.until(followed).sealed(), *ledger.until(decided).sealed()) for file in one.files]
    needed |= {source.path / file.table / file.path: file.size for file in sealed}
    for folder in {target / file.table for file in sealed}:
        make_folder(folder, mode=0o700)
    for name in TABLES:
        (target / name).mkdir()
        delta_log.copy(source.path / name, target / name, opened[name])
    copied = []
    for path, size in needed.items():
        copied.append(target / path.relative_to(source.path))
        with contextlib.suppress(FileNotFoundError):
            shutil.copy2(path, copied[-1])
        if wrong := damage(copied[-1], size):
            raise LakeError(f"{path}: {wrong}; the copy is incomplete, do not use it; {REPAIR}")
        sync_file(copied[-1])
    for folder in {path.parent for path in copied} | {target / name for name in TABLES}:
        sync_folder(folder)
    return copied


def _sync_all(folder: Path) -> None:
    paths: Iterable[Path] = folder.rglob("*")
    for path in (folder, *paths):
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)
