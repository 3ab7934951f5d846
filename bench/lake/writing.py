"""A lake of made-up calls, written as a load writes one.

Each day has one load for each of the four logs. The calls are staged, decided and rolled forward by the lake's own protocol, in data
files of the size that a load writes, and `maintain` has the last word. So status, verify and every metric read it like any
other lake. Memory holds the numbers of one day and the rows of one data file.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pyarrow as pa

from analytics.registry import RELATIONS, load_registry
from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS
from ingest.catalogue.published import official_connectors
from ingest.engine.connection import connect
from ingest.lake.lake import Lake
from ingest.lake.ledger_row import LedgerRow, new_load_id
from ingest.lake.maintenance import maintain
from ingest.limits import DEFAULT_LIMITS
from ingest.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from duckdb import DuckDBPyConnection

    from ingest.lake.data_file import StagedFile

HERE = Path(__file__).parent

ZONE = ZoneInfo("Europe/Amsterdam")

STREAMS = ("gateway-1", "gateway-2", "gateway-3", "gateway-4")

LINE_BYTES = 520
"""About as many bytes has a line of JSON about one call."""

OFFICE = {5: 1, 6: 1, 7: 2, 8: 4, 9: 5, 10: 5, 11: 4, 12: 3, 13: 4, 14: 5, 15: 4, 16: 3, 17: 2} | dict.fromkeys(
    range(18, 24), 1
)
"""How much of an office's work is done in each hour of the clock."""

WEEKDAYS = (108, 106, 104, 105, 98, 42, 37)
"""How many of the week's calls each day has, Monday first."""


@dataclass(frozen=True, kw_only=True)
class Platform:
    """How large it is, until when, and what goes wrong.

    `until` is the day after the last one, `refused` the fraction of sessions whose token is refused, `ending` that of links that end.
    """

    calls: int
    days: int = 90
    customers: int = 10_000
    integrations: int = 800
    seed: int = 1
    refused: float = 0.004
    ending: float = 0.1
    until: dt.date = dt.date(2026, 11, 1)

    def calls_by_day(self) -> dict[dt.date, int]:
        """How many calls each day has: shared out by its weekday, all of them together exactly `calls`.

        >>> Platform(calls=100, days=3, until=dt.date(2026, 11, 2)).calls_by_day().values()
        dict_values([55, 24, 21])
        """
        days = [self.until - dt.timedelta(days=back) for back in range(self.days, 0, -1)]
        total = sum(WEEKDAYS[day.weekday()] for day in days)
        shared, before = {}, 0
        for day in days:
            after = before + WEEKDAYS[day.weekday()]
            shared[day] = self.calls * after // total - self.calls * before // total
            before = after
        return shared


def write_lake(
    path: Path,
    platform: Platform,
    *,
    tell: Callable[[str], None],
    faults: Callable[[DuckDBPyConnection], None] | None = None,
) -> None:
    """Make the lake with these calls. SystemExit when there is one already. `faults` fills the table of that name."""
    lake = Lake(path)
    if lake.exists():
        raise SystemExit(f"{path}: there is a lake already; name another folder, or remove it")
    lake.create(time_zone=ZONE.key)
    with connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        _set(
            connection,
            seed=platform.seed,
            customers=platform.customers,
            integrations=platform.integrations,
            days=platform.days,
            official=list(official_connectors()),
            office_hours=[hour for hour, share in OFFICE.items() for _ in range(share)],
            time_zone=ZONE.key,
            refused=platform.refused,
            ending=platform.ending,
        )
        connection.execute(_sql("shape"))
        if faults is not None:
            faults(connection)
        batch = _Batch(lake)
        for number, (day, calls) in enumerate(platform.calls_by_day().items()):
            if calls:
                _make_day(connection, day=day, number=number, calls=calls)
                [(made,)] = connection.execute("select count(*) from day_calls").fetchall()
                _add_day(batch, connection, platform, day=day, calls=made)
            tell(f"{day}: {calls:,} calls")
        batch.decide()
        _register(path, connection, platform)
    maintain(path, now=_after(platform.until))


class _Batch:
    """Groups of days that are decided together: whole days, up to the calls of one data file, as a load does."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._rows: list[LedgerRow] = []
        self._staged: list[StagedFile] = []
        self._waiting: list[pa.Table] = []

    def add(self, calls: pa.Table) -> None:
        """Take these calls in, and write a data file where there are enough."""
        self._waiting.append(calls)
        if sum(map(len, self._waiting)) >= DEFAULT_LIMITS.file_rows:
            self._write()

    def end_day(self, rows: Sequence[LedgerRow]) -> None:
        """The calls of these loads are all there."""
        self._rows += rows
        if not self._waiting:
            self.decide()

    def decide(self) -> None:
        """Make everything hold that was added."""
        self._write()
        table, ledger = self._lake.ledger()
        if self._rows and not self._lake.decide(table, ledger, self._rows, self._staged):
            raise SystemExit(f"{self._lake.path}: somebody else writes to it")
        self._lake.roll_forward()
        self._rows, self._staged = [], []

    def _write(self) -> None:
        if self._waiting:
            rows = pa.concat_tables(self._waiting).combine_chunks()
            self._staged += self._lake.stage(new_load_id(), rows, arrow_schema(()).empty_table())
            self._waiting = []


def _make_day(connection: DuckDBPyConnection, *, day: dt.date, number: int, calls: int) -> None:
    _set(connection, day=day, day_number=number, calls=calls)
    connection.execute(_sql("day"))


def _add_day(batch: _Batch, connection: DuckDBPyConnection, platform: Platform, *, day: dt.date, calls: int) -> None:
    """The calls of the day that was made, in pieces of equal size, and its loads."""
    logs = connection.sql(
        "select stream, count(*) as calls, min(called_at) as first_call, max(called_at) as last_call"
        " from day_calls group by stream order by stream"
    ).to_arrow_table()
    rows = [_load(platform, day=day, **log) for log in logs.to_pylist()]
    names = [row.stream for row in rows]
    connection.register(
        "loads", pa.table({"stream": logs["stream"], "name": names, "load_id": [row.load_id for row in rows]})
    )
    pieces = -(-calls // DEFAULT_LIMITS.file_rows)
    schema = arrow_schema(CALL_COLUMNS)
    for piece in range(pieces):
        _set(connection, first=calls * piece // pieces + 1, last=calls * (piece + 1) // pieces)
        found = connection.sql(_sql("calls")).to_arrow_table()
        batch.add(found.select(schema.names).cast(schema))
    batch.end_day(rows)


def _register(path: Path, connection: DuckDBPyConnection, platform: Platform) -> None:
    """Load the vendor's lists, as they were on the first day."""
    connection.execute(_sql("registry"))
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{relation}.csv" for relation in RELATIONS]
        for file in files:
            connection.table(f"registry_{file.stem}").write_csv(str(file))
        first_day = platform.until - dt.timedelta(days=platform.days)
        load_registry(path, files, now=_after(platform.until), as_of=first_day)


def _load(
    platform: Platform, *, day: dt.date, stream: int, calls: int, first_call: dt.datetime, last_call: dt.datetime
) -> LedgerRow:
    """The ledger's row of one log of one day; its names are the same whenever it is made."""
    source = f"{STREAMS[stream]}/{day}.log"
    content = hashlib.sha256(f"{platform} {source}".encode()).hexdigest()
    return LedgerRow(
        load_id=content[:16],
        source=source,
        stream=STREAMS[stream],
        log_format="json",
        dialect="koppelzicht",
        end_byte=calls * LINE_BYTES,
        content_sha256=content,
        lines=calls,
        calls=calls,
        first_call=first_call,
        last_call=last_call,
        loaded_at=_after(day + dt.timedelta(days=1)),
        version=VERSION,
    )


def _after(day: dt.date) -> dt.datetime:
    """A quarter of an hour after the beginning of that day."""
    return dt.datetime.combine(day, dt.time(0, 15), ZONE).astimezone(dt.UTC)


def _set(connection: DuckDBPyConnection, **values: object) -> None:
    for name, value in values.items():
        connection.execute(f"set variable {name} = ?", [value])


def _sql(name: str) -> str:
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")
