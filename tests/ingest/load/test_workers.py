"""Blocks are understood at the same time, and the lake is the same as if they had been understood one after the other."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest import Lake
from ingest.formats.json_lines.headers import LINES_WITH_UNREAD_HEADERS
from ingest.limits import Limits
from ingest.load.load import Place
from ingest.load.workers import Lines, NotReadError, Workers
from ingest.read.blocks import Block
from ingest.understand.understanding import Understanding
from tests.ingest.lakes import BAD, W3C_FIELDS, broken, csv_line, line, lines, load, w3c_line
from tests.ingest.lakes import CSV_HEADER as HEADER
from tests.ingest.load.begun_load import begun
from tests.ingest.measured import MB, finish, needs_measuring, start
from tests.ingest.scale import scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SMALL = {"chunk_bytes": 900, "block_bytes": 2500, "together_bytes": 1, "file_rows": 40, "piece_bytes": 9000}
"""Sizes by which a log of a few kilobytes has many blocks, files and pieces."""


def _logs() -> dict[str, bytes]:
    """Logs in which now and then a late block changes how the blocks after it are read."""
    other_fields = b"#Fields: date time cs-method cs-uri-stem cs-host sc-status cs(X-Request-Id)\n"
    moved = b"2026-10-02 00:00:00 GET /ProfitRestServices/metainfo 1234.rest.afas.online 200 77\n"
    csv = b"timestamp;method;url;status;duration\n"
    doubtful, comma = (
        f"2026-10-01T00:00:00Z;GET;https://1234.rest.afas.online/ProfitRestServices/metainfo;200;{text}\n".encode()
        for text in ("1.234", "12,5")
    )
    undated = b"#Date: 2026-10-01 00:00:00\n#Fields: time cs-method cs-host cs-uri-stem sc-status\n"
    hours = b"".join(
        f"{number % 24:02}:00:00 GET 1234.rest.afas.online /ProfitRestServices/metainfo 200\n".encode()
        for number in range(60)
    )
    good = b'{"timestamp": "2026-10-01T07:00:00Z", "method": "GET", "url": "https://1234.rest.afas.online/ProfitRestServices/metainfo", "status": 200}'
    began = b"2026-10-01T07:00:00.281234567Z stdout "
    cri = b"".join(
        began
        + (b"P " + good[:40] + b"\n" + began if number % 5 == 4 else b"")
        + b"F "
        + (good[40:] if number % 5 == 4 else good)
        + b"\n"
        for number in range(40)
    )
    chosen = b"".join(
        line(number, headers={"X-Trace": "a"} if number % 50 else {"IntegrationId": "4321_1", "X-Trace": "a"})
        for number in range(200, 330)
    )
    return {
        "plain.log": lines(range(60)) + BAD + lines(range(60, 100)),
        "unread.log": b"".join(
            line(number, headers="odd", **{f"extra_{number // 20}": 1}) for number in range(400, 480)
        ),
        "chosen.log": chosen,
        "u_ex.log": W3C_FIELDS
        + b"".join(map(w3c_line, range(60)))
        + other_fields
        + moved * 20
        + W3C_FIELDS
        + w3c_line(61) * 20,
        "undated.log": undated + hours,
        "calls.csv": HEADER + b"".join(map(csv_line, range(50))) + HEADER + b"".join(map(csv_line, range(50, 99))),
        "decimals.csv": csv + doubtful * 40 + comma + doubtful * 30,
        "cri.log": cri,
    }


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    for name, content in _logs().items():
        (folder / name).write_bytes(content)
    return folder


def _written(lake: Path) -> tuple[list[Any], list[pa.Table]]:
    """The decisions, and the rows of every data file in the order of the decisions; loads by their number instead of their id."""
    _, ledger = Lake(lake).ledger()
    numbers: dict[str | None, int] = {row.load_id: number for number, row in enumerate(ledger.rows)}
    decisions = [
        replace(row, load_id=str(number), parent=str(numbers.get(row.parent)), staged=())
        for number, row in enumerate(ledger.rows)
    ]
    files = []
    for staged in (file for row in ledger.rows for file in row.staged):
        rows = pq.read_table(lake / staged.table / staged.path)
        ids = pa.array([numbers[load_id] for load_id in rows["load_id"].to_pylist()])
        files.append(rows.set_column(rows.column_names.index("load_id"), "load_id", ids))
    return decisions, files


@pytest.mark.parametrize(
    "limits", scaled([_SMALL], [_SMALL, _SMALL | {"together_bytes": 3000, "piece_bytes": 1 << 30}])
)
def test_any_number_of_workers_makes_the_same_decisions_and_files(
    tmp_path: Path, logs: Path, limits: dict[str, int]
) -> None:
    sources = sorted(logs.iterdir())
    written, reports = [], []
    for workers in (1, 2, 4):
        lake = tmp_path / str(workers)
        report = load(lake, *sources, limits=Limits(workers=workers, **limits))
        reports.append((report.sources, report.warnings, report.notes))
        written.append(_written(lake))
    assert broken(tmp_path / "4") == {}
    assert len(written[0][1]) > len(sources)
    assert all(one.status == "loaded" for one in reports[0][0])
    assert reports[1] == reports[0] == reports[2]
    assert written[1] == written[0] == written[2]


# -- a block that is read before it is known what stands before it


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Workers, threading.Event]]:
    """Workers, and an event that says that one of them has read something."""
    has_read = threading.Event()
    read_fields = Understanding.read_fields

    def announced(understanding: Understanding, *given: Any) -> Any:
        fields = read_fields(understanding, *given)
        has_read.set()
        return fields

    monkeypatch.setattr(Understanding, "read_fields", announced)
    found = Workers(2)
    found.begin(now=NOW, time_zone="UTC")
    yield found, has_read
    found.close()


_FIELDS = W3C_FIELDS.decode().split()[1:]
_OTHERWISE = [_FIELDS[0], _FIELDS[1], _FIELDS[2], _FIELDS[4], _FIELDS[3], *_FIELDS[5:]]


@pytest.mark.parametrize("came", [_FIELDS, _OTHERWISE], ids=["as assumed", "otherwise"])
def test_a_block_is_read_as_the_lines_before_it_say_whatever_was_assumed(
    workers: tuple[Workers, threading.Event], came: list[str]
) -> None:
    working, has_read = workers
    before: Future[Place] = Future()
    given = Lines(begun("w3c"), Block(w3c_line(3), 900), "id", before, Place(1, {"fields": _FIELDS}, is_steady=True))
    result = working.understand([given])
    assert has_read.wait(60)
    assert not given.behind.done()
    before.set_result(Place(7, {"fields": came}))
    understood = result.result(60)
    assert given.behind.result(0).next_line == 8
    if came == _FIELDS:
        assert [(row["line_number"], row["customer"]) for row in understood.calls.to_pylist()] == [(7, "1234")]
    else:
        assert [(row["line_number"], row["reason"]) for row in understood.rejects.to_pylist()] == [(7, "bad_url")]


def test_lines_behind_lines_that_could_not_be_read_are_not_read(workers: tuple[Workers, threading.Event]) -> None:
    working, _ = workers
    before: Future[Place] = Future()
    first = Lines(begun("json"), Block(line(1), 0), "id", before, Place(1, {}))
    second = Lines(first.load, Block(line(2), 500), "id", first.behind, Place(1, {}))
    results = [working.understand([one]) for one in (first, second)]
    before.set_exception(NotReadError())
    assert [type(result.exception(60)) for result in results] == [NotReadError, NotReadError]


def test_what_is_only_counted_makes_no_block_be_read_again(workers: tuple[Workers, threading.Event]) -> None:
    working, has_read = workers
    before: Future[Place] = Future()
    given = Lines(
        begun("json"),
        Block(line(1, headers="odd"), 900),
        "id",
        before,
        Place(1, {LINES_WITH_UNREAD_HEADERS: 3}, is_steady=True),
    )
    result = working.understand([given])
    assert has_read.wait(60)
    has_read.clear()
    before.set_result(Place(7, {LINES_WITH_UNREAD_HEADERS: 5}))
    result.result(60)
    assert not has_read.is_set()
    assert given.behind.result(0).context[LINES_WITH_UNREAD_HEADERS] == 6


# -- memory


@needs_measuring
@pytest.mark.parametrize("workers", scaled([2], [1, 2, 4]))
def test_a_load_takes_at_most_600_megabytes_and_300_for_each_worker(tmp_path: Path, workers: int) -> None:
    some = b"".join(line(number, user_agent=f"Program/{number % 7}", extra="x" * 150) for number in range(3000))
    process = start("ingest", "--lake", tmp_path / "lake", "--workers", str(workers), "-")
    assert process.stdin is not None
    for _ in range(scaled(300, 1200) * MB // len(some)):
        process.stdin.write(some)
    done = finish(process)
    assert done.code == 0
    assert done.peak_mb <= 600 + 300 * workers
