"""The damage in a lake, the loads that have lost rows by it, and the ways to bring them back.

A lake keeps nothing twice. So the rows of a damaged data file come back from the logs, or from a copy of the lake. Every row belongs
to a load: the loads that have lost rows are taken back entirely, with the loads that grew from them, and the user loads their logs
again. Sealed sums come back from a copy alone: where they are damaged, their days are given up.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ingest.errors import RESTORE, LakeError
from ingest.lake.data_file import TABLES, damage, data_files
from ingest.lake.lake import Lake
from ingest.lake.ledger_row import Removal, own_decision
from ingest.lake.log_damage import damages, mend
from ingest.lake.rewriting import rows_by_load
from ingest.limits import DEFAULT_LIMITS
from ingest.load.unloading import why_not_taken_back
from ingest.patience import QUICK, Patience
from ingest.report import DamagedFile, LostLoad, RepairReport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.lake.data_file import Table
    from ingest.lake.ledger import Ledger
    from ingest.limits import Limits

_PLACES: tuple[tuple[Table, int], ...] = (("calls", 0), ("rejects", 1))


def repair(lake: Path, *, now: dt.datetime, is_wanted: bool = False, limits: Limits = DEFAULT_LIMITS) -> RepairReport:
    """What is damaged, and the loads that have to be loaded again. With `is_wanted` these are taken back.

    LakeError where the rest of the lake does not tell what was lost: then only a copy of the lake helps.
    """
    store = Lake(lake)
    _ = store.id
    damaged = _logs(store, is_wanted=is_wanted)
    if damaged and not is_wanted:
        return RepairReport(lake=str(lake), is_sound=False, damaged=tuple(damaged), loads=())
    lost_sums, lost_days = _sealed(store, now=now, is_wanted=is_wanted)
    damaged += lost_sums
    patience = Patience(store.path, "taking back the loads that have lost lines", most=limits.slow_attempts)
    while True:
        patience.spend()
        table, ledger = store.ledger()
        store.roll_forward()  # rows that were decided and are not visible yet are not lost
        files, loads = _lost(store, ledger)
        if why := why_not_taken_back(ledger, [load.load_id for load in loads]):
            raise LakeError(
                f"{', '.join(file.file for file in files) or store.path}: has lost calls, and {why}"
                + _said_of_sums(lost_days, is_wanted=is_wanted)
            )
        if not loads or not is_wanted:
            break
        if store.decide(
            table, ledger, [own_decision("unload", now=now, about="repair", unloaded=[load.load_id for load in loads])]
        ):
            store.roll_forward()
            break
    damaged += files
    is_sound = is_wanted or not (damaged or loads)
    return RepairReport(
        lake=str(lake),
        is_sound=is_sound,
        damaged=tuple(damaged),
        loads=tuple(loads),
        lost_days=tuple(sorted(lost_days)),
        lost_calls=sum(lost_days.values()),
    )


def _said_of_sums(lost_days: Mapping[dt.date, int], *, is_wanted: bool) -> str:
    """The words about damaged sums at the end of an error. They were repaired first, so no later report would name them."""
    if not lost_days:
        return ""
    what = f"the sums of {sum(lost_days.values()):,} calls from {min(lost_days)} to {max(lost_days)}"
    return f". Besides, {what} {'were damaged and have been given up' if is_wanted else 'are damaged'}"


def _sealed(store: Lake, *, now: dt.datetime, is_wanted: bool) -> tuple[list[DamagedFile], dict[dt.date, int]]:
    """The damaged files with sealed sums, and the calls of the days that they hold. With `is_wanted` these days no longer stand.

    A file of one kind is of no use without those of the others: one question would count a customer and another one would not.
    """
    patience = Patience(store.path, "giving up damaged sums", most=QUICK)
    while True:
        patience.spend()
        table, ledger = store.ledger()
        damaged: list[DamagedFile] = []
        lost: dict[dt.date, int] = {}
        names = []
        for days in ledger.sealed():
            paths = {store.path / file.table / file.path: file.size for file in days.files}
            wrong = {path: found for path, size in paths.items() if (found := damage(path, size))}
            damaged += [DamagedFile(file=str(path), damage=found) for path, found in wrong.items()]
            if wrong:
                names.append(days.name)
                for day, calls in days.calls.items():
                    lost[day] = lost.get(day, 0) + calls
        gives_up = Removal(before=dt.date.min, calls={}, rejects={}, unsealed=tuple(names))
        if not (names and is_wanted) or store.decide(
            table, ledger, [own_decision("retention", now=now, about="repair", removed=gives_up)]
        ):
            store.roll_forward()
            return damaged, lost


def _logs(store: Lake, *, is_wanted: bool) -> list[DamagedFile]:
    """The damaged files of the tables' logs, which `is_wanted` mends. LakeError where no other file says the same."""
    found = [(name, *one) for name in TABLES for one in damages(store.path / name)]
    for _, path, wrong, can_be_mended in found:
        if not can_be_mended:
            raise LakeError(f"{path}: {wrong}; no other file says the same, {RESTORE}")
    if is_wanted:
        for name in sorted({name for name, *_ in found}):
            try:
                mend(store.path / name)
            except OSError as error:
                raise LakeError(f"{store.path / name}: its log cannot be mended: {error.strerror or error}") from error
    return [DamagedFile(file=str(path), damage=wrong) for _, path, wrong, _ in found]


def _lost(store: Lake, ledger: Ledger) -> tuple[list[DamagedFile], list[LostLoad]]:
    """The damaged data files, and the loads that have lost rows by them, with all loads that grew from those."""
    damaged: list[DamagedFile] = []
    concerned: set[str] = set()
    held = ledger.held()
    with duckdb.connect(":memory:", config={"temp_directory": ""}) as connection:
        for name, place in _PLACES:
            files = data_files(store.open(name), store.path / name)
            wrong = {file.path: found for file in files if (found := damage(file.path, file.size))}
            damaged += [DamagedFile(file=str(path), damage=found) for path, found in wrong.items()]
            found_rows = rows_by_load(connection, [file for file in files if file.path not in wrong])
            concerned |= {load_id for load_id, rows in held.items() if rows[place] > found_rows.get(load_id, 0)}
    family = set(ledger.grown_from(concerned))
    return damaged, [
        LostLoad(
            load_id=row.load_id,
            source=row.source,
            stream=row.stream,
            calls=held[row.load_id][0],
            rejects=held[row.load_id][1],
            loaded_at=row.loaded_at,
            is_there=Path(row.source).exists(),
        )
        for row in ledger.loads()
        if row.load_id in family
    ]
