"""SQL that somebody else wrote, run where it can do no harm: in a process of its own, without files, with limits.

The worker (worker.py) starts while this process takes the snapshot, so that an answer takes a second and not two. It gets
the job on its standard input, which stays open as long as this process lives and wants the answer: at its end the worker
ends, too. It answers on its standard output: a line of JSON, then the rows as an Arrow stream. They are complete before the
first is sent, so that nobody prints half an answer, and come in small batches, so that who prints them holds no more of
them than one. Nothing that comes back is executed.
"""

from __future__ import annotations

import contextlib
import json
import pickle
import subprocess
import sys
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any

from analytics.errors import SqlError, SqlLimitError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from analytics.scope import Scope

_START = """
import sys
sys.path[:] = sys.argv[1:]
from analytics.no_pandas import forbid_pandas
forbid_pandas()
from analytics.sandbox.worker import main
main()
"""

_START_SECONDS = 30
"""What a worker may take beside its query: to start, to bind the lake, to make the rows ready."""

TOO_LATE = frozenset({-14, 124})
"""How a worker ends that an alarm has ended: by the signal where there are alarms, else with this status."""

_LAST_WORDS = 20
_LONGEST_LINE = 64 * 1024
"""Bytes of one line that a worker says. It says no longer ones; should it, this process takes no more of them."""


@dataclass(frozen=True, kw_only=True)
class SqlLimits:
    """How much one query may take: seconds by the clock, bytes of memory, rows and bytes of its result and of one row.

    Bytes of a result are those it takes in memory here, each value with its place, and the names of the columns once a row,
    as JSON has them. Memory is bound by the operating system where it can do that for one process (Linux); elsewhere DuckDB's
    own limit is all there is, which binds sorting and grouping but not every function.
    """

    seconds: float = 60
    memory_bytes: int = 2 * 1024**3
    rows: int = 1_000_000
    result_bytes: int = 512 * 1024**2
    row_bytes: int = 64 * 1024**2


@dataclass(frozen=True, kw_only=True)
class SqlAnswer:
    """What a query found: how many rows of which columns, and the rows, which can be read once, a small batch at a time."""

    schema: pa.Schema
    rows: int
    batches: Iterator[pa.RecordBatch]


def run_sql(lake: Path, query: str, *, viewer: Scope | None = None, limits: SqlLimits | None = None) -> pa.Table:
    """The rows of a query over the lake as it is now, as far as the viewer may see it.

    There are `calls` (every environment), `rejects`, `loads`, `partners`, `integrations`, `customers`, and every metric
    with the default scope as `metrics.<name>`. What the query creates or sets is gone when it ends.

    SqlError when it is refused or wrong, SqlLimitError when it takes too much, LakeError when there is no lake.
    """
    import pyarrow as pa

    with answer_sql(lake, query, viewer=viewer, limits=limits) as answer:
        return pa.Table.from_batches(answer.batches, schema=answer.schema)


@contextlib.contextmanager
def answer_sql(
    lake: Path, query: str, *, viewer: Scope | None = None, limits: SqlLimits | None = None
) -> Iterator[SqlAnswer]:
    """The same, for who does not want to hold all rows at once; errors as run_sql, all of them before the first row."""
    import pyarrow as pa

    from analytics.registry import registry_files
    from ingest.lake.lake import Lake

    limits = limits or SqlLimits()
    _check_text(query)
    with _worker() as worker:
        job = {
            "snapshot": Lake(lake).snapshot(),
            "registry": registry_files(lake),
            "viewer": viewer,
            "query": query,
            "limits": asdict(limits),
        }
        head = worker.ask(job, limits)
        try:
            stream = pa.ipc.open_stream(worker.answer)
            yield SqlAnswer(schema=stream.schema, rows=int(head["rows"]), batches=iter(stream))
        except pa.ArrowInvalid as error:  # the stream breaks off
            raise SqlLimitError(
                "the query was stopped: its process ended before it had handed over all rows"
            ) from error


def _check_text(query: str) -> None:
    """SqlError when somebody gave bytes that are no text, of which Python makes characters that nobody can write."""
    try:
        query.encode()
    except UnicodeEncodeError as error:
        byte = ord(query[error.start]) & 0xFF
        raise SqlError(f"the query is not UTF-8: byte {byte:#04x} at character {error.start + 1:,}") from None


class _Worker:
    """A process for one query, and what it says on its standard error while it works."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._job, self.answer, heard = _pipes(process)
        self._said: deque[bytes] = deque(maxlen=_LAST_WORDS)
        # A pipe that nobody reads is full after some kilobytes, and who writes into it waits for ever.
        lines = iter(lambda: heard.readline(_LONGEST_LINE), b"")
        self._listener = threading.Thread(target=self._said.extend, args=(lines,), daemon=True)
        self._listener.start()

    def ask(self, job: dict[str, Any], limits: SqlLimits) -> dict[str, Any]:
        """What the worker says of the rows, which follow; raises what it says went wrong."""
        too_late = threading.Event()

        def stop() -> None:
            too_late.set()
            self._process.kill()

        alarm = threading.Timer(limits.seconds + _START_SECONDS, stop)
        alarm.daemon = True
        alarm.start()
        try:
            with contextlib.suppress(BrokenPipeError):  # it died; its last words say why
                pickle.dump(job, self._job)
                self._job.flush()
            head = _read_head(self.answer.readline(_LONGEST_LINE))
        finally:
            alarm.cancel()
        if head.get("answer") != "rows":
            self._raise_what_went_wrong(head, limits, too_late=too_late.is_set())
        return head

    def end(self) -> None:
        """It is gone, and what it held with it."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        with contextlib.suppress(BrokenPipeError):  # what of the job it has not read
            self._process.__exit__(None, None, None)

    def _raise_what_went_wrong(self, head: dict[str, Any], limits: SqlLimits, *, too_late: bool) -> None:
        match head.get("answer"):
            case "refused":
                raise SqlError(str(head["message"]))
            case "limit":
                raise SqlLimitError(str(head["message"]))
        status = self._process.wait()
        if too_late or status in TOO_LATE:
            raise SqlLimitError(f"the query was stopped: it takes longer than {limits.seconds:g} seconds")
        self._listener.join()
        last_words = b"".join(self._said).decode(errors="replace").strip().rpartition("\n")[2]
        raise SqlLimitError(
            f"the query was stopped: it needs more memory than its {limits.memory_bytes / 1024**3:g} GB, or broke the "
            f"engine (exit status {status}{': ' + last_words if last_words else ''})"
        )


@contextlib.contextmanager
def _worker() -> Iterator[_Worker]:
    worker = _Worker(start_worker())
    try:
        yield worker
    finally:
        worker.end()


def start_worker() -> subprocess.Popen[bytes]:
    """A worker that finds its modules where this process found them, and not in the folder one happens to be in."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter and text; sys.path is where we run from already
        [sys.executable, "-P", "-c", _START, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    pipes = process.stdin, process.stdout, process.stderr
    assert all(pipes), "each of the three is a pipe, as it was started"
    return pipes  # type: ignore[return-value]  # none of them is None


def _read_head(head: bytes) -> dict[str, Any]:
    try:
        read = json.loads(head)
    except ValueError:
        return {}  # it died before it could say why
    return read if isinstance(read, dict) else {}
