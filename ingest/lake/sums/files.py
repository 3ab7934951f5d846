"""The files of sums, and the choice of those that stand for calls of a reader's snapshot.

    sums/daily_calls/7c0a4d0f6a0c1b2e-9f86d081884c7d659a2feaa0c55ad015.parquet

A file of sums adds up all calls of certain data files, and names these files in its footer. Data files never change, so such sums are
right for ever. Whether they stand for calls of a snapshot is another question, and has one answer: they do if the snapshot has every
one of their data files. A reader chooses such sums, each data file at most once, and reads the calls of all other data files. So it
does not matter when sums were built, whether twice, and what has been loaded, compacted or taken back since.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

import pyarrow as pa

from ingest.errors import LakeError
from ingest.lake.data_file import data_files
from ingest.lake.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ingest.lake.data_file import DataFile
    from ingest.lake.sums.kinds import Kind

BUILT_FROM: Final = "koppelzicht.built_from"
"""The entry of a Parquet footer that names the data files of calls: the hashes in their names."""

Name: TypeAlias = str
"""The hash in the name of a data file, which identifies its content."""

_HASH = re.compile(r".*-([0-9a-f]{32})\.parquet")


@dataclass(frozen=True)
class SumFile:
    """One file of sums, with the data files that it adds up."""

    file: DataFile
    built_from: frozenset[Name]

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.file.path


@dataclass(frozen=True)
class Cover:
    """Sums and data files that hold each call of a snapshot exactly once, either added up or as it is."""

    sums: tuple[SumFile, ...]
    calls: tuple[DataFile, ...]


def name_of(file: DataFile) -> Name | None:
    """The name by which sums know a data file of calls; None where another engine has written it."""
    found = _HASH.fullmatch(file.path.name)
    return found[1] if found else None


def is_built(store: Tables, kind: Kind) -> bool:
    """Whether the lake has a table for this kind of sums."""
    return (store.path / kind.table / "_delta_log").is_dir()


def sum_files(store: Tables, kind: Kind) -> tuple[SumFile, ...]:
    """The files of this kind of sums that can be read. Those that cannot are left out: the calls are still there."""
    if not is_built(store, kind):
        return ()
    found = []
    for file in data_files(store.open(kind.table), store.path / kind.table):
        try:
            if file.path.stat().st_size == file.size:
                found.append(SumFile(file, _built_from(file.path)))
        except (OSError, pa.ArrowException):
            continue
    return tuple(one for one in found if one.built_from)


def cover(files: Sequence[DataFile], sums: Iterable[SumFile]) -> Cover:
    """The sums that stand for calls of these data files, the largest first, and the data files that are left.

    >>> cover((), ())
    Cover(sums=(), calls=())
    """
    times = Counter(name_of(file) for file in files)
    # Two files with the same content are two times the same calls, and sums know only one of them.
    left = {name for name, count in times.items() if name is not None and count == 1}
    chosen = []
    for one in sorted(sums, key=lambda one: (-len(one.built_from), one.path.name)):
        if one.built_from <= left:
            chosen.append(one)
            left -= one.built_from
    covered = {name for one in chosen for name in one.built_from}
    return Cover(tuple(chosen), tuple(file for file in files if name_of(file) not in covered))


@dataclass(frozen=True)
class StoredSums:
    """The sums that a lake has; none without a lake. They are looked up when a question needs them, and may be newer than it."""

    lake: Path | None = None

    def files(self, kind: Kind) -> tuple[SumFile, ...]:
        """The files of this kind of sums; none where the table cannot be read: the calls are still there."""
        if self.lake is None:
            return ()
        try:
            return sum_files(Tables(self.lake), kind)
        except LakeError:
            return ()


NO_SUMS: Final = StoredSums()


@lru_cache(maxsize=4096)
def _built_from(path: Path) -> frozenset[Name]:
    """The data files that a file of sums names. Files never change, so each is asked once."""
    from pyarrow.parquet import read_metadata

    said = (read_metadata(path).metadata or {}).get(BUILT_FROM.encode(), b"")
    return frozenset(said.decode("ascii", errors="replace").split())
