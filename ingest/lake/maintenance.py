"""Keeping a lake in shape while others read and write it: fewer and larger files, no more than is kept, no leftovers.

1. Roll forward what was decided and not completed.
2. Retention: decide what is too old, as a row of the ledger with what it removes of each load; then roll forward.
3. Compact: many small data files become few, in the order of time. The rows stay the same.
4. Merge: of what was loaded of a growing log on one day the ledger keeps one row (`ingest.lake.merging`).
5. Checkpoints, by which Delta opens a table without reading every commit; old commits go when one stands in their place.
6. Leftovers: remove the files that nobody needs.

Each step holds by itself: after a crash the next `maintain` (or load) goes on from there.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ingest.errors import LakeError
from ingest.lake.data_file import TABLES, data_files
from ingest.lake.delta_log import KEPT_AGE
from ingest.lake.lake import Lake
from ingest.lake.ledger_row import Removal, own_decision
from ingest.lake.leftovers import leftovers, remove
from ingest.lake.merging import merge_loads, write_merged
from ingest.lake.rewriting import calls_before, merged_ledger, old_files, refuse_damaged
from ingest.lake.rewriting import merged as merged_files
from ingest.patience import QUICK, Patience
from ingest.report import MaintenanceReport, TableFiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ingest.lake.data_file import DataFile, TableName
    from ingest.lake.ledger import Ledger

FILE_ROWS = 1_000_000
"""Rows of a data file that compaction writes, at most; half of it and more where there are as many."""

SMALL_ROWS = 400_000
"""A data file with fewer rows is compacted."""

SMALL_LEDGER_ROWS = 50_000
"""The same for the ledger, whose rows are read by everybody who loads."""

BATCH_ROWS = 8 * FILE_ROWS
BATCH_FILES = 2000
"""So much is compacted in one commit, and lost if somebody else rewrites the same table meanwhile."""

_REFUSALS = 3
"""After so many refusals a table is left for the next time."""

_CHECKPOINT_COMMITS = 10

FAR_DAYS = 60
"""So many days after the newest load nobody's clock is believed when things are to be removed by age."""


def maintain(
    lake: Path,
    *,
    now: dt.datetime,
    keep_calls: int | None = None,
    keep_rejects: int | None = None,
    as_of: dt.date | None = None,
) -> MaintenanceReport:
    """Roll forward, apply retention, compact and clean up, while others read and write.

    `keep_calls` removes the calls whose `day` is more than so many days before today in the lake's time zone;
    `keep_rejects` the detail and sample of the rejects of loads that were made more than so many days before it, and the
    whole of them once their load is too old for `keep_calls`, too. None keeps all. What was loaded stays
    known; of a log that grows the ledger keeps a row for each day. `as_of` is the day that counts as today for both; without
    it LakeError where the newest load is more than FAR_DAYS ago, because a clock that is wrong would remove everything.
    LakeError, too, when there is no lake or it cannot be written.
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
        store, now=now, counted_from=counted_from, keep_calls=keep_calls, keep_rejects=keep_rejects
    )
    postponed = [name for name in TABLES if not _compact(store, name)]
    # What is small by now is rewritten in few files.
    merged, is_merged = merge_loads(store, now=now)
    if not (write_merged(store) and is_merged):
        postponed.append("loads")
    for name in TABLES:
        store.checkpoint(name, commits=_CHECKPOINT_COMMITS)
        store.expire(name, before=now - KEPT_AGE)
    after = _files(store)
    store.settle_all()  # what was removed cannot come back, so it must not be needed after a power cut either
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
        postponed=tuple(dict.fromkeys(postponed)),
        leftovers_removed=len(gone),
        leftover_bytes=sum(file.size for file in gone),
    )


def _files(store: Lake) -> dict[TableName, tuple[DataFile, ...]]:
    return {name: data_files(store.open(name), store.path / name) for name in TABLES}


# -- retention


def _refuse_a_clock_that_is_far_ahead(store: Lake, now: dt.datetime) -> None:
    _, ledger = store.ledger()
    newest = max((row.loaded_at for row in ledger.loads()), default=None)
    if newest is not None and now - newest > dt.timedelta(days=FAR_DAYS):
        raise LakeError(
            f"{store.path}: nothing is removed by its age: by this machine's clock it is {now:%Y-%m-%d}, and the newest load is "
            f"of {newest:%Y-%m-%d}. If the clock is right, say from which day to count: --as-of {now:%Y-%m-%d}"
        )


def _apply_retention(
    store: Lake, *, now: dt.datetime, counted_from: dt.datetime, keep_calls: int | None, keep_rejects: int | None
) -> tuple[Removal, int]:
    """Decide what has grown too old by that moment and remove it. Returns what that was, and of how many rejects the texts."""
    time_zone = ZoneInfo(store.time_zone)
    today = counted_from.astimezone(time_zone).date()
    before = dt.date.min if keep_calls is None else today - dt.timedelta(days=keep_calls)
    # Whole days, as those in which loads of a growing log become one.
    text_before = dt.date.min if keep_rejects is None else today - dt.timedelta(days=keep_rejects)
    counted: Mapping[str, int] | None = {} if keep_calls is None else None
    seen = 0
    patience = Patience(store.path, "removing what is too old", most=QUICK)
    while True:
        patience.spend()
        table, ledger = store.ledger()
        if keep_calls is not None and any(row.kind != "load" for row in ledger.after(seen)):
            counted = None
        if counted is None:
            # What was loaded while this was counted is not in it: such a load is too young to be decided on, or is the
            # next time. What was taken back is: then it is counted again, because this decision is refused.
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
    """What is too old: calls of days before `before`, texts of rejects that were loaded on days before `text_before`.

    That a line was there, when and whose, is what keeps a verdict from being given without it: also a line that names nobody,
    because days of which most lines are rejected count as missing. So rejects stay as long as calls of their days may be
    there. Those of a load from before `before` are all of days whose calls are gone.
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


# -- compaction


def _compact(store: Lake, name: TableName) -> bool:
    """Put few data files in the place of many small ones. False when others were in the way, so that some are left."""
    refusals = rounds = 0
    most = len(store.open(name).file_uris())
    while refusals < _REFUSALS and rounds < max(most, 1):
        table = store.open(name)
        batch = _batch(name, data_files(table, store.path / name))
        if len(batch) < 2:
            return True
        rounds += 1  # each leaves fewer files, unless others add new ones as quickly
        refuse_damaged(batch)
        if name == "loads":
            new = [merged_ledger(batch)]
        else:
            new = merged_files(batch, name, parts=-(-sum(file.rows for file in batch) // FILE_ROWS))
        if not store.replace(name, table, batch, new):
            refusals += 1
    return False


def _batch(name: TableName, files: Sequence[DataFile]) -> list[DataFile]:
    """The small files that come next: neighbours in time, as many as are compacted at once."""
    small_rows, batch_rows = (
        (SMALL_LEDGER_ROWS, 4 * SMALL_LEDGER_ROWS)
        if name == "loads"
        else (SMALL_ROWS, BATCH_ROWS if name == "calls" else FILE_ROWS)
    )
    small = sorted(
        (file for file in files if file.rows < small_rows),
        key=lambda file: (file.min_day or dt.date.min, file.modified_at_ms, file.path.name),
    )
    rows = itertools.accumulate(file.rows for file in small)
    return [file for file, total in zip(small[:BATCH_FILES], rows, strict=False) if total <= batch_rows]
