"""The ledger: every decision, in order, and what follows from all of them together.

An append to the table `loads` is the only way in which anything is decided. So the ledger alone says which content is
loaded, which loads hold, and how many rows each of them must have in the other tables.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ingest.lake.ledger_row import Retried
from ingest.lake.merged import with_merges
from ingest.lake.sums.sealed_days import standing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Container, Iterable, Mapping, Sequence

    from ingest.lake.data_file import StagedFile, Table
    from ingest.lake.ledger_row import LedgerRow, Removal
    from ingest.lake.sums.sealed_days import SealedDays


@dataclass(frozen=True)
class Ledger:
    """Every decision up to `version`, in order. `loads` hides loads that were taken back, and parts of merged ones.

    `rows` are the decisions as they were made; `merged_rows` are the same with merged loads, as if they had been one from the start.
    """

    version: int
    rows: tuple[LedgerRow, ...]

    @cached_property
    def merged_rows(self) -> tuple[LedgerRow, ...]:
        """The decisions with merged loads in the place of their parts."""
        return with_merges(self.rows)

    @property
    def written_merges(self) -> int:
        """The last decision up to which the ledger holds merged loads: it no longer tells how things were before."""
        return written_merges((row.decision, row.kind, bool(row.merged)) for row in self.rows)

    def loads(self) -> tuple[LedgerRow, ...]:
        """The loads that hold: decided and not taken back since."""
        return self._loads

    def until(self, version: int) -> Ledger:
        """The ledger as it was at that version."""
        return self if version >= self.version else Ledger(version, self.rows[: self._place_after(version)])

    def after(self, version: int) -> tuple[LedgerRow, ...]:
        """What was decided since that version."""
        return self.rows[self._place_after(version) :]

    def removed(self) -> dict[str, tuple[int, int]]:
        """How many calls and rejects retention has removed from each load that holds and has lost some."""
        return removed_from([row.removed for row in self.merged_rows], {row.load_id for row in self.loads()})

    def sealed(self) -> tuple[SealedDays, ...]:
        """The sealed days that stand."""
        return standing((row.removed.sealed, row.removed.unsealed) for row in self.rows if row.removed is not None)

    def unsealed_since(self, moment: dt.datetime) -> tuple[SealedDays, ...]:
        """The sealed days that decisions since that moment have put others in the place of, or removed."""
        removals = [(row.loaded_at, row.removed) for row in self.rows if row.removed is not None]
        named = {one.name: one for _, removal in removals for one in removal.sealed}
        gone = (name for when, removal in removals if when >= moment for name in removal.unsealed)
        return tuple(named[name] for name in gone if name in named)

    def sealed_of(self, load_ids: Iterable[str]) -> dict[str, int]:
        """How many calls of each of these loads may be in sealed days that stand, and nowhere else. Loads without any are left out.

        Sealed days do not tell their calls apart, so nothing can be taken out of them. If such a load were taken back and its log
        loaded again, these calls would count twice.
        """
        days, wanted = self.sealed(), set(load_ids)
        found: dict[str, int] = {}
        for removal in (row.removed for row in self.merged_rows if days):
            if removal is None or not removal.sealed:
                continue
            since = min(one.first_day for one in removal.sealed)
            if any(one.first_day < removal.before and one.last_day >= since for one in days):
                for load_id in removal.calls.keys() & wanted:
                    found[load_id] = found.get(load_id, 0) + removal.calls[load_id]
        return found

    def held(self) -> dict[str, tuple[int, int]]:
        """How many calls and rejects of each load that holds the lake has now, after retentions and retries."""
        removed, retried = self.removed(), sum_of_retries(row.retried for row in self.merged_rows)
        held = {}
        for row in self.loads():
            calls, rejects = removed.get(row.load_id, (0, 0))
            again = retried.get(row.load_id, Retried())
            held[row.load_id] = row.calls + again.calls - calls, row.rejects - again.calls - again.ignored - rejects
        return held

    def without_texts(self) -> set[str]:
        """The loads that hold and whose rejects have lost detail and sample, with no part decided after that."""
        completed = {row.load_id: row.completed or row.decision for row in self.loads()}
        return {
            load_id
            for row in self.merged_rows
            if row.removed is not None
            for load_id in row.removed.texts
            if load_id in completed and row.decision > completed[load_id]
        }

    def grown_from(self, load_ids: Iterable[str]) -> tuple[str, ...]:
        """The given loads that hold, and all loads that grew from them, directly or not, in the ledger's order."""
        family = set(load_ids)
        # A load is decided after its parent, so one pass in order finds every generation.
        for row in self.loads():
            if row.parent in family:
                family.add(row.load_id)
        return tuple(row.load_id for row in self.loads() if row.load_id in family)

    @cached_property
    def _loads(self) -> tuple[LedgerRow, ...]:
        gone = {load_id for row in self.merged_rows for load_id in row.unloaded}
        return tuple(row for row in self.merged_rows if row.kind == "load" and row.load_id not in gone)

    def _place_after(self, version: int) -> int:
        return bisect_right(self.rows, version, key=lambda row: row.decision)


def written_merges(rows: Iterable[tuple[int, str, bool]]) -> int:
    """The last of these decisions that is a merge and no longer says which loads it merged; 0 where there is none."""
    return max((decision for decision, kind, says in rows if kind == "merge" and not says), default=0)


def removed_from(removals: Iterable[Removal | None], load_ids: Container[str]) -> dict[str, tuple[int, int]]:
    """How many calls and rejects these retentions removed from each of these loads that lost any."""
    removed: dict[str, tuple[int, int]] = {}
    for removal in removals:
        if removal is None:
            continue
        for load_id in removal.calls.keys() | removal.rejects.keys():
            if load_id in load_ids:
                calls, rejects = removed.get(load_id, (0, 0))
                calls += removal.calls.get(load_id, 0)
                removed[load_id] = calls, rejects + removal.rejects.get(load_id, 0)
    return removed


def sum_of_retries(retries: Iterable[Mapping[str, Retried]]) -> dict[str, Retried]:
    """What all these retries made of each load's rejects."""
    retried: dict[str, Retried] = {}
    for retry in retries:
        for load_id, one in retry.items():
            retried[load_id] = retried.get(load_id, Retried()) + one
    return retried


def staged_files(rows: Sequence[LedgerRow], table: Table) -> tuple[StagedFile, ...]:
    """The data files that these decisions add to the table."""
    return tuple(file for row in rows for file in row.staged if file.table == table)
