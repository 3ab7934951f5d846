"""How long ours and each peer take for the same questions about the same calls.

The peers are measured one after the other: the table of one is deleted before the next is made, and a thread watches how much room it
takes meanwhile. For each question, ours and the peer first answer in a new process each, and then by turns in one process. A time
counts only if the answers say the same.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import datetime as dt
import importlib
import importlib.metadata
import json
import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from analytics.warehouse.warehouse import Warehouse
from bench.bench import machine
from bench.peers.engines import HERE, PEERS, TITLES, Ours, PeerName, installed, peer
from bench.peers.questions import QUESTIONS, difference
from ingest.lake.sums.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

    from bench.peers.engines import Engine
    from bench.peers.questions import Question

P = ParamSpec("P")
T = TypeVar("T")

MISSING = "ClickHouse is left out, because chdb is not installed: .venv/bin/python -m pip install chdb"

_PACKAGES: dict[PeerName, str] = {"duckdb": "duckdb", "clickhouse": "chdb"}
_LOOK_SECONDS = 0.1
_DAY = (HERE / "day.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, kw_only=True)
class Made:
    """The table of one peer: how long it took to make, its bytes, and those on the disk at most meanwhile."""

    peer: PeerName
    version: str
    seconds: float
    size: int
    peak_size: int


@dataclass(frozen=True, kw_only=True)
class Times:
    """Seconds: of the first answer of a new process, and medians of the later ones, by the clock and of all processors together."""

    first: float
    warm: float
    warm_cpu: float


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One question to ours and to a peer. Without times where the answers differ."""

    question: str
    peer: PeerName
    rows: int
    differs: str | None
    ours: Times | None
    theirs: Times | None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All that was measured, and where."""

    measured_at: str
    machine: dict[str, object]
    load: tuple[float, float, float]
    calls: int
    calls_size: int
    sums_size: int
    since: dt.date
    until: dt.date
    made: tuple[Made, ...]
    compared: tuple[Compared, ...]

    @property
    def agrees(self) -> bool:
        """Whether all answers say the same."""
        return all(one.differs is None for one in self.compared)


def compare(lake: Path, *, last: int, rounds: int, only: str, tell: Callable[[str], None]) -> Comparison:
    """Ours and each peer that is installed, on the last days of a lake.

    The peers' tables are made in the system's folder for temporary files, in TMPDIR if that is set.
    """
    begun = dt.datetime.now(dt.UTC)
    load = os.getloadavg()
    with Warehouse.open(lake) as warehouse:
        files = warehouse.snapshot.calls
        calls, calls_size = sum(file.rows for file in files), sum(file.size for file in files)
        sums = [one.file.size for kind in KINDS.values() for one in warehouse.snapshot.sums.files(kind)]
        first_day = min(file.min_day for file in files if file.min_day is not None)
        until = max(file.max_day for file in files if file.max_day is not None) + dt.timedelta(days=1)
    asked = [question for question in QUESTIONS if only in question.metric]
    made, compared = [], []
    for name in PEERS:
        if name not in installed():
            tell(MISSING)
            continue
        with tempfile.TemporaryDirectory(prefix="koppelzicht-peer-") as folder:
            place = Path(folder)
            made.append(_make(name, lake, place, days=(first_day, until)))
            tell(_made_line(made[-1]))
            for question in asked:
                since = max(first_day, until - dt.timedelta(days=question.last or last))
                of = _Asked(question, lake, name, place, since, until)
                compared.append(_compare(of, rounds=rounds))
                tell(_line(compared[-1]))
    return Comparison(
        measured_at=begun.isoformat(timespec="seconds").replace("+00:00", "Z"),
        machine=machine(),
        load=load,
        calls=calls,
        calls_size=calls_size,
        sums_size=sum(sums),
        since=max(first_day, until - dt.timedelta(days=last)),
        until=until,
        made=tuple(made),
        compared=tuple(compared),
    )


def as_text(comparison: Comparison) -> str:
    """A table for people, in milliseconds."""
    where = "{processor}, {cores} cores, {memory_gb} GB, {system}".format_map(comparison.machine)
    last_day = comparison.until - dt.timedelta(days=1)
    lines = [
        f"{comparison.calls:,} calls, asked about {comparison.since} to {last_day}; {comparison.measured_at}",
        f"{where}; load before {comparison.load[0]:.1f}",
        f"the lake's calls {_megabytes(comparison.calls_size)}, its sums {_megabytes(comparison.sums_size)}",
        *map(_made_line, comparison.made),
        "",
        f"{'milliseconds':<51}{'first':>18}{'warm':>18}{'processor':>18}",
        f"{'question':<28}{'peer':<14}{'rows':>9}" + f"{'ours':>9}{'peer':>9}" * 3,
        *map(_line, comparison.compared),
    ]
    return "\n".join(lines)


def as_json(comparison: Comparison) -> str:
    """The same for programs."""
    return json.dumps(asdict(comparison), indent=2, default=str)


def _make(name: PeerName, lake: Path, place: Path, *, days: tuple[dt.date, dt.date]) -> Made:
    table = place / "table"
    table.mkdir()
    begun = time.perf_counter()
    with _watched(table) as sizes:
        size = _in_new_process(fill, name, lake, place, days)
    seconds = time.perf_counter() - begun
    version = importlib.metadata.version(_PACKAGES[name])
    return Made(peer=name, version=version, seconds=round(seconds, 1), size=size, peak_size=max(sizes))


def fill(name: PeerName, lake: Path, place: Path, days: tuple[dt.date, dt.date]) -> int:
    """Make a peer's table in `place/table` and put in the calls of these days, one day after the other by way of a file; its bytes."""
    since, until = days
    file = place / "day.parquet"
    with contextlib.closing(peer(name, place / "table")) as table, Warehouse.open(lake) as warehouse:
        table.create()
        for day in (since + dt.timedelta(days=number) for number in range((until - since).days)):
            warehouse.connection.sql(_DAY, params={"day": day}).write_parquet(str(file))
            table.add(file)
            file.unlink()
        return table.finish()


@dataclass(frozen=True)
class _Asked:
    """A question about some days, to the lake or to the peer whose table is at that place."""

    question: Question
    lake: Path
    peer: PeerName
    place: Path
    since: dt.date
    until: dt.date

    def ours(self) -> Engine:
        return Ours(self.lake)

    def theirs(self) -> Engine:
        return peer(self.peer, self.place / "table")

    def answer(self, engine: Engine) -> pl.DataFrame:
        return engine.answer(self.question.metric, self.since, self.until)


def _compare(asked: _Asked, *, rounds: int) -> Compared:
    first = _in_new_process(_first_of_ours, asked), _in_new_process(_first_of_theirs, asked)
    rows, differs, *warm = _in_new_process(_by_turns, asked, rounds)
    times = [_times(one, later) for one, later in zip(first, warm, strict=True)]
    return Compared(
        question=asked.question.metric,
        peer=asked.peer,
        rows=rows,
        differs=differs,
        ours=None if differs else times[0],
        theirs=None if differs else times[1],
    )


def _times(first: float, later: list[tuple[float, float]]) -> Times:
    warm, warm_cpu = (statistics.median(taken[clock] for taken in later) for clock in (0, 1))
    return Times(first=round(first, 4), warm=round(warm, 4), warm_cpu=round(warm_cpu, 4))


def _first_of_ours(asked: _Asked) -> float:
    return _first(asked, asked.ours)


def _first_of_theirs(asked: _Asked) -> float:
    importlib.import_module(_PACKAGES[asked.peer])
    return _first(asked, asked.theirs)


def _first(asked: _Asked, opened: Callable[[], Engine]) -> float:
    """Seconds from opening the lake or the table to the answer, without the imports."""
    begun = time.perf_counter()
    with contextlib.closing(opened()) as engine:
        asked.answer(engine)
        return time.perf_counter() - begun


def _by_turns(
    asked: _Asked, rounds: int
) -> tuple[int, str | None, list[tuple[float, float]], list[tuple[float, float]]]:
    """How many rows the answer has, where the two differ, and the seconds of each after its first answer."""
    with contextlib.closing(asked.ours()) as ours, contextlib.closing(asked.theirs()) as theirs:
        answer = asked.answer(ours)
        differs = difference(asked.question, answer, asked.answer(theirs))
        seconds: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
        for _ in range(rounds):
            for engine, taken in zip((ours, theirs), seconds, strict=True):
                begun, cpu_begun = time.perf_counter(), time.process_time()
                asked.answer(engine)
                taken.append((time.perf_counter() - begun, time.process_time() - cpu_begun))
    return answer.height, differs, *seconds


def _in_new_process(run: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What it returns in a process that has not answered anything yet. The page cache stays as it is."""
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return executor.submit(run, *args, **kwargs).result()


@contextlib.contextmanager
def _watched(folder: Path) -> Iterator[list[int]]:
    """The sizes of the folder as they are seen, the last one at the end."""
    sizes = [0]
    is_done = threading.Event()

    def watch() -> None:
        while not is_done.wait(_LOOK_SECONDS):
            sizes.append(_size(folder))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield sizes
    finally:
        is_done.set()
        watcher.join()
        sizes.append(_size(folder))


def _size(folder: Path) -> int:
    """The bytes of its files. Files come and go meanwhile, and a file with several names counts once."""
    sizes: dict[int, int] = {}
    for at, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                found = Path(at, name).stat()
                sizes[found.st_ino] = found.st_size
    return sum(sizes.values())


def _made_line(made: Made) -> str:
    sizes = f"{_megabytes(made.size)}, {_megabytes(made.peak_size)} at most"
    return f"{TITLES[made.peer]} ({_PACKAGES[made.peer]} {made.version}): made in {made.seconds:,.1f} s, {sizes}"


def _line(one: Compared) -> str:
    begin = f"{one.question:<28}{TITLES[one.peer]:<14}{one.rows:>9,}"
    if one.ours is None or one.theirs is None:
        return f"{begin}  other answers: {one.differs}"
    ours, theirs = one.ours, one.theirs
    times = (ours.first, theirs.first, ours.warm, theirs.warm, ours.warm_cpu, theirs.warm_cpu)
    return begin + "".join(f"{1000 * value:>9,.0f}" for value in times)


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
