"""How quickly a lake opens that was followed for long: a lake as `follow` leaves it after a given number of decisions.

That many decisions take hours. So one line is loaded, and the lake is written as if it had come again every five seconds:

- the ledger and the calls in data files of the sizes that `follow` compacts to,
- a checkpoint that names the small data files of a week, which were removed when they were compacted,
- behind it the commits of an hour, written and shortened by the lake itself.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from bench.lake.writing import ZONE
from ingest import ReadOptions, ingest, status
from ingest.arrow import arrow_schema
from ingest.lake.compaction import DEFAULT_SIZES
from ingest.lake.data_file import TABLES, StagedFile, data_files, write_file
from ingest.lake.lake import Lake
from ingest.lake.ledger_row import LEDGER_COLUMNS
from ingest.limits import DEFAULT_LIMITS
from ingest.load.following import _Following

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest.lake.data_file import NewFile, TableName
    from ingest.lake.ledger_row import LedgerRow

BEGUN = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
"""When the first decision was made."""

_LINE = {
    "timestamp": f"{BEGUN:%Y-%m-%dT%H:%M:%SZ}",
    "method": "GET",
    "url": "https://12345.rest.afas.online/ProfitRestServices/connectors/KnSubject?skip=0&take=100",
    "integrationId": "54321_7",
    "status": 200,
}

_WEEK, _HOUR = (
    int(span / dt.timedelta(seconds=DEFAULT_LIMITS.settle_seconds)) for span in (dt.timedelta(7), dt.timedelta(hours=1))
)
"""The most decisions that a follower makes in a week and in an hour."""


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One way to open the lake, and how long it took: medians in seconds, of the clock and of all processors together."""

    what: str
    seconds: float
    cpu_seconds: float


def write_followed(path: Path, decisions: int, *, tell: Callable[[str], None]) -> None:
    """Make the lake. SystemExit when there is one already."""
    lake = Lake(path)
    if lake.exists():
        raise SystemExit(f"{path}: there is a lake already; name another folder, or remove it")
    lake.create(time_zone=ZONE.key)
    row, call = _of_one_line()
    written: dict[TableName, list[NewFile]] = {name: [] for name in TABLES}
    first = 1
    for size in _sizes(decisions):
        rows = [_decided(row, number) for number in range(first, first + size)]
        written["loads"].append(_file(path / "loads", _table(rows)))
        written["calls"].append(_file(path / "calls", _called(call, rows)))
        first += size
    tell(f"{path}: {decisions:,} decisions in {len(written['loads'])} data files")
    for name in TABLES:
        _commit(lake, name, written[name], decisions)
        tell(f"{path / name}: {len(list((path / name / '_delta_log').iterdir())):,} files in its log")


def ask_followed(path: Path, *, rounds: int) -> list[Opened]:
    """How long it takes to open the lake, in each way after once without looking at the clock. It stays as it is."""
    kept = Lake(path)
    now = Lake(path).ledger()[1].loads()[-1].loaded_at + dt.timedelta(minutes=1)
    with tempfile.TemporaryDirectory() as folder:
        following = _Following(
            path,
            [folder],
            ReadOptions(),
            every=DEFAULT_LIMITS.settle_seconds,
            clock=lambda: now,
            sizes=DEFAULT_SIZES,
            limits=DEFAULT_LIMITS,
        )
        ways: dict[str, Callable[[], object]] = {
            "the first look of a process": lambda: Lake(path).snapshot(),
            "a click, nothing new": kept.snapshot,
            "status": lambda: status(path, now=now),
            "a follower's look, nothing new": following.look,
        }
        try:
            return [_timed(what, way, rounds) for what, way in ways.items()]
        finally:
            following.close()


def as_text(opened: list[Opened]) -> str:
    """A table for people."""
    lines = [f"{'what':<34}{'ms':>8}{'cpu ms':>8}"]
    lines += [f"{one.what:<34}{1000 * one.seconds:>8,.0f}{1000 * one.cpu_seconds:>8,.0f}" for one in opened]
    return "\n".join(lines)


def as_json(opened: list[Opened]) -> str:
    """The same for programs."""
    return json.dumps([asdict(one) for one in opened], indent=2)


def _of_one_line() -> tuple[LedgerRow, pa.Table]:
    """What a lake holds after a load of one line: the ledger's row, and the call."""
    with tempfile.TemporaryDirectory() as folder:
        log, lake = Path(folder) / "access.log", Path(folder) / "lake"
        log.write_text(json.dumps(_LINE) + "\n", encoding="utf-8")
        ingest(lake, [str(log)], ReadOptions(), now=BEGUN)
        [row] = Lake(lake).ledger()[1].loads()
        [file] = Lake(lake).snapshot().calls
        with ParquetFile(file.path) as parquet:
            return row, parquet.read()


def _decided(row: LedgerRow, number: int) -> LedgerRow:
    """The row as if it had been decided at that place, about a log of its own."""
    at = BEGUN + dt.timedelta(seconds=DEFAULT_LIMITS.settle_seconds * number)
    content = hashlib.sha256(str(number).encode()).hexdigest()
    name = f"{content[:16]}-0-{content[:32]}.parquet"
    staged = StagedFile("calls", name, 9000, int(at.timestamp() * 1000), json.dumps({"numRecords": 1}))
    return replace(
        row,
        load_id=content[:32],
        source=f"gateway/access-{number}.log",
        stream="gateway",
        content_sha256=content,
        first_mark=content,
        second_mark=None,
        first_call=at,
        last_call=at,
        loaded_at=at,
        decision=number,
        staged=(staged,),
    )


def _table(rows: list[LedgerRow]) -> pa.Table:
    return pa.Table.from_pylist([row.to_record() for row in rows], schema=arrow_schema(LEDGER_COLUMNS))


def _called(call: pa.Table, rows: list[LedgerRow]) -> pa.Table:
    """A call for each of these loads, at its moment."""
    calls = pa.concat_tables([call] * len(rows))
    moments = [row.loaded_at for row in rows]
    columns: dict[str, list[Any]] = {
        "load_id": [row.load_id for row in rows],
        "stream": ["gateway"] * len(rows),
        "called_at": moments,
        "day": [moment.astimezone(ZONE).date() for moment in moments],
    }
    for name, values in columns.items():
        field = calls.schema.field(name)
        calls = calls.set_column(calls.schema.get_field_index(name), field, pa.array(values, field.type))
    return calls


def _file(folder: Path, rows: pa.Table) -> NewFile:
    return write_file(folder, secrets.token_hex(8), rows.schema, [rows])


def _sizes(decisions: int) -> Iterator[int]:
    """How many rows each data file has: those of full levels, the highest first.

    >>> list(_sizes(2 * 32 * 32 + 32 + 2))
    [1024, 1024, 32, 1, 1]
    """
    level = DEFAULT_SIZES.level_files
    size = level**3
    while size:
        yield from [size] * (decisions // size)
        decisions, size = decisions % size, size // level


def _commit(lake: Lake, name: TableName, new: list[NewFile], decisions: int) -> None:
    """The table as it is after these decisions, and its log."""
    small = [
        StagedFile("calls", f"{secrets.token_hex(8)}-0-{secrets.token_hex(16)}.parquet", 9000, 0, "{}")
        for _ in range(min(decisions, _WEEK) if new else 0)
    ]
    lake.commit(name, lake.open(name), gone=(), new=small, reaches=None)
    table = lake.open(name)
    lake.commit(name, table, gone=data_files(table, lake.path / name), new=new, reaches=decisions)
    lake.checkpoint(name, commits=1)
    stood = dt.datetime.now(dt.UTC)
    for _ in range(min(decisions, _HOUR)):
        lake.commit(name, lake.open(name), gone=(), new=(), reaches=None)
    lake.checkpoint(name, commits=1)
    # As if the first checkpoint had stood for an hour, and the later ones not yet.
    lake.shorten(name, before=stood)


def _timed(what: str, way: Callable[[], object], rounds: int) -> Opened:
    way()
    taken = []
    for _ in range(rounds):
        begun, cpu_begun = time.perf_counter(), time.process_time()
        way()
        taken.append((time.perf_counter() - begun, time.process_time() - cpu_begun))
    seconds, cpu_seconds = (statistics.median(one[clock] for one in taken) for clock in (0, 1))
    return Opened(what=what, seconds=round(seconds, 4), cpu_seconds=round(cpu_seconds, 4))
