"""Runs a user's SQL where it can do no harm: in a process of its own, without files, with limits.

The worker (worker.py) starts while this process takes the snapshot, so an answer takes one second instead of two. It gets
the job on its standard input. This process keeps that input open for as long as it lives and wants the answer. When the input
ends, the worker ends too, so that a query never outlives the person who asked.

The worker answers on its standard output: a line of JSON, then the rows as an Arrow stream. It sends the first row only after it
has all of them, so that a query that fails halfway prints an error and not half an answer. The rows come in small batches, so
that this process never holds more than one of them to print.

The pipe is one way in: a pickle goes to the worker, which trusts this process. The worker runs a stranger's SQL, so what comes
back is parsed as JSON and Arrow, with bounds on its lines. It is never unpickled, and nothing in it is executed.
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
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from analytics.errors import SqlError, SqlLimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import pyarrow as pa

    from analytics.registry import RegistryFiles
    from analytics.scope import Scope
    from ingest.lake.snapshot import Snapshot

_START = """
import sys
sys.path[:] = sys.argv[1:]
from analytics.no_pandas import forbid_pandas
forbid_pandas()
from analytics.sandbox.worker import main
main()
"""

_START_SECONDS = 30
"""The time that a worker may take besides its query: to start, to bind the lake, and to prepare the rows."""

TOO_LATE = frozenset({-14, 124})
"""The exit status of a worker that its alarm has stopped: minus the signal where the system has alarms, otherwise 124."""

_LAST_WORDS = 20
_LONGEST_LINE = 64 * 1024
"""Bytes of one line from a worker. A sound worker writes no longer ones; of any other, this process reads no more than that."""


@dataclass(frozen=True, kw_only=True)
class SqlLimits:
    """The limits of one query: seconds by the clock, bytes of memory, rows and bytes of its result, and bytes of one row.

    The bytes of a result are those it takes in memory: each value with its offset, and the names of the columns once per row,
    as in JSON. If the operating system can limit the memory of one process (Linux), it does. Elsewhere there is only DuckDB's own
    limit, which covers sorting and grouping but not every function.
    """

    seconds: float = 60
    memory_bytes: int = 2 * 1024**3
    rows: int = 1_000_000
    result_bytes: int = 512 * 1024**2
    row_bytes: int = 64 * 1024**2


@dataclass(frozen=True, kw_only=True)
class SqlAnswer:
    """The answer to a query: its columns, the number of its rows, and the rows, to be read once, a small batch at a time."""

    schema: pa.Schema
    rows: int
    batches: Iterator[pa.RecordBatch]


Made: TypeAlias = "Callable[[Snapshot, RegistryFiles, Scope | None], Mapping[str, pa.Table]]"
"""What makes more relations of a snapshot, as far as a viewer may see it: rows by the name that they get among the metrics."""


def run_sql(
    lake: Path, query: str, *, viewer: Scope | None = None, limits: SqlLimits | None = None, more: Made | None = None
) -> pa.Table:
    """The rows of a query over the lake as it is now, as far as the viewer may see it.

    The query can read `calls` (every environment), `rejects`, `loads`, `partners`, `integrations`, `customers`, and every
    metric, with the default scope, as `metrics.<name>`, and there also what `more` makes of the lake. Everything that it creates or sets is gone when it ends.

    SqlError if the query is refused or wrong, SqlLimitError if it exceeds a limit, LakeError if there is no lake.
    """
    import pyarrow as pa

    with answer_sql(lake, query, viewer=viewer, limits=limits, more=more) as answer:
        return pa.Table.from_batches(answer.batches, schema=answer.schema)


@contextlib.contextmanager
def answer_sql(
    lake: Path, query: str, *, viewer: Scope | None = None, limits: SqlLimits | None = None, more: Made | None = None
) -> Iterator[SqlAnswer]:
    """The same without holding all rows at once. Raises the errors of run_sql, all of them before the first row."""
    import pyarrow as pa

    from analytics.registry import registry_files
    from ingest.lake.lake import Lake

    limits = limits or SqlLimits()
    _check_text(query)
    with _worker() as worker:
        snapshot, registry = Lake(lake).snapshot(), registry_files(lake)
        job = {
            "snapshot": snapshot,
            "registry": registry,
            "viewer": viewer,
            "more": dict(more(snapshot, registry, viewer)) if more else {},
            "query": query,
            "limits": asdict(limits),
        }
        head = worker.ask(job, limits)
        try:
            stream = pa.ipc.open_stream(worker.answer)
            yield SqlAnswer(schema=stream.schema, rows=int(head["rows"]), batches=iter(stream))
        except pa.ArrowInvalid as error:  # the stream breaks off
            raise SqlLimitError("the query was stopped: its process ended before it had sent all rows") from error


def _check_text(query: str) -> None:
    """SqlError if the query is not UTF-8. Python turns such bytes of an argument into characters that cannot be encoded."""
    try:
        query.encode()
    except UnicodeEncodeError as error:
        byte = ord(query[error.start]) & 0xFF
        raise SqlError(f"the query is not UTF-8: byte {byte:#04x} at character {error.start + 1:,}") from None


class _Worker:
    """A process for one query, and the last lines of its standard error."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._job, self.answer, heard = _pipes(process)
        self._said: deque[bytes] = deque(maxlen=_LAST_WORDS)
        # A pipe that is not read fills up after some kilobytes, and then its writer waits for ever.
        lines = iter(lambda: heard.readline(_LONGEST_LINE), b"")
        self._listener = threading.Thread(target=self._said.extend, args=(lines,), daemon=True)
        self._listener.start()

    def ask(self, job: dict[str, Any], limits: SqlLimits) -> dict[str, Any]:
        """The worker's first line, after which the rows follow. Raises the error that the worker reports instead."""
        too_late = threading.Event()

        def stop() -> None:
            too_late.set()
            self._process.kill()

        alarm = threading.Timer(limits.seconds + _START_SECONDS, stop)
        alarm.daemon = True
        alarm.start()
        try:
            with contextlib.suppress(BrokenPipeError):  # it died; its last line of standard error says why
                pickle.dump(job, self._job)
                self._job.flush()
            head = _read_head(self.answer.readline(_LONGEST_LINE))
        finally:
            alarm.cancel()
        if head.get("answer") != "rows":
            self._raise_what_went_wrong(head, limits, too_late=too_late.is_set())
        return head

    def end(self) -> None:
        """Stop the process, whatever it is doing, and free its pipes."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        with contextlib.suppress(BrokenPipeError):  # a part of the job that it has not read
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
            f"the query was stopped: it needs more than {limits.memory_bytes / 1024**3:g} GB of memory, or broke the "
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
    """A worker that imports its modules from where this process did, and never from the current folder."""
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
