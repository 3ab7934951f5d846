"""Few data files in the place of many small ones. The rows stay the same.

Every decision adds a data file to each table. A process that opens the lake reads the whole ledger and looks at each file of calls,
which takes a millisecond for each decision. `maintain` compacts all small files, in the order of time, and may take long. A follower
decides every few seconds and cannot wait for that, so it compacts in levels as it goes: as soon as there are 32 files of about the same
size, they become one. So a row is rewritten once for each level. There are few levels, because the number of files grows with the
logarithm of the number of decisions.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ingest.lake.data_file import TABLES, data_files
from ingest.lake.rewriting import merged_ledger, merged_rejects, refuse_damaged
from ingest.lake.sorting import says_sorted, sorted_calls

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from deltalake import DeltaTable

    from ingest.lake.data_file import DataFile, TableName
    from ingest.lake.lake import Lake


@dataclass(frozen=True, kw_only=True)
class FileSizes:
    """Which data files are small, and how large new ones become."""

    file_rows: int = 1_000_000
    """Compaction writes data files with about this many rows at most, and with about half as many at least where there are enough."""
    small_rows: int = 400_000
    """A data file with fewer rows is compacted."""
    small_ledger_rows: int = 50_000
    """The same for the ledger, whose rows every load reads."""
    batch_files: int = 2000
    """One commit compacts this many files. The work is lost if another process rewrites the same table meanwhile."""
    level_files: int = 32
    """A follower compacts when this many files are of one level."""
    summed_rows: int = 2_000_000
    """A lake with fewer calls has no sums: its calls are read as quickly."""
    unsummed_rows: int = 500_000
    """When this many calls are in no sums, a load or a follower adds sums of them."""

    def batch_rows(self, name: TableName) -> int:
        """One commit compacts this many rows."""
        if name == "loads":
            return 4 * self.small_ledger_rows
        return 8 * self.file_rows if name == "calls" else self.file_rows

    def follower_rows(self, name: TableName) -> int:
        """A follower compacts files with at most this many rows: so one commit takes it a second or two."""
        return min(self.file_rows, self.batch_rows(name)) // self.level_files


DEFAULT_SIZES: Final = FileSizes()

_REFUSALS = 3
"""After this many refusals a table is left for the next time."""


def compact(store: Lake, name: TableName, sizes: FileSizes = DEFAULT_SIZES) -> bool:
    """Put few data files in the place of all small ones, and sorted ones in the place of those in the order of arrival.

    False if other processes kept interfering, so that some are left.
    """
    refusals = rounds = 0
    done: set[Path] = set()
    most = len(store.open(name).file_uris())
    while refusals < _REFUSALS and rounds < max(most, 1):
        table = store.open(name)
        small_rows = sizes.small_ledger_rows if name == "loads" else sizes.small_rows
        files = data_files(table, store.path / name)
        done |= {
            file.path
            for file in files
            if file.rows >= small_rows
            and file.path not in done
            and (name != "calls" or file.rows > sizes.batch_rows(name) or says_sorted(file))
        }
        batch = _batch(name, [file for file in files if file.path not in done], sizes)
        if len(batch) < 2 and all(file.rows < small_rows for file in batch):
            return True
        rounds += 1  # each round leaves fewer files, unless others add new ones as quickly
        if not _replace(store, name, table, batch, sizes):
            refusals += 1
    return False


def compact_level(store: Lake, name: TableName, sizes: FileSizes = DEFAULT_SIZES) -> bool:
    """Put one data file in the place of those of the lowest level that is full. False where none is, or others refused it."""
    table = store.open(name)
    few = table.get_add_actions().num_rows < sizes.level_files
    level = [] if few else _full_level(data_files(table, store.path / name), name, sizes)
    return bool(level) and _replace(store, name, table, _batch(name, level, sizes), sizes)


def compact_as_it_goes(store: Lake, sizes: FileSizes = DEFAULT_SIZES) -> None:
    """Compact every level that is full, in all tables. LakeError where a data file is damaged, or the disk takes no more."""
    for name in TABLES:
        while compact_level(store, name, sizes):
            pass  # what became one may have filled the next level


def _replace(store: Lake, name: TableName, table: DeltaTable, batch: Sequence[DataFile], sizes: FileSizes) -> bool:
    refuse_damaged(batch)
    if name == "loads":
        new = [merged_ledger(batch)]
    elif name == "rejects":
        new = [merged_rejects(batch)]
    else:
        new = sorted_calls(batch, parts=-(-sum(file.rows for file in batch) // sizes.file_rows))
    return store.replace(name, table, batch, new)


def _batch(name: TableName, files: Iterable[DataFile], sizes: FileSizes) -> list[DataFile]:
    """The files to compact next: neighbours in time, as many as one commit takes."""
    ordered = sorted(files, key=lambda file: (file.min_day or dt.date.min, file.modified_at_ms, file.path.name))
    rows = itertools.accumulate(file.rows for file in ordered)
    return [
        file for file, total in zip(ordered[: sizes.batch_files], rows, strict=False) if total <= sizes.batch_rows(name)
    ]


def _full_level(files: Sequence[DataFile], name: TableName, sizes: FileSizes) -> list[DataFile]:
    """The files of the lowest level that has enough of them. No files if no level has.

    A level holds the files of up to eight times the rows of the level below. 32 files become one with more rows than that, so it belongs
    to a higher level.
    """
    levels: dict[int, list[DataFile]] = {}
    for file in files:
        if file.rows <= sizes.follower_rows(name):
            levels.setdefault((file.rows.bit_length() + 2) // 3, []).append(file)
    return next((levels[one] for one in sorted(levels) if len(levels[one]) >= sizes.level_files), [])
