"""SQL of an attacker has no effect, ends properly, and takes no more than the limits allow."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import pyarrow as pa
import pytest
from pyarrow import parquet

from analytics.errors import SqlError, SqlLimitError
from analytics.registry import registry_files
from analytics.sandbox.sandbox import SqlLimits, answer_sql
from analytics.sandbox.worker import locked, rows_of
from command_line.printing import output
from command_line.printing.output import Format
from ingest.lake.lake import Lake
from tests.analytics.given import call, given_lake, reject
from tests.command_line.hostile import Statement, kinds, statements
from tests.ingest.measured import ROOT, needs_measuring
from tests.ingest.scale import IS_THOROUGH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from analytics.warehouse.warehouse import Warehouse
    from tests.command_line.given import Run

FORMATS: tuple[Format, ...] = get_args(Format)
LIMITS = SqlLimits(seconds=60, memory_bytes=1024**3)
CHANGING = ("several_statements", "macros", "variables", "catalog", "prepared")
"""Kinds after which a connection is not what it was."""
COSTLY = ("long_running", "memory", "wide_and_deep")
"""Kinds that need a process of their own each: what they take has to be taken from somebody."""

RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What no terminal may get."""

# The command as it is run, four times in one process; the most memory of it, and of the workers that it has waited for.
_DRIVER = r"""
import io, json, re, resource, sys, time
from pathlib import Path
import koppelzicht
from command_line.printing import output
query, formats = sys.stdin.buffer.read(), sys.argv[2:]
ends = {}
for chosen in formats:
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace") for _ in range(2))
    sys.stdin = io.TextIOWrapper(io.BytesIO(query), encoding="utf-8")
    began, kept = time.monotonic(), (sys.stdout, sys.stderr)
    sys.stdout, sys.stderr = out, err
    code = koppelzicht.run(["sql", "--lake", sys.argv[1], "--format", chosen])
    sys.stdout, sys.stderr = kept
    for stream in (out, err):
        stream.flush()
    size = out.buffer.tell()
    said = err.buffer.getvalue().decode()
    ends[chosen] = {"code": code, "bytes": size, "said": said[:20000], "seconds": time.monotonic() - began}
    del out, err
    if code:
        break
peak = int(re.search(r"VmHWM:\s+([0-9]+) kB", Path("/proc/self/status").read_text())[1]) // 1024
print(json.dumps({"ends": ends, "peak": peak, "worker": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024}))
"""


@dataclass(frozen=True)
class Home:
    """Where the statements run, and what they would like to change."""

    folder: Path
    lake: Path

    def files(self) -> dict[str, str]:
        """Every file with its content."""
        paths = [path for path in self.folder.rglob("*") if path.is_file()]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("home")
    (folder / "stolen.csv").write_text("a\n1\n", encoding="utf-8")
    rows = [call(customer="7000001"), call(customer="7000002"), call(customer="7000003", integration_id="7654321_1")]
    return Home(folder, given_lake(folder / "lake", rows, rejects=[reject()], files=2))


@pytest.fixture
def at_home(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """In that folder, which has to be afterwards as it was."""
    monkeypatch.chdir(home.folder)
    monkeypatch.setenv("HOME", str(home.folder))
    before = home.files()
    yield home
    assert home.files() == before


def test_there_are_enough_of_them(home: Home) -> None:
    texts = {statement.text for kind in kinds() for statement in statements(kind, home.lake)}
    assert len(texts) > 750


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind not in COSTLY])
def test_a_hostile_statement_ends_in_order_and_has_no_effect(kind: str, at_home: Home) -> None:
    """In the very connection that a worker has, and what it finds printed in each format."""
    snapshot, registry = Lake(at_home.lake).snapshot(), registry_files(at_home.lake)
    files = at_home.files()
    warehouse = locked(snapshot, registry, None, LIMITS)
    before = settings(warehouse)
    few = slice(None, None, 1 if IS_THOROUGH or kind not in CHANGING else 6)
    for statement in statements(kind, at_home.lake)[few]:
        if kind in CHANGING:
            warehouse = locked(snapshot, registry, None, LIMITS)
        assert ended(warehouse, statement) in allowed(statement), statement
        assert settings(warehouse) == before, statement
    assert at_home.files() == files


@pytest.mark.parametrize("kind", COSTLY)
def test_a_hostile_statement_that_takes_much_is_stopped_where_it_takes_it(kind: str, at_home: Home) -> None:
    limits = SqlLimits(seconds=1, memory_bytes=512 * 1024**2)
    for statement in (
        statements(kind, at_home.lake)[9::100] if kind == "wide_and_deep" else statements(kind, at_home.lake)[2::11]
    ):
        try:
            with answer_sql(at_home.lake, statement.text, limits=limits) as answer:
                assert_printed(pa.Table.from_batches(answer.batches, answer.schema))
            end = "answered"
        except SqlError as error:
            end = "stopped" if isinstance(error, SqlLimitError) else "refused"
        assert end in allowed(statement) | {"stopped"}, statement  # these limits are smaller than those of users


@needs_measuring
@pytest.mark.skipif(
    not IS_THOROUGH, reason="an hour: each statement by the command itself, in each format (make faults)"
)
@pytest.mark.parametrize("kind", kinds())
def test_a_hostile_statement_takes_no_process_beyond_its_limits(kind: str, at_home: Home) -> None:
    limits = SqlLimits()
    files = at_home.files()
    for statement in statements(kind, at_home.lake):
        done = subprocess.run(
            [sys.executable, "-c", _DRIVER, str(at_home.lake), *FORMATS],
            input=statement.text.encode(),
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
            timeout=4 * (limits.seconds + 60),
        )
        assert done.returncode == 0, (statement, done.stderr[-2000:])
        found = json.loads(done.stdout)
        for end in found["ends"].values():
            how = "answered" if end["code"] == 0 else "stopped" if "was stopped" in end["said"] else "refused"
            assert how in allowed(statement), (statement, end)
            assert "something went wrong" not in end["said"], (statement, end)
            assert "call last):\\n  File" not in end["said"], (statement, end)
            assert RAW.search(end["said"]) is None, (statement, end)
            assert end["seconds"] < limits.seconds + 60, (statement, end)
        assert found["peak"] < 1024, (statement, found)
        assert found["worker"] < limits.memory_bytes / 1024**2 + 512, (statement, found)
        assert at_home.files() == files, statement


@pytest.mark.parametrize("query", [b"select '\xff\xfe'", b"\xff", b'select 1 as "\xc3"', b"\xfe\xff\x00s\x00e"])
def test_a_query_that_is_no_utf8_is_refused_in_words(
    query: bytes, home: Home, run: Run, feed: Callable[[bytes], None]
) -> None:
    feed(query)
    as_argument = query.replace(b"\0", b"").decode(errors="surrogateescape")  # as Python gives what it was started with
    for code, out, err in (run("sql", "--lake", home.lake), run("sql", as_argument, "--lake", home.lake)):
        assert (code, out) == (1, "")
        assert err.startswith("koppelzicht: the query is not UTF-8: ")


def ended(warehouse: Warehouse, statement: Statement) -> str:
    """How it ended."""
    try:
        rows = rows_of(warehouse, statement.text, LIMITS)
    except SqlLimitError:
        return "stopped"
    except SqlError:
        return "refused"
    assert_printed(rows)
    return "answered"


def allowed(statement: Statement) -> set[str]:
    """How it may end."""
    return {"answered", "refused", "stopped"} if statement.expected == "ended" else {statement.expected}


def settings(warehouse: Warehouse) -> list[tuple[object, ...]]:
    """The settings, without the schema in which names are looked for: that is the session's own."""
    told = "select name, value from duckdb_settings() where name not in ('schema', 'search_path') order by name"
    return warehouse.connection.cursor().sql(told).fetchall()


def assert_printed(rows: pa.Table) -> None:
    """Each format can be read by what reads it, and none moves a terminal."""
    printed = {chosen: in_format(rows, chosen) for chosen in FORMATS}
    assert RAW.search(printed["table"].decode()) is None
    assert RAW.search(printed["json"].decode()) is None
    assert len(json.loads(printed["json"])) == rows.num_rows
    csv.field_size_limit(sys.maxsize)
    in_csv = list(csv.reader(io.StringIO(printed["csv"].decode(), newline="")))
    assert len(in_csv) == 1 + rows.num_rows
    assert parquet.ParquetFile(io.BytesIO(printed["parquet"])).read().num_rows == rows.num_rows


def in_format(rows: pa.Table, chosen: Format) -> bytes:
    """What the command writes to its standard output."""
    written = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
    with contextlib.redirect_stdout(written), contextlib.redirect_stderr(io.StringIO()):
        output.print_batches(rows.schema, iter(rows.to_batches(max_chunksize=10_000)), rows.num_rows, chosen)
    written.flush()
    content = written.buffer.getvalue()
    assert isinstance(content, bytes)
    return content
