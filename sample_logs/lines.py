"""The lines of a log in one of the formats, made in bulk by the SQL in `sql/` from the tables of the model."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import duckdb
import pyarrow as pa

from sample_logs.model import FIRST_DAY, LAST_DAY, SLOTS, ZONE, Stream, read
from sample_logs.tables import tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LogFormat: TypeAlias = Literal["json", "w3c", "combined", "csv"]
Separator: TypeAlias = Literal[",", ";"]
LOG_FORMATS: tuple[LogFormat, ...] = get_args(LogFormat)
CALLS_AT_ONCE = 100_000
"""So many calls are in memory at a time, unless one hour has more."""

_SQL = Path(__file__).parent / "sql"
_CSV_FIELDS = (
    "timestamp",
    "method",
    "url",
    "integration_id",
    "status",
    "duration_ms",
    "request_bytes",
    "response_bytes",
    "user_agent",
    "request_id",
)
_W3C_DIRECTIVES = (
    "#Software: Microsoft Internet Information Services 10.0\n"
    "#Version: 1.0\n"
    "#Date: {time}\n"
    "#Fields: date time cs-method cs-uri-stem cs-uri-query cs-host sc-status cs-bytes sc-bytes time-taken"
    " cs(User-Agent) cs(IntegrationId)"
)


@dataclass(frozen=True, kw_only=True)
class Log:
    """What stands in one log: a format, a period in local days (half-open), and the calls of one stream or of all.

    Behind every `calls_between` calls of the world stands a line that is no call; with None, each of those lines once.
    """

    log_format: LogFormat
    since: dt.date = FIRST_DAY
    until: dt.date = LAST_DAY + dt.timedelta(days=1)
    stream: Stream | None = None
    separator: Separator = ","
    calls_between: int | None = 900


class World:
    """So many calls from one local day until another (half-open): the same ones every time."""

    def __init__(
        self,
        *,
        calls: int,
        since: dt.date = FIRST_DAY,
        until: dt.date = LAST_DAY + dt.timedelta(days=1),
        whole_seconds: bool = False,
    ) -> None:
        """Share the calls out over the hours and the links; nothing is made of them yet."""
        self._calls = calls
        self._whole_seconds = whole_seconds
        self._connection = duckdb.connect()
        for name, rows in tables().items():
            self._connection.register(name, pa.Table.from_pylist(rows))
        cells = self._connection.sql(_sql("cells"), params={"calls": calls, "since": since, "until": until})
        cells.to_table("cells")
        self._pieces = tuple(self._cut())
        self._made: tuple[int, int] | None = None

    def lines(self, log: Log) -> Iterator[memoryview]:
        """Yield the bytes of a log in order, in large pieces of whole lines."""
        self._connection.register("other_lines", pa.Table.from_pylist(list(self._other_lines(log))))
        if log.log_format in ("w3c", "csv"):
            yield memoryview(f"{_head(log)}\n".replace("{time}", f"{_start(log.since):%Y-%m-%d %H:%M:%S}").encode())
        query = _sql("lines").replace("{lines}", _sql(log.log_format))
        params: dict[str, object] = {
            "stream": log.stream,
            "since_ms": _milliseconds(_start(log.since)),
            "until_ms": _milliseconds(_start(log.until)),
        }
        if log.log_format == "csv":
            params["separator"] = log.separator
        for first_hour, last_hour in self._pieces:
            self._make_calls(first_hour, last_hour)
            for batch in self._connection.sql(query, params=params).to_arrow_reader(50_000):
                yield _bytes(batch.column(0))

    def _cut(self) -> Iterator[tuple[int, int]]:
        """Cut the hours into runs of about CALLS_AT_ONCE calls: their first and last hour."""
        run: list[int] = []
        gathered = 0
        for hour, calls in self._connection.sql(_sql("calls_per_hour")).fetchall():
            if run and gathered + calls > CALLS_AT_ONCE:
                yield run[0], run[-1]
                run, gathered = [], 0
            run.append(hour)
            gathered += calls
        yield run[0], run[-1]

    def _make_calls(self, first_hour: int, last_hour: int) -> None:
        """Have the table `calls` hold those hours."""
        if self._made == (first_hour, last_hour):
            return
        params = {
            "first_hour": first_hour,
            "last_hour": last_hour,
            "calls": self._calls,
            "whole_seconds": self._whole_seconds,
            "slots": SLOTS,
        }
        self._connection.execute("drop table if exists calls")
        self._connection.sql(_sql("calls"), params=params).to_table("calls")
        self._made = (first_hour, last_hour)

    def _other_lines(self, log: Log) -> Iterator[Mapping[str, object]]:
        """Where the lines stand that are no calls: behind the calls whose number, modulo `period`, is `place`."""
        others = read("other_lines.toml")[log.log_format]
        lines = [bad["line"].replace(",", log.separator if log.log_format == "csv" else ",") for bad in others["bad"]]
        lines += [line.replace("{fields}", _head(log)) for line in others["ignored"]]
        period = self._calls if log.calls_between is None else log.calls_between * len(lines)
        for number, line in enumerate(lines):
            yield {"place": (2 * number + 1) * period // (2 * len(lines)), "period": period, "line": line}


def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def _head(log: Log) -> str:
    """Return the directives or the header row that say what the fields are, empty where there are none."""
    match log.log_format:
        case "w3c":
            return _W3C_DIRECTIVES
        case "csv":
            return log.separator.join(_CSV_FIELDS)
        case _:
            return ""


def _start(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZONE).astimezone(dt.UTC)


def _milliseconds(at: dt.datetime) -> int:
    return int(at.timestamp()) * 1000


def _bytes(texts: pa.Array) -> memoryview:
    """Return the texts of an Arrow column behind one another: they already lie in memory like that."""
    _, offsets, data = texts.buffers()
    ends = memoryview(offsets).cast("i")
    return memoryview(data)[ends[texts.offset] : ends[texts.offset + len(texts)]]
