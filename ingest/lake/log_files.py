"""The files of a table's log: their names, and a folder aside to make new ones in.

calls/_delta_log/00000000000000000007.json                   what the commit adds, removes and reaches
00000000000000000100.checkpoint.parquet     the table as it was after commit 100
_last_checkpoint                            which checkpoint is the last, and their hashes
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAST = "_last_checkpoint"

_NAME = re.compile(r"(\d{20})\.(json|checkpoint\.parquet)")


def is_table(folder: Path) -> bool:
    """Whether a folder holds a table. OSError when that cannot be found out."""
    # The first name that is found will do. A list of all of them would be long, and a page asks with every click.
    try:
        with os.scandir(folder / "_delta_log") as found:
            return any(_NAME.fullmatch(entry.name) for entry in found)
    except (FileNotFoundError, NotADirectoryError):
        return False


def entries(log: Path) -> list[Path]:
    """The commits and checkpoints that are there, in the order of their versions. Others may remove the first of them meanwhile."""
    if not log.is_dir():
        return []
    return sorted(path for path in log.iterdir() if _NAME.fullmatch(path.name))


def version_of(path: Path) -> int:
    """Which version of the table a file of its log is about."""
    return int(path.name.partition(".")[0])


def commit_of(folder: Path, version: int) -> Path:
    """The file of the table's commit of that version."""
    return folder / "_delta_log" / f"{version:020}.json"


def checkpoint_of(folder: Path, version: int) -> Path:
    """The file of the table's checkpoint of that version."""
    return folder / "_delta_log" / f"{version:020}.checkpoint.parquet"


@contextlib.contextmanager
def aside(lake: Path) -> Iterator[Path]:
    """A folder beside the tables, on the same disk. It is removed in the end; after a crash it is a leftover."""
    folder = lake / f".{secrets.token_hex(8)}.tmp"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
