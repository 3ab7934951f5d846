"""SQL that somebody else wrote, run where it can do no harm: in a process of its own, without files, with limits.

The worker (worker.py) starts while this process takes the snapshot, so that an answer takes a second and not two. It gets
the job on its standard input and answers on its standard output: a line of JSON, then the rows as an Arrow stream.
Nothing that comes back is executed.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from analytics.errors import SqlError, SqlLimitError

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from analytics.scope import Scope

_START = """
import sys
sys.path[:] = sys.argv[1:]
from analytics.no_pandas import forbid_pandas
forbid_pandas()
from analytics.worker import main
main()
"""

_START_SECONDS = 30
"""What a worker may take beside its query: to start, to bind the lake, to hand over the rows."""


@dataclass(frozen=True, kw_only=True)
class SqlLimits:
    """How much one query may take: seconds by the clock, bytes of memory, rows and bytes of its result.

    Memory is bound by the operating system where it can do that for one process (Linux); elsewhere DuckDB's own limit
    is all there is, which binds sorting and grouping but not every function.
    """

    seconds: float = 60
    memory_bytes: int = 2 * 1024**3
    rows: int = 1_000_000
    result_bytes: int = 512 * 1024**2


def run_sql(lake: Path, query: str, *, viewer: Scope | None = None, limits: SqlLimits | None = None) -> pa.Table:
    """The rows of a query over the lake as it is now, as far as the viewer may see it.

    There are `calls` (every environment), `rejects`, `loads`, `partners`, `integrations`, `customers`, and every metric
    with the default scope as `metrics.<name>`. What the query creates or sets is gone when it ends.

    SqlError when it is refused or wrong, SqlLimitError when it takes too much, LakeError when there is no lake.
    """
    import pyarrow as pa

    from analytics.registry import registry_files
    from ingest.lake import Lake

    limits = limits or SqlLimits()
    with _start() as worker:
        try:
            job = {
                "snapshot": Lake(lake).snapshot(),
                "registry": registry_files(lake),
                "viewer": viewer,
                "query": query,
                "limits": asdict(limits),
            }
            answer, said = worker.communicate(pickle.dumps(job), timeout=limits.seconds + _START_SECONDS)
        except subprocess.TimeoutExpired:
            raise SqlLimitError(f"the query was stopped: it takes longer than {limits.seconds:g} seconds") from None
        finally:
            worker.kill()
    head, _, rows = answer.partition(b"\n")
    _raise_what_went_wrong(_read_head(head), worker.returncode, said, limits)
    table: pa.Table = pa.ipc.open_stream(pa.py_buffer(rows)).read_all()
    return table


def _start() -> subprocess.Popen[bytes]:
    """A worker that finds its modules where this process found them, and not in the folder one happens to be in."""
    return subprocess.Popen(  # noqa: S603 - our own interpreter and text; sys.path is where we run from already
        [sys.executable, "-P", "-c", _START, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _read_head(head: bytes) -> dict[str, Any]:
    try:
        read = json.loads(head)
    except ValueError:
        return {}  # it died before it could say why
    return read if isinstance(read, dict) else {}


def _raise_what_went_wrong(head: dict[str, Any], status: int, said: bytes, limits: SqlLimits) -> None:
    match head.get("answer"):
        case "rows":
            return
        case "refused":
            raise SqlError(str(head["message"]))
        case "limit":
            raise SqlLimitError(str(head["message"]))
        case _:
            last_words = said.decode(errors="replace").strip().rpartition("\n")[2]
            raise SqlLimitError(
                f"the query was stopped: it needs more memory than its {limits.memory_bytes / 1024**3:g} GB, or broke the "
                f"engine (exit status {status}{': ' + last_words if last_words else ''})"
            )
