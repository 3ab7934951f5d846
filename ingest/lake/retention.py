"""Retention: one row of the ledger decides how much is removed from each load because of its age. Then it is removed.

Of calls the sums stay (`ingest.lake.sums.sealing`), unless these are too old as well. They are added up before the decision,
from exactly the calls that it removes: those of the loads that it names, on days before the one that it names. Loads that others
make in the meantime are not among them, whatever their days.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ingest.errors import LakeError
from ingest.lake.data_file import data_files
from ingest.lake.ledger_row import Removal, own_decision
from ingest.lake.rewriting import calls_before, old_files, refuse_damaged
from ingest.lake.sums.sealing import Sealing, discard, seal
from ingest.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.lake.data_file import DataFile
    from ingest.lake.lake import Lake
    from ingest.lake.ledger import Ledger
    from ingest.limits import Limits

FAR_DAYS = 60
"""Nothing is removed by age where the clock is this many days ahead of the newest load: it may be wrong."""


@dataclass(frozen=True, kw_only=True)
class Keep:
    """For how many days calls, their sums, and the texts of rejects are kept; None keeps all of them."""

    calls: int | None = None
    sums: int | None = None
    rejects: int | None = None

    def refuse_wrong(self) -> None:
        """LakeError where a number of days makes no sense."""
        for option, days in (("calls", self.calls), ("sums", self.sums), ("rejects", self.rejects)):
            if days is not None and days < 1:
                raise LakeError(f"--keep-{option} {days}: expected a number of days, 1 or more")
        if self.sums is not None and self.sums < (self.calls or 0):
            raise LakeError(
                f"--keep-sums {self.sums}: expected at least as many days as --keep-calls {self.calls}: sums of calls that are kept"
                " can always be built"
            )

    @property
    def is_everything(self) -> bool:
        """Whether nothing is removed."""
        return self.calls is None and self.sums is None and self.rejects is None


@dataclass(frozen=True)
class Removed:
    """What a retention has removed: calls, and how many of them are kept as sums; whole rejects, and texts of others; sums of days."""

    calls: int = 0
    sealed: int = 0
    rejects: int = 0
    texts: int = 0
    sums: int = 0


@dataclass(frozen=True)
class _Before:
    """The days before which calls, their sums, and the texts of rejects are too old."""

    calls: dt.date
    sums: dt.date
    texts: dt.date

    @classmethod
    def of(cls, keep: Keep, today: dt.date) -> _Before:
        days = (
            dt.date.min if one is None else today - dt.timedelta(days=one)
            for one in (keep.calls, keep.sums, keep.rejects)
        )
        return cls(*days)


def apply_retention(store: Lake, keep: Keep, *, now: dt.datetime, as_of: dt.date | None, limits: Limits) -> Removed:
    """Decide what is too old, remove it, and seal the days whose calls go. `as_of` is the day that counts as today.

    LakeError without `as_of` where the newest load is more than FAR_DAYS ago, because a wrong clock would remove everything.
    """
    if keep.is_everything:
        return Removed()
    if as_of is None:
        _refuse_a_clock_that_is_far_ahead(store, now)
    time_zone = ZoneInfo(store.time_zone)
    before = _Before.of(keep, now.astimezone(time_zone).date() if as_of is None else as_of)
    counted: _Counted | None = None
    sealing = Sealing()
    patience = Patience(store.path, "removing what is too old", most=limits.quick_attempts)
    while True:
        patience.spend()
        table, ledger = store.ledger()
        if counted is None or any(row.kind != "load" for row in ledger.after(counted.version)):
            # Loads that others make while the calls are counted are not in the count: `maintain` decides about them next time.
            # Loads that others take back are in it: but then this decision is refused, and the calls are counted again.
            store.roll_forward()
            discard(store, sealing.sealed)
            counted = _count(store, ledger, keep, before)
            sealing = _seal(store, ledger, counted, before)
        removal = _removal(ledger, before, counted.calls, time_zone)
        too_old = tuple(one.name for one in ledger.sealed() if one.last_day < before.sums)
        removal = replace(removal, sealed=sealing.sealed, unsealed=(*sealing.replaced, *too_old))
        if not removal.load_ids and not removal.unsealed:
            return Removed()
        held = ledger.held()
        if store.decide(table, ledger, [own_decision("retention", now=now, removed=removal)]):
            store.roll_forward()
            return Removed(
                calls=sum(removal.calls.values()),
                sealed=sealing.calls,
                rejects=sum(removal.rejects.values()),
                texts=sum(held[load_id][1] for load_id in removal.texts),
                sums=sum(sum(one.calls.values()) for one in ledger.sealed() if one.name in too_old),
            )


@dataclass(frozen=True)
class _Counted:
    """How many calls of each load are too old, and the data files that hold them, at a version of the ledger."""

    version: int
    calls: Mapping[str, int]
    files: Sequence[DataFile]


def _count(store: Lake, ledger: Ledger, keep: Keep, before: _Before) -> _Counted:
    if keep.calls is None:
        return _Counted(ledger.version, {}, ())
    files = old_files(data_files(store.open("calls"), store.path / "calls"), before.calls)
    refuse_damaged(files)
    counted = calls_before(files, before.calls)
    return _Counted(
        ledger.version, {row.load_id: counted[row.load_id] for row in ledger.loads() if row.load_id in counted}, files
    )


def _seal(store: Lake, ledger: Ledger, counted: _Counted, before: _Before) -> Sealing:
    if not counted.calls or before.sums >= before.calls:
        return Sealing()
    standing = [one for one in ledger.sealed() if one.last_day >= before.sums]
    return seal(store, counted.files, counted.calls, (before.sums, before.calls), standing)


def _refuse_a_clock_that_is_far_ahead(store: Lake, now: dt.datetime) -> None:
    _, ledger = store.ledger()
    newest = max((row.loaded_at for row in ledger.loads()), default=None)
    if newest is not None and now - newest > dt.timedelta(days=FAR_DAYS):
        raise LakeError(
            f"{store.path}: nothing was removed by age: this machine's clock says {now:%Y-%m-%d}, but the newest load is "
            f"from {newest:%Y-%m-%d}. If the clock is right, name the day from which to count: --as-of {now:%Y-%m-%d}"
        )


def _removal(ledger: Ledger, before: _Before, counted: Mapping[str, int], time_zone: ZoneInfo) -> Removal:
    """The removal of these calls, and of the texts of rejects that were loaded too long ago.

    A reject tells that a line was there, when, and whose it was. Verdicts need this: without rejects it would go unnoticed that
    customers may be missing. A line without a customer counts too, because days with more rejects than calls count as missing. So a
    reject stays, without its texts, as long as the lake may hold calls of its day, or their sums. A load that was made before all of
    these days holds only days that are gone, so its rejects may go, too.
    """
    rejects = {load_id: count for load_id, (_, count) in ledger.held().items()}
    # Whole days, because merging makes one load of a whole day.
    days = {row.load_id: row.loaded_at.astimezone(time_zone).date() for row in ledger.loads() if rejects[row.load_id]}
    leaving = [load_id for load_id, day in days.items() if day < min(before.calls, before.sums, before.texts)]
    textless = ledger.without_texts().union(leaving)
    return Removal(
        before=before.calls,
        calls=counted,
        rejects={load_id: rejects[load_id] for load_id in leaving},
        texts=tuple(load_id for load_id, day in days.items() if day < before.texts and load_id not in textless),
    )
