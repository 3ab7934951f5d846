"""Keeping a lake in shape while others read and write it: fewer and larger files, nothing older than wanted, no leftovers.

1. Roll forward what was decided and not completed.
2. Retention (`ingest.lake.retention`): remove what is too old, and seal the days whose calls go.
3. Compact (`ingest.lake.compaction`): put few data files, sorted, in the place of many small ones.
4. Merge: make one load of those of a growing log on one day (`ingest.lake.merging`).
5. Sums: add up the calls of data files that have no sums yet, or drop all sums (`ingest.lake.sums`).
6. Checkpoints: with them Delta opens a table without reading every commit. Remove commits that one has stood for long enough.
7. Leftovers: remove the files that nobody needs.

Each step is complete in itself: after a crash the next `maintain`, or load, goes on from there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from ingest.lake.checkpoints import KEPT_AGE
from ingest.lake.compaction import DEFAULT_SIZES, compact
from ingest.lake.data_file import TABLES, data_files
from ingest.lake.lake import Lake
from ingest.lake.leftovers import leftovers, remove
from ingest.lake.merging import merge_loads, write_merged
from ingest.lake.retention import Keep, apply_retention
from ingest.lake.sums.building import build_sums, drop_sums, sum_tables
from ingest.lake.sums.publishing import publish_sealed, published_tables
from ingest.limits import DEFAULT_LIMITS
from ingest.report import MaintenanceReport, SumFiles, TableFiles

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from ingest.lake.compaction import FileSizes
    from ingest.lake.data_file import AnyTable, DataFile, TableName
    from ingest.limits import Limits

_CHECKPOINT_COMMITS = 10


def maintain(
    lake: Path,
    *,
    now: dt.datetime,
    keep_calls: int | None = None,
    keep_sums: int | None = None,
    keep_rejects: int | None = None,
    as_of: dt.date | None = None,
    sums: Literal["build", "rebuild", "drop"] = "build",
    sizes: FileSizes = DEFAULT_SIZES,
    limits: Limits = DEFAULT_LIMITS,
) -> MaintenanceReport:
    """Roll forward, apply retention, compact, build sums and clean up, while others read and write.

    `keep_calls` removes calls whose `day` is more than this many days before today in the lake's time zone, and seals the days: what
    the calls added up to stays. `keep_sums` removes sealed days of a month when the last of them is more than this many days before
    today, and seals no day that is older. `keep_rejects` removes detail and sample from rejects of loads that were made more than
    this many days before today, and the whole rejects when their load is too old for the other two as well. None keeps everything.
    The loads stay known; for a growing log the ledger keeps one row a day. `as_of` is the day that counts as today for all of them.
    Without it, LakeError if the newest load is too long ago, because a wrong clock would remove everything. `sums`: build missing
    sums; drop all sums and build them again, also in a lake with few calls; or drop all. Sealed days stay. LakeError too if there is
    no lake or it cannot be written.
    """
    keep = Keep(calls=keep_calls, sums=keep_sums, rejects=keep_rejects)
    keep.refuse_wrong()
    store = Lake(lake)
    store.create(time_zone=store.time_zone)
    before = _files(store)
    rolled_forward = store.roll_forward()
    removed = apply_retention(store, keep, now=now, as_of=as_of, limits=limits)
    postponed: list[str] = [name for name in TABLES if not compact(store, name, sizes)]
    # After compaction, so that the rows of merged loads are rewritten in few files.
    merged, is_merged = merge_loads(store, now=now)
    if not (write_merged(store, limits=limits) and is_merged):
        postponed.append("loads")
    if not _summed(store, sums, sizes):
        postponed.append("sums")
    publish_sealed(store)
    _shorten_logs(store, now)
    after = _files(store)
    # A removed file cannot come back. So the commits that no longer name it have to be on the disk first: after a power cut
    # the tables must not be as they were when they needed it.
    store.settle_all()
    gone = remove(leftovers(store, now=now))
    return MaintenanceReport(
        lake=str(lake),
        rolled_forward=rolled_forward,
        calls_removed=removed.calls,
        calls_sealed=removed.sealed,
        sums_removed=removed.sums,
        rejects_removed=removed.rejects,
        texts_removed=removed.texts,
        loads_merged=merged,
        tables=tuple(_compared(name, before[name], after[name]) for name in TABLES),
        sums=tuple(_held(store, name) for name in (*sum_tables(store), *published_tables(store))),
        postponed=tuple(dict.fromkeys(postponed)),
        leftovers_removed=len(gone),
        leftover_bytes=sum(file.size for file in gone),
    )


def _summed(store: Lake, sums: Literal["build", "rebuild", "drop"], sizes: FileSizes) -> bool:
    if sums != "build":
        drop_sums(store)
    if sums == "rebuild":
        sizes = replace(sizes, summed_rows=0)
    return sums == "drop" or build_sums(store, sizes)


def _shorten_logs(store: Lake, now: dt.datetime) -> None:
    for name in (*TABLES, *sum_tables(store), *published_tables(store)):
        store.checkpoint(name, commits=_CHECKPOINT_COMMITS)
        store.shorten(name, before=now - KEPT_AGE)


def _files(store: Lake) -> dict[TableName, tuple[DataFile, ...]]:
    return {name: data_files(store.open(name), store.path / name) for name in TABLES}


def _compared(name: TableName, before: tuple[DataFile, ...], after: tuple[DataFile, ...]) -> TableFiles:
    return TableFiles(
        table=name,
        files_before=len(before),
        files_after=len(after),
        bytes_before=sum(file.size for file in before),
        bytes_after=sum(file.size for file in after),
    )


def _held(store: Lake, name: AnyTable) -> SumFiles:
    files = data_files(store.open(name), store.path / name)
    return SumFiles(
        table=name, files=len(files), rows=sum(file.rows for file in files), bytes=sum(file.size for file in files)
    )
