"""Merging makes one load of all loads of a growing log on one day, so that the ledger has one row a log and day.

A followed log is loaded every few seconds. Each load is a row of the ledger, and every load reads all rows. So old ones are merged.

Loads are merged where each begins at the end of the one before it, has the same name, was read in the same way and was made on the
same day, and that day and the next one are over. Young loads stay apart, so that they can be taken back one by one. Only whole days
are merged, so that `maintain --keep-rejects` still removes by the day.

A source must be recognised after merging as before it. A copy of the log may have been packed at midnight or put aside at noon, and
then it ends where one of the merged loads ended. So the merged load keeps the ends of its parts (`inner_ends`), in 24 bytes each instead
of a row. Its first part keeps its first line's marks, because sources are found by them. When there are more than `Limits.inner_ends`, the
oldest are forgotten; for those days copies are recognised only where a day ends.

Loads of which most lines could not be read stay apart: completeness judges each load, and merging would change its judgement.

1. Decide which loads become parts of which, by a row of the ledger. From then on readers merge them (`ingest.lake.merged`).
2. Roll forward: the rows of the tables get the name of the merged load.
3. Write the ledger with one row for each merged load.

Each step is complete in itself: after a crash the next process goes on from there.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from ingest.arrow import arrow_schema
from ingest.errors import LakeError
from ingest.lake.data_file import data_files, read_files, write_file
from ingest.lake.ledger import sum_of_retries
from ingest.lake.ledger_row import LEDGER_COLUMNS, Retried, new_load_id, own_decision
from ingest.lake.merged import with_merges
from ingest.lake.rewriting import files_of, refuse_damaged
from ingest.lake.tables import reached
from ingest.limits import DEFAULT_LIMITS
from ingest.patience import QUICK
from ingest.position import END_BYTES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Container, Mapping, Sequence

    from deltalake import DeltaTable

    from ingest.lake.data_file import Table
    from ingest.lake.lake import Lake
    from ingest.lake.ledger import Ledger
    from ingest.lake.ledger_row import LedgerRow
    from ingest.limits import Limits

YOUNG_DAYS = 1
"""A load is merged when this many days after its own are over."""

_MOST_PARTS = 200_000
"""One decision merges at most this many loads."""

_REFUSALS = 3
"""After this many refusals merging is left for the next time."""

_TABLES: tuple[Table, ...] = ("rejects", "calls")


def merge_loads(store: Lake, *, now: dt.datetime) -> tuple[int, bool]:
    """Merge the loads of growing logs that are old enough. Returns how many became parts of others, and whether that is all.

    It is not all where other processes have refused it too often. LakeError when rows of such loads are damaged, or the lake cannot be
    written.
    """
    merged = 0
    for _ in range(_REFUSALS):
        table, ledger = store.ledger()
        store.roll_forward()
        parts = _parts(ledger, unreadable=_unreadable(store, ledger), time_zone=ZoneInfo(store.time_zone), now=now)
        if not parts:
            return merged, True
        _refuse_damaged_files(store, parts)
        if _decide(store, table, ledger, own_decision("merge", now=now, merged=parts)):
            merged += sum(map(len, parts.values()))
            store.roll_forward()
    return merged, not parts


def _decide(store: Lake, table: DeltaTable, ledger: Ledger, merge: LedgerRow) -> bool:
    """Whether it is decided. Loads that others make meanwhile are no obstacle, unless one continues a part inside a merged load."""
    ends = {parts[-1] for parts in merge.merged.values()}
    inside = {load_id for first, parts in merge.merged.items() for load_id in (first, *parts)} - ends
    for _ in range(QUICK):
        if store.decide(table, ledger, [merge]):
            return True
        known = ledger.version
        table, ledger = store.ledger()
        if any(row.kind != "load" or row.parent in inside for row in ledger.after(known)):
            return False
    return False


def write_merged(store: Lake, *, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Write one row for each merged load. False when others have refused it too often, so that it is left for later."""
    for _ in range(_REFUSALS):
        table, ledger = store.ledger()
        followed = min(reached(store.open(name)) for name in _TABLES)
        merges = [row.decision for row in ledger.rows if row.merged and row.decision <= followed]
        if not merges:
            return True
        rows = _with_youngest_ends(
            [*with_merges(ledger.until(merges[-1]).rows), *ledger.after(merges[-1])], most=limits.inner_ends
        )
        files = data_files(table, store.path / "loads")
        schema = arrow_schema(LEDGER_COLUMNS)
        records = pa.Table.from_pylist([row.to_record() for row in rows], schema=schema)
        try:
            new = write_file(store.path / "loads", new_load_id(), schema, [records])
        except (pa.ArrowException, OSError) as error:
            raise LakeError(f"{store.path / 'loads'}: cannot be written, nothing was changed: {error}") from error
        if store.replace("loads", table, files, [new], is_change=True):
            return True
    return False


def _with_youngest_ends(rows: Sequence[LedgerRow], *, most: int) -> list[LedgerRow]:
    """The same rows with at most this many ends of parts: those of the latest loads."""
    sizes = itertools.accumulate(len(row.inner_ends) for row in reversed(rows))
    kept = [
        row if size <= most * END_BYTES else replace(row, inner_ends=b"")
        for row, size in zip(reversed(rows), sizes, strict=True)
    ]
    return kept[::-1]


def _parts(
    ledger: Ledger, *, unreadable: Container[str], time_zone: ZoneInfo, now: dt.datetime
) -> dict[str, tuple[str, ...]]:
    """For each load those that can become parts of it, in their order."""
    loads = ledger.loads()
    last_calls = _last_calls(ledger)
    by_id = {row.load_id: row for row in loads}
    children = Counter(row.parent for row in loads)
    today = now.astimezone(time_zone).date()
    first_of: dict[str, str] = {}
    parts: dict[str, list[str]] = {}
    last_days: dict[str, dt.date | None] = {}
    for row in loads:
        if row.load_id in unreadable:
            continue
        last_call = last_calls[row.load_id]
        last_days[row.load_id] = last_call and last_call.astimezone(time_zone).date()
        before = by_id.get(row.parent or "")
        if before is None or children[row.parent] > 1 or before.load_id in unreadable:
            continue
        days = [one.loaded_at.astimezone(time_zone).date() for one in (before, row)]
        first = first_of.get(before.load_id, before.load_id)
        # A rejected line without a time counts for the day of its load's last call, so that day must stay the same.
        calls_days = {last_days[first], last_days[row.load_id]} - {None}
        is_old = days[0] == days[1] and (today - days[1]).days > YOUNG_DAYS
        if is_old and len(calls_days) < 2 and _reading(before) == _reading(row):
            first_of[row.load_id] = first
            parts.setdefault(first, []).append(row.load_id)
            last_days[first] = next(iter(calls_days), None)
    room = itertools.accumulate(map(len, parts.values()))
    fitting = [first for first, total in zip(parts, room, strict=True) if total <= _MOST_PARTS]
    return {first: tuple(parts[first]) for first in fitting or list(parts)[:1]}


def _reading(row: LedgerRow) -> tuple[object, ...]:
    """The name of a log and how it was read: where they change, reading rejected lines again has to know the place."""
    how = (row.log_format, row.dialect, row.resume.get("dialect"), row.resume.get("wrappings"), row.version)
    return (row.source, row.stream, *how)


def _unreadable(store: Lake, ledger: Ledger) -> set[str]:
    """The loads with more lines without a time than with one: completeness doubts all hours of such a load."""
    table = store.open("rejects")
    files = [file.path for file in data_files(table, store.path / "rejects")]
    if not files:
        return set()
    calls = {row.load_id: row.calls for row in ledger.loads()}
    last_calls = _last_calls(ledger)
    with duckdb.connect(":memory:", config={"temp_directory": ""}) as connection:
        try:
            counted = read_files(connection, files).aggregate(
                "load_id, count(*) filter (where called_at is null) as untimed, count(called_at) as timed"
            )
            return {
                load_id
                for load_id, untimed, timed in counted.fetchall()
                if untimed > calls.get(load_id, 0) + timed or (untimed and last_calls.get(load_id) is None)
            }
        except duckdb.Error as error:
            raise LakeError(f"{store.path / 'rejects'}: rejects cannot be read: {error}") from error


def _last_calls(ledger: Ledger) -> dict[str, dt.datetime | None]:
    """The time of each load's last call, including calls that were rejected at first."""
    retried = sum_of_retries(row.retried for row in ledger.merged_rows)
    again = {row.load_id: retried.get(row.load_id, Retried()).last_call for row in ledger.loads()}
    return {
        row.load_id: max((call for call in (row.last_call, again[row.load_id]) if call is not None), default=None)
        for row in ledger.loads()
    }


def _refuse_damaged_files(store: Lake, parts: Mapping[str, tuple[str, ...]]) -> None:
    load_ids = list(itertools.chain.from_iterable(parts.values()))
    with duckdb.connect(":memory:", config={"temp_directory": ""}) as connection:
        for name in _TABLES:
            files = data_files(store.open(name), store.path / name)
            refuse_damaged(list(files_of(connection, files, load_ids)))
