"""Keeping a lake in shape while others read and write it: fewer and larger files, nothing older than wanted, no leftovers.

1. Roll forward what was decided and not completed.
2. Retention: decide what is too old, as a row of the ledger that says how much it removes from each load; then roll forward.
3. Compact (`ingest.lake.compaction`): put few data files, sorted, in the place of many small ones.
4. Merge: make one load of those of a growing log on one day (`ingest.lake.merging`).
5. Sums: add up the calls of data files that have no sums yet, or drop all sums (`ingest.lake.sums`).
6. Checkpoints: with them Delta opens a table without reading every commit. Remove commits that one has stood for long enough.
7. Leftovers: remove the files that nobody needs.

Each step is complete in itself: after a crash the next `maintain`, or load, goes on from there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from ingest.errors import LakeError
from ingest.lake.checkpoints import KEPT_AGE
from ingest.lake.compaction import DEFAULT_SIZES, compact
from ingest.lake.data_file import TABLES, data_files
from ingest.lake.lake import Lake
from ingest.lake.ledger_row import Removal, own_decision
from ingest.lake.leftovers import leftovers, remove
from ingest.lake.merging import merge_loads, write_merged
from ingest.lake.rewriting import calls_before, old_files, refuse_damaged
from ingest.lake.sums.building import build_sums, drop_sums, sum_tables
from ingest.limits import DEFAULT_LIMITS
from ingest.patience import Patience
from ingest.report import MaintenanceReport, SumFiles, TableFiles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ingest.lake.compaction import FileSizes
    from ingest.lake.data_file import DataFile, TableName
    from ingest.lake.ledger import Ledger
    from ingest.limits import Limits

_CHECKPOINT_COMMITS = 10

FAR_DAYS = 60
"""Nothing is removed by age where the clock is this many days ahead of the newest load: it may be wrong."""


def maintain(
    lake: Path,
    *,
    now: dt.datetime,
    keep_calls: int | None = None,
    keep_rejects: int | None = None,
    as_of: dt.date | None = None,
    sums: Literal["build", "rebuild", "drop"] = "build",
    sizes: FileSizes = DEFAULT_SIZES,
    limits: Limits = DEFAULT_LIMITS,
) -> MaintenanceReport:
    """Roll forward, apply retention, compact, build sums and clean up, while others read and write.

    `keep_calls` removes calls whose `day` is more than this many days before today in the lake's time zone. `keep_rejects` removes
    detail and sample from rejects of loads that were made more than this many days before today, and the whole rejects when their
    load is too old for `keep_calls`, too. None keeps everything. The loads stay known; for a growing log the ledger keeps one row a
    day. `as_of` is the day that counts as today for both. Without it, LakeError if the newest load is more than FAR_DAYS ago,
    because a wrong clock would remove everything. `sums`: build missing sums; drop all sums and build them again, also in a
    lake with few calls; or drop all. LakeError too if there is no lake or it cannot be written.
    """
    for option, days in (("--keep-calls", keep_calls), ("--keep-rejects", keep_rejects)):
        if days is not None and days < 1:
            raise LakeError(f"{option} {days}: expected a number of days, 1 or more")
    store = Lake(lake)
    store.create(time_zone=store.time_zone)
    before = _files(store)
    rolled_forward = store.roll_forward()
    if as_of is None and (keep_calls is not None or keep_rejects is not None):
        _refuse_a_clock_that_is_far_ahead(store, now)
    counted_from = now if as_of is None else dt.datetime.combine(as_of, dt.time(12), ZoneInfo(store.time_zone))
    removed, texts_removed = _apply_retention(
        store, now=now, counted_from=counted_from, keep_calls=keep_calls, keep_rejects=keep_rejects, limits=limits
    )
    postponed: list[str] = [name for name in TABLES if not compact(store, name, sizes)]
    # After compaction, so that the rows of merged loads are rewritten in few files.
    merged, is_merged = merge_loads(store, now=now)
    if not (write_merged(store, limits=limits) and is_merged):
        postponed.append("loads")
    if not _summed(store, sums, sizes):
        postponed.append("sums")
    for name in (*TABLES, *sum_tables(store)):
        store.checkpoint(name, commits=_CHECKPOINT_COMMITS)
        store.shorten(name, before=now - KEPT_AGE)
    after = _files(store)
    # A removed file cannot come back. So the commits that no longer name it have to be on the disk first: after a power cut
    # the tables must not be as they were when they needed it.
    store.settle_all()
    gone = remove(leftovers(store, now=now))
    return MaintenanceReport(
        lake=str(lake),
        rolled_forward=rolled_forward,
        calls_removed=sum(removed.calls.values()),
        rejects_removed=sum(removed.rejects.values()),
        texts_removed=texts_removed,
        loads_merged=merged,
        tables=tuple(
            TableFiles(
                table=name,
                files_before=len(before[name]),
                files_after=len(after[name]),
                bytes_before=sum(file.size for file in before[name]),
                bytes_after=sum(file.size for file in after[name]),
            )
            for name in TABLES
        ),
        sums=tuple(
            SumFiles(
                table=name,
                files=len(held := data_files(store.open(name), store.path / name)),
                rows=sum(file.rows for file in held),
                bytes=sum(file.size for file in held),
            )
            for name in sum_tables(store)
        ),
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


def _files(store: Lake) -> dict[TableName, tuple[DataFile, ...]]:
    return {name: data_files(store.open(name), store.path / name) for name in TABLES}


# -- retention


def _refuse_a_clock_that_is_far_ahead(store: Lake, now: dt.datetime) -> None:
    _, ledger = store.ledger()
    newest = max((row.loaded_at for row in ledger.loads()), default=None)
    if newest is not None and now - newest > dt.timedelta(days=FAR_DAYS):
        raise LakeError(
            f"{store.path}: nothing was removed by age: this machine's clock says {now:%Y-%m-%d}, but the newest load is "
            f"from {newest:%Y-%m-%d}. If the clock is right, name the day from which to count: --as-of {now:%Y-%m-%d}"
        )


def _apply_retention(
    store: Lake,
    *,
    now: dt.datetime,
    counted_from: dt.datetime,
    keep_calls: int | None,
    keep_rejects: int | None,
    limits: Limits,
) -> tuple[Removal, int]:
    """Decide what is too old at that moment, and remove it. Returns the removed calls and rejects, and how many rejects lost their texts."""
    time_zone = ZoneInfo(store.time_zone)
    today = counted_from.astimezone(time_zone).date()
    before = dt.date.min if keep_calls is None else today - dt.timedelta(days=keep_calls)
    # Whole days, because merging makes one load of a whole day.
    text_before = dt.date.min if keep_rejects is None else today - dt.timedelta(days=keep_rejects)
    counted: Mapping[str, int] | None = {} if keep_calls is None else None
    seen = 0
    patience = Patience(store.path, "removing what is too old", most=limits.quick_attempts)
    while True:
        patience.spend()
        table, ledger = store.ledger()
        if keep_calls is not None and any(row.kind != "load" for row in ledger.after(seen)):
            counted = None
        if counted is None:
            # Loads that others make while the calls are counted are not in the count: `maintain` decides about them next time.
            # Loads that others take back are in it: but then this decision is refused, and the calls are counted again.
            store.roll_forward()
            files = old_files(data_files(store.open("calls"), store.path / "calls"), before)
            refuse_damaged(files)
            counted, seen = calls_before(files, before), ledger.version
        removal = _removal(ledger, before, counted, text_before, time_zone)
        held = ledger.held()
        texts = sum(held[load_id][1] for load_id in removal.texts)
        if not removal.load_ids:
            return removal, texts
        if store.decide(table, ledger, [own_decision("retention", now=now, removed=removal)]):
            store.roll_forward()
            return removal, texts


def _removal(
    ledger: Ledger, before: dt.date, counted: Mapping[str, int], text_before: dt.date, time_zone: ZoneInfo
) -> Removal:
    """What is too old: calls of days before `before`, and texts of rejects that were loaded on days before `text_before`.

    A reject tells that a line was there, when, and whose it was. Verdicts need this: without rejects it would go unnoticed that
    customers may be missing. A line without a customer counts too, because days with more rejects than calls count as missing. So a
    reject stays, without its texts, as long as the lake may hold calls of its day. A load that was made before `before` holds only
    days whose calls are gone, so its rejects may go, too.
    """
    loads = ledger.loads()
    rejects = {load_id: count for load_id, (_, count) in ledger.held().items()}
    days = {row.load_id: row.loaded_at.astimezone(time_zone).date() for row in loads if rejects[row.load_id]}
    leaving = [load_id for load_id, day in days.items() if day < min(before, text_before)]
    textless = ledger.without_texts().union(leaving)
    return Removal(
        before=before,
        calls={row.load_id: counted[row.load_id] for row in loads if row.load_id in counted},
        rejects={load_id: rejects[load_id] for load_id in leaving},
        texts=tuple(load_id for load_id, day in days.items() if day < text_before and load_id not in textless),
    )
