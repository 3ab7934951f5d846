"""What a reader sees: the lake as it was at one decision, while others load, remove and compact.

A reader opens `calls` first: the decision that `calls` has followed is the version of the snapshot. `rejects` and the ledger are
opened after it, so they are as far or further. That is why a decision is rolled forward into `rejects` before `calls`: whatever the
reader's calls belong to, its rejects and loads are there already.

Where they are further, they have too much or too little. Too much does no harm: rejects of later loads are hidden, because the
loads of the snapshot do not name them. Too little happens when a later decision has taken rejects away (an unload, a retention, a
retry). Such a decision is a commit of its own, so the reader opens `rejects` as it was before that commit.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow import arrow_schema
from ingest.errors import REPAIR, RESTORE, LakeError
from ingest.lake.acknowledged import Acknowledged, acknowledged
from ingest.lake.data_file import TABLES, data_files
from ingest.lake.ledger import removed_from, sum_of_retries, written_merges
from ingest.lake.ledger_files import ledger_rows, read_ledger_columns
from ingest.lake.ledger_row import LEDGER_COLUMNS, LOAD_COLUMNS, removal_from, retried_from
from ingest.lake.merged import with_merges
from ingest.lake.stream_ends import StreamEnd, stream_ends
from ingest.lake.sums.files import NO_SUMS, StoredSums
from ingest.lake.sums.sealed_days import NOTHING_SEALED, Sealed, standing
from ingest.lake.tables import reached

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from deltalake import DeltaTable

    from ingest.lake.data_file import DataFile, Table
    from ingest.lake.ledger_row import Removal, Retried
    from ingest.lake.tables import Tables

LOOKS = 20
"""How often the tables are opened again because others have merged loads in the ledger meanwhile."""


@dataclass(frozen=True)
class Snapshot:
    """The calls at one version of the ledger, with the rejects and loads that belong to them.

    The counts in `loads` say what became of the lines when the load was decided, and what retries have changed since. `removed`
    says how many calls and rejects retention has removed from a load since; loads that have lost nothing are not in it.
    `rejects_version` is the decision that the rejects have followed. `stream_ends` are the streams that were declared ended,
    `acknowledged` the findings that somebody has said to know. `sealed` are
    the days whose calls were removed and whose sums stay. Calls of days before `calls_since` were removed; None where none ever was.
    """

    version: int
    time_zone: str
    calls: tuple[DataFile, ...]
    rejects: tuple[Path, ...]
    loads: pa.Table
    removed: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    rejects_version: int = 0
    stream_ends: tuple[StreamEnd, ...] = ()
    reject_sizes: tuple[int, ...] = ()
    sums: StoredSums = NO_SUMS
    sealed: Sealed = NOTHING_SEALED
    calls_since: dt.date | None = None
    acknowledged: tuple[Acknowledged, ...] = ()


def take_snapshot(tables: Tables, *, may_be_damaged: bool = False) -> Snapshot:
    """One consistent view of the lake. LakeError when there is none, and when data files are missing or cut off."""
    path, time_zone = tables.path, tables.time_zone
    if not tables.has("loads"):
        # The ledger is made last. Somebody is making the lake at this moment, or was killed while doing so: it is empty.
        if tables.has("calls") and reached(tables.open("calls")):
            raise LakeError(f"{path}: the lake has calls, but its ledger 'loads' is gone; restore it from a copy")
        return Snapshot(
            0,
            time_zone,
            (),
            (),
            arrow_schema(LOAD_COLUMNS).empty_table(),
            stream_ends=stream_ends(path),
            acknowledged=acknowledged(path),
        )
    for _ in range(LOOKS):
        calls, rejects, loads = (tables.open(name) for name in TABLES)
        version = reached(calls)
        tables.refuse_ahead("calls", version, reached(loads))
        decided = _Decisions(read_ledger_columns(path / "loads", loads, _READERS_SCHEMA))
        # A later merge may have been written into the ledger already: it no longer says how things were before. The calls
        # have followed that merge by now, so opening them again gives a version that the ledger can tell.
        if decided.written_merges() <= version:
            break
    else:
        raise too_far(path, "calls", version, decided.written_merges())
    rejects = _as_before(tables, rejects, decided, version)
    rows = decided.loads_until(version)
    reject_files = data_files(rejects, path / "rejects")
    removals = decided.removals_until(version)
    snapshot = Snapshot(
        version=version,
        time_zone=time_zone,
        calls=data_files(calls, path / "calls"),
        rejects=tuple(file.path for file in reject_files),
        loads=rows,
        removed=_removed(removals, min(version, reached(rejects)), set(rows["load_id"].to_pylist())),
        rejects_version=reached(rejects),
        stream_ends=stream_ends(path),
        acknowledged=acknowledged(path),
        reject_sizes=tuple(file.size for file in reject_files),
        sums=StoredSums(path),
        sealed=Sealed(path, standing((removal.sealed, removal.unsealed) for _, removal in removals)),
        calls_since=max((since for _, removal in removals if (since := removal.calls_since)), default=None),
    )
    if not may_be_damaged:
        refuse_missing(snapshot)
    return snapshot


def too_far(lake: Path, name: Table, followed: int, merged: int) -> LakeError:
    """Why a table and the ledger do not go together."""
    return LakeError(
        f"{lake / name}: has followed decision {followed:,}, but the ledger holds merged loads up to {merged:,}: one of them is"
        f" a copy of another time; {RESTORE}"
    )


def _as_before(tables: Tables, rejects: DeltaTable, decided: _Decisions, version: int) -> DeltaTable:
    """The rejects as they were before anything was taken away that `version` still has.

    The files that the table held then stay on the disk for a week.
    """
    while decided.loses_between(version, reached(rejects)):
        rejects = tables.open_before("rejects", rejects)
    return rejects


_READERS_COLUMNS = {
    *(column.name for column in LOAD_COLUMNS),
    "decision",
    "kind",
    "unloaded",
    "removed",
    "retried",
    "merged",
}
_READERS_SCHEMA = pa.schema([field for field in arrow_schema(LEDGER_COLUMNS) if field.name in _READERS_COLUMNS])


@dataclass(frozen=True)
class _Decisions:
    """The columns of the ledger that readers need, one row for each decision about one source, in order.

    Every command reads the whole ledger, so it stays in Arrow: only the few rows that say more than "loaded" are decoded.
    """

    rows: pa.Table

    def loads_until(self, version: int) -> pa.Table:
        """The public columns of the loads that hold at that version, with what retries have changed in them."""
        rows = self._until(version)
        unloads = rows.filter(pc.equal(rows["kind"], "unload"))
        gone = list(itertools.chain.from_iterable(json.loads(text) for text in unloads["unloaded"].to_pylist()))
        holds = pc.equal(rows["kind"], "load")
        if gone:
            holds = pc.and_(holds, pc.invert(pc.is_in(rows["load_id"], pa.array(gone, pa.string()))))
        schema = arrow_schema(LOAD_COLUMNS)
        retried = sum_of_retries(retried_from(text) for text in rows["retried"].drop_null().to_pylist())
        if not pc.all(holds).as_py():  # a ledger may be long, and to filter copies it
            rows = rows.filter(holds)
        return _with_retried(rows.select(schema.names).cast(schema), retried).combine_chunks()

    def removals_until(self, version: int) -> list[tuple[int, Removal]]:
        """Each removal up to that version, with its decision."""
        retentions = self._until(version)
        retentions = retentions.filter(pc.equal(retentions["kind"], "retention"))
        texts, decisions = (retentions[name].to_pylist() for name in ("removed", "decision"))
        found = ((decision, removal_from(text)) for text, decision in zip(texts, decisions, strict=True))
        return [(decision, removal) for decision, removal in found if removal is not None]

    def loses_between(self, version: int, followed: int) -> bool:
        """Whether a decision after `version`, up to `followed`, takes rows away."""
        between = pc.and_(pc.greater(self.rows["decision"], version), pc.less_equal(self.rows["decision"], followed))
        return bool(pc.any(pc.and_(between, pc.not_equal(self.rows["kind"], "load"))).as_py())

    def written_merges(self) -> int:
        """The last decision up to which the ledger holds merged loads."""
        merges = self.rows.filter(pc.equal(self.rows["kind"], "merge"))
        return written_merges(
            (decision, "merge", says is not None)
            for decision, says in zip(merges["decision"].to_pylist(), merges["merged"].to_pylist(), strict=True)
        )

    def _until(self, version: int) -> pa.Table:
        rows = self.rows  # in the order of their decisions, and mostly none is later
        if len(rows) and rows["decision"][-1].as_py() > version:
            rows = rows.filter(pc.less_equal(rows["decision"], version))
        if rows["merged"].null_count == len(rows):
            return rows
        # Some loads were merged by a decision, and the ledger does not hold the merged ones yet. That is rare, and soon over.
        merged = with_merges(ledger_rows(rows))
        return pa.Table.from_pylist([row.to_record() for row in merged], schema=_READERS_SCHEMA)


def _removed(
    removals: Sequence[tuple[int, Removal]], rejects_version: int, load_ids: set[str]
) -> Mapping[str, tuple[int, int]]:
    """The number of calls removed from each of these loads, and of rejects, as far as the rejects have followed."""
    followed = (
        removal if decision <= rejects_version else replace(removal, rejects={}) for decision, removal in removals
    )
    return removed_from(followed, load_ids)


def _with_retried(loads: pa.Table, retried: Mapping[str, Retried]) -> pa.Table:
    """These loads with the lines that retries have moved from their rejects to their calls or ignored lines."""
    if not retried:
        return loads
    place = pc.index_in(loads["load_id"], pa.array(retried, pa.string()))
    calls, ignored = (
        pc.fill_null(pa.array([getattr(one, name) for one in retried.values()], pa.int64()).take(place), 0)
        for name in ("calls", "ignored")
    )
    instant = loads.schema.field("first_call").type
    first, last = (
        pa.array([getattr(one, name) for one in retried.values()], instant).cast(pa.int64()).take(place)
        for name in ("first_call", "last_call")
    )
    changed = {
        "calls": pc.add(loads["calls"], calls),
        "rejects": pc.subtract(loads["rejects"], pc.add(calls, ignored)),
        "ignored": pc.add(loads["ignored"], ignored),
        # Arrow compares numbers here, but no instants with a time zone.
        "first_call": pc.min_element_wise(loads["first_call"].cast(pa.int64()), first).cast(instant),
        "last_call": pc.max_element_wise(loads["last_call"].cast(pa.int64()), last).cast(instant),
    }
    columns = [changed.get(name, loads[name]) for name in loads.column_names]
    return pa.table(columns, schema=loads.schema)


def refuse_missing(snapshot: Snapshot) -> None:
    """LakeError names a data file that is not there or has another size: no count without it would be right."""
    sizes = [(file.path, file.size) for file in snapshot.calls]
    sizes += zip(snapshot.rejects, snapshot.reject_sizes, strict=True)
    sizes += snapshot.sealed.every_file()
    for path, size in sizes:
        try:
            found = path.stat().st_size
        except OSError as error:
            raise LakeError(f"{path}: cannot be read: {error.strerror or error}; {REPAIR}") from error
        if found != size:
            raise LakeError(f"{path}: has {found:,} bytes, {size:,} were written; {REPAIR}")
