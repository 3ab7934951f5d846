"""The tables of other engines, and how each is asked. All calls of a lake are put into one table of each, a day after the other."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, get_args

import duckdb

from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse

if TYPE_CHECKING:
    import datetime as dt

    import polars as pl

PeerName: TypeAlias = Literal["duckdb", "clickhouse"]
PEERS: tuple[PeerName, ...] = get_args(PeerName)

TITLES: dict[PeerName, str] = {"duckdb": "DuckDB table", "clickhouse": "ClickHouse"}

HERE = Path(__file__).parent


class Engine(Protocol):
    """What answers the questions. Close it: another process may want its files."""

    def answer(self, question: str, since: dt.date, until: dt.date) -> pl.DataFrame:
        """The answer about the calls of these days, until not included."""

    def close(self) -> None:
        """Release the files."""


class Peer(Engine, Protocol):
    """Another engine with a table of its own."""

    def create(self) -> None:
        """Make the table, without a call."""

    def add(self, calls: Path) -> None:
        """Put in the calls of a Parquet file, which has the columns of the relation `calls` in their order."""

    def finish(self) -> int:
        """Bring the table into the state in which it is asked. How many bytes it takes then."""


def installed() -> tuple[PeerName, ...]:
    """The peers that this Python has."""
    return tuple(name for name in PEERS if name != "clickhouse" or importlib.util.find_spec("chdb"))


def peer(name: PeerName, folder: Path) -> Peer:
    """The peer whose files are in this folder, which is there."""
    return DuckDbTable(folder) if name == "duckdb" else ClickHouseTable(folder)


class Ours:
    """The lake itself, asked as pages and commands ask it."""

    def __init__(self, lake: Path) -> None:
        self.warehouse = Warehouse.open(lake)

    def answer(self, question: str, since: dt.date, until: dt.date) -> pl.DataFrame:
        """The rows of the metric of this name."""
        return self.warehouse.metric(question, Scope(since=since, until=until))

    def close(self) -> None:
        """Release the files."""
        self.warehouse.close()


class DuckDbTable:
    """A plain table in a file. It holds the calls in the order of the lake's data files, which lets it skip most days."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "peer.duckdb"
        self._connection = duckdb.connect(str(self._file))
        self._connection.execute("set timezone = 'UTC'")
        self._connection.execute("set enable_progress_bar = false")

    def create(self) -> None:
        """Nothing: the first calls make the table."""

    def add(self, calls: Path) -> None:
        """Put in these calls."""
        file = self._connection.read_parquet(str(calls))
        if self._connection.execute("from duckdb_tables() where table_name = 'calls'").fetchall():
            file.insert_into("calls")
        else:
            file.create("calls")

    def finish(self) -> int:
        """All of the log is in the file. The bytes of the file."""
        self._connection.execute("checkpoint")
        return self._file.stat().st_size

    def answer(self, question: str, since: dt.date, until: dt.date) -> pl.DataFrame:
        """The rows of the statement in `duckdb/`."""
        rows: pl.DataFrame = self._connection.sql(
            _sql("duckdb", question), params={"since": since, "until": until}
        ).pl()
        return rows

    def close(self) -> None:
        """Release the file."""
        self._connection.close()


class ClickHouseTable:
    """A MergeTree table in the order of the lake's data files, in parts of a month, with projections."""

    def __init__(self, folder: Path) -> None:
        session: Any = importlib.import_module("chdb.session")  # has no types, and is not among our requirements
        self._session = session.Session(str(folder))

    def create(self) -> None:
        """Make the table and its projections."""
        self._session.query("create database peer")
        self._session.query(_sql("clickhouse", "table"))

    def add(self, calls: Path) -> None:
        """Put in these calls. What is null where the table has no nulls becomes the type's default."""
        self._session.query(
            "insert into peer.calls select * from file({calls:String}, Parquet)", params={"calls": str(calls)}
        )

    def finish(self) -> int:
        """Each month is one part. The bytes of these, with their projections: parts from before stay on the disk for some minutes."""
        self._session.query("optimize table peer.calls final")
        size = self._session.query("select sum(bytes_on_disk) from system.parts where active and database = 'peer'")
        return int(str(size))

    def answer(self, question: str, since: dt.date, until: dt.date) -> pl.DataFrame:
        """The rows of the statement in `clickhouse/`."""
        import polars as pl

        # Its dates would come as numbers of days.
        sql = f"{_sql('clickhouse', question)}settings output_format_arrow_date_as_uint16 = 0"
        params = {"since": since.isoformat(), "until": until.isoformat()}
        rows = pl.from_arrow(self._session.query(sql, "ArrowTable", params=params))
        assert isinstance(rows, pl.DataFrame), "a table of Arrow is a frame"
        return rows

    def close(self) -> None:
        """Release the files."""
        self._session.close()


def _sql(engine: PeerName, name: str) -> str:
    return (HERE / engine / f"{name}.sql").read_text(encoding="utf-8")
