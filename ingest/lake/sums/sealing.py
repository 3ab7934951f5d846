"""Sealing days: adding up the calls that a retention is about to remove, and finding out whether sealed sums hold what they should.

A retention of every night seals one day. So that a year has not 365 files of each kind, the sealed days of a month are added up
again, together with new ones, as soon as there are several.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import duckdb
import pyarrow as pa
from duckdb import ColumnExpression, ConstantExpression

from ingest.errors import RESTORE, LakeError
from ingest.lake.data_file import StagedFile, damage, read_files, remove_files
from ingest.lake.sums.adding_up import connect, sums_of_parts, write_sums
from ingest.lake.sums.kinds import KINDS
from ingest.lake.sums.sealed_days import Sealed, SealedDays

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from ingest.lake.data_file import DataFile
    from ingest.lake.tables import Tables

MOST_OF_A_MONTH = 8
"""Where so many sealed days of a month stand side by side, they are added up together with the next ones."""


@dataclass(frozen=True)
class Sealing:
    """New sealed days, invisible until they are decided, the names of the sealed days that they replace, and the number of new calls."""

    sealed: tuple[SealedDays, ...] = ()
    replaced: tuple[str, ...] = ()
    calls: int = 0


def seal(
    store: Tables,
    files: Sequence[DataFile],
    load_ids: Iterable[str],
    days: tuple[dt.date, dt.date],
    standing: Sequence[SealedDays],
) -> Sealing:
    """Add up the calls of these loads on the days from `days[0]` to before `days[1]`: one `SealedDays` for each month.

    `files` are sound data files that hold these calls, `standing` the days that are sealed already. The written files are read again and
    compared, because the calls will be gone. LakeError when the disk takes no more, or the sums differ from the calls.
    """
    sealed: list[SealedDays] = []
    replaced: list[str] = []
    for kind in KINDS.values():
        store.make_folder(kind.sealed_table)
    try:
        with connect(store.path) as connection:
            connection.execute("create table leaving as select unnest(?::varchar[]) as load_id", [sorted(load_ids)])
            counted = _calls_of_days(connection, files, days)
            for month, calls in _months(counted):
                within = [file for file in files if file.min_day is None or file.min_day <= max(calls)]
                within = [file for file in within if file.max_day is None or file.max_day >= min(calls)]
                sent = _leaving(connection, within, (min(calls), max(calls) + dt.timedelta(days=1)))
                # Days that were sealed before a kind of sums was known stay by themselves: their calls are gone, so it cannot be added.
                others = [
                    one
                    for one in standing
                    if one.first_day.replace(day=1) == month and all(map(one.file, KINDS.values()))
                ]
                absorbed = others if len(others) >= MOST_OF_A_MONTH else []
                sealed.append(_write(connection, store, sent, calls, absorbed))
                replaced += [one.name for one in absorbed]
                _refuse_wrong(connection, store, sealed[-1])
    except BaseException as error:
        discard(store, sealed)
        if isinstance(error, duckdb.Error):
            raise LakeError(
                f"{store.path / 'calls'}: calls cannot be added up, nothing was removed: {error}"
            ) from error
        raise
    return Sealing(tuple(sealed), tuple(replaced), sum(counted.values()))


def discard(store: Tables, sealed: Iterable[SealedDays]) -> None:
    """Remove the files of sealed days that no decision names."""
    remove_files(store.path / file.table / file.path for one in sealed for file in one.files)


def _calls_of_days(
    connection: DuckDBPyConnection, files: Sequence[DataFile], days: tuple[dt.date, dt.date]
) -> dict[dt.date, int]:
    if not files:
        return {}
    rows = _leaving(connection, files, days).aggregate("day, count(*) as calls", "day").order("day")
    return dict(rows.fetchall())


def _leaving(
    connection: DuckDBPyConnection, files: Sequence[DataFile], days: tuple[dt.date, dt.date]
) -> DuckDBPyRelation:
    """The calls of these days that the retention removes."""
    since, until = (ConstantExpression(day) for day in days)
    day = ColumnExpression("day")
    rows = read_files(connection, [file.path for file in files]).filter(day >= since).filter(day < until)
    return rows.join(connection.table("leaving"), "load_id", how="semi")


def _months(calls: Mapping[dt.date, int]) -> list[tuple[dt.date, dict[dt.date, int]]]:
    """These days by month."""
    months: dict[dt.date, dict[dt.date, int]] = {}
    for day, count in calls.items():
        months.setdefault(day.replace(day=1), {})[day] = count
    return list(months.items())


def _write(
    connection: DuckDBPyConnection,
    store: Tables,
    sent: DuckDBPyRelation,
    calls: Mapping[dt.date, int],
    absorbed: Sequence[SealedDays],
) -> SealedDays:
    """One file of each kind, with these calls and with what is absorbed."""
    name = secrets.token_hex(8)
    together = dict(calls)
    for one in absorbed:
        for day, count in one.calls.items():
            together[day] = together.get(day, 0) + count
    written: list[Path] = []
    files = []
    try:
        for kind in KINDS.values():
            stored = [_sound(store, file) for one in absorbed if (file := one.file(kind))]
            sums = sums_of_parts(connection, kind, sent, stored)
            new = write_sums(connection, store.path / kind.sealed_table, name, kind, sums)
            written.append(new.path)
            files.append(StagedFile(kind.sealed_table, new.name, new.size, new.modified_at_ms, new.stats))
    except (pa.ArrowException, OSError) as error:
        remove_files(written)
        raise LakeError(f"{store.path / 'sealed'}: cannot be written, nothing was removed: {error}") from error
    except BaseException:
        remove_files(written)
        raise
    return SealedDays(name, dict(sorted(together.items())), tuple(files))


def _refuse_wrong(connection: DuckDBPyConnection, store: Tables, days: SealedDays) -> None:
    for wrong in wrong_days(connection, Sealed(store.path), days):
        raise LakeError(f"{store.path}: nothing was removed: {wrong}")


def _sound(store: Tables, file: StagedFile) -> Path:
    """The path of a file of sealed sums. LakeError when it is damaged: a new file would hide that."""
    path = store.path / file.table / file.path
    if wrong := damage(path, file.size):
        raise LakeError(f"{path}: {wrong}; nothing was removed, {RESTORE}")
    return path


def wrong_days(connection: DuckDBPyConnection, sealed: Sealed, days: SealedDays) -> list[str]:
    """The files of sealed days that hold other calls, or calls of other days, than the decision says."""
    wrong = []
    for kind in KINDS.values():
        path = sealed.path(days, kind)
        if path is None:
            continue
        rows = read_files(connection, [path])
        if not kind.has("day"):
            found = dict.fromkeys(_days_of(rows), 0)
            said: Mapping[dt.date, int] = dict.fromkeys(days.calls, 0)
        elif kind.counts_calls:
            found, said = _by_day(rows, "calls"), days.calls
        else:  # It has errors alone, and calls of a customer have as many.
            whole = sealed.path(days, KINDS["customer_hours"])
            found = _by_day(rows, "errors")
            said = found if whole is None else _by_day(read_files(connection, [whole]), "errors")
        if found != said:
            day = min(day for day in found.keys() | said.keys() if found.get(day) != said.get(day))
            wrong.append(f"{path}: {_differs(day, found.get(day), said.get(day))}")
    return wrong


def _by_day(rows: DuckDBPyRelation, measure: Literal["calls", "errors"]) -> dict[dt.date, int]:
    """How many calls or errors each day has, without days that have none."""
    counted = rows.aggregate(f"day, sum({measure})::bigint as counted", "day").filter("counted > 0")
    return dict(counted.fetchall())


def _differs(day: dt.date, found: int | None, said: int | None) -> str:
    if found is None or said is None:
        return f"{'lacks' if found is None else 'has'} {day}, which was {'' if found is None else 'not '}sealed"
    return f"holds {found:,} calls of {day}, {said:,} were sealed"


def _days_of(rows: DuckDBPyRelation) -> list[dt.date]:
    """The days of a kind that keeps those of a month as bits."""
    months = rows.aggregate("month, bit_or(days) as days", "month").fetchall()
    return [month + dt.timedelta(days=bit) for month, days in months for bit in range(31) if days >> bit & 1]
