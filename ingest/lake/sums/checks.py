"""Whether sums say what the calls say, and for which days the lake has sums."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from ingest.errors import RESTORE, LakeError, in_one_line
from ingest.lake.data_file import damage, data_files, read_files
from ingest.lake.sums.adding_up import Group, connect, sums_of
from ingest.lake.sums.files import cover, is_built, name_of, sum_files
from ingest.lake.sums.kinds import KINDS
from ingest.lake.sums.sealing import wrong_days

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from ingest.lake.data_file import DataFile
    from ingest.lake.snapshot import Snapshot
    from ingest.lake.sums.files import SumFile
    from ingest.lake.sums.kinds import Kind
    from ingest.lake.sums.sealed_days import Sealed
    from ingest.lake.tables import Tables

REBUILD = "'koppelzicht maintain --sums rebuild' builds them again"


def wrong_sums(store: Tables, calls: Sequence[DataFile], unreadable: Iterable[Path]) -> Iterator[str]:
    """The sums that are damaged, or differ from their calls."""
    skipped = set(unreadable)
    for kind in KINDS.values():
        if not is_built(store, kind):
            continue
        folder = store.path / kind.table
        try:
            files = data_files(store.open(kind.table), folder)
        except LakeError as error:
            yield f"{error}; {REBUILD}"
            continue
        wrong = {file.path: found for file in files if (found := damage(file.path, file.size))}
        yield from (f"{path}: {found}; {REBUILD}" for path, found in wrong.items())
        with connect() as connection:
            for one in cover(calls, sum_files(store, kind)).sums:
                parts = tuple(file for file in calls if name_of(file) in one.built_from)
                if one.path in wrong or not skipped.isdisjoint(file.path for file in parts):
                    continue
                try:
                    if _differs(connection, kind, one, parts):
                        yield f"{one.path}: does not say what the calls say; {REBUILD}"
                except duckdb.Error as error:
                    yield f"{one.path}: cannot be compared with the calls: {in_one_line(error)}"


def wrong_sealed(sealed: Sealed) -> Iterator[str]:
    """The sealed days whose files are damaged, or do not hold the sealed calls."""
    with connect() as connection:
        for days in sealed.days:
            wrong = [
                f"{path}: {found}; {RESTORE}" for path, size in sealed.files_of(days) if (found := damage(path, size))
            ]
            yield from wrong
            if not wrong:
                try:
                    yield from (f"{found}; {RESTORE}" for found in wrong_days(connection, sealed, days))
                except duckdb.Error as error:
                    yield f"{days.name}: cannot be read: {in_one_line(error)}"


def _differs(connection: DuckDBPyConnection, kind: Kind, one: SumFile, parts: tuple[DataFile, ...]) -> bool:
    """Whether a file of sums has other rows than those that the calls of its data files add up to."""
    columns = ", ".join(column.name for column in kind.columns)
    read_files(connection, [one.path]).create_view("stored", replace=True)
    sums_of(connection, kind, Group((), parts)).create("expected")
    [(rows,)] = connection.table("expected").count("*").fetchall()
    missing = f"select {columns} from expected except select {columns} from stored"  # noqa: S608 - names of our own
    [(others,)] = connection.sql(missing).count("*").fetchall()
    connection.execute("drop table expected")
    # Where no row of the calls is missing, and there are as many rows, there are no others.
    return bool(others) or rows != one.file.rows


def damaged_sums(snapshot: Snapshot) -> str | None:
    """The first damaged file of the sums that are read in the place of calls, and the remedy. None if none is damaged."""
    for kind in KINDS.values():
        for one in cover(snapshot.calls, snapshot.sums.files(kind)).sums:
            if wrong := damage(one.path, one.file.size):
                return f"{one.path}: {wrong}; {REBUILD}"
    return None


@dataclass(frozen=True)
class Freshness:
    """The sums of a snapshot: their size, and the period (since, until) of days with calls that some kind of sums lacks."""

    bytes: int
    stale: tuple[tuple[dt.date, dt.date], ...]


def freshness(snapshot: Snapshot, connection: DuckDBPyConnection) -> Freshness:
    """For which days a lake has sums. Without any, no day is said to lack them. `duckdb.Error` where a data file cannot be read."""
    covers = [cover(snapshot.calls, snapshot.sums.files(kind)) for kind in KINDS.values()]
    used = [one.file for covered in covers for one in covered.sums]
    if not used:
        return Freshness(0, ())
    unsummed = {file.path for covered in covers for file in covered.calls}
    days: list[dt.date] = []
    if unsummed:
        found = read_files(connection, sorted(unsummed)).project("day").distinct().order("day").fetchall()
        days = [day for (day,) in found]
    return Freshness(sum(file.size for file in used), tuple(_in_a_row(days)))


def _in_a_row(days: Sequence[dt.date]) -> Iterator[tuple[dt.date, dt.date]]:
    """Since and until of the sorted days that follow each other.

    >>> list(_in_a_row([dt.date(2026, 2, 28), dt.date(2026, 3, 1), dt.date(2026, 3, 3)]))
    [(datetime.date(2026, 2, 28), datetime.date(2026, 3, 2)), (datetime.date(2026, 3, 3), datetime.date(2026, 3, 4))]
    """
    for _, together in itertools.groupby(enumerate(days), key=lambda one: one[1].toordinal() - one[0]):
        row = [day for _, day in together]
        yield row[0], row[-1] + dt.timedelta(days=1)
