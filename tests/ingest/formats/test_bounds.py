"""Files that are small on disk and enormous when unpacked are refused by name, in little memory, and the others are loaded."""

from __future__ import annotations

import gzip
import json
import random
import time
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow.parquet import ParquetFile, write_table

from ingest import ReadOptions, ingest, inspect
from ingest.errors import SourceError
from ingest.formats.parquet.columns import COLUMNS
from ingest.formats.parquet.pages import sizes_of
from ingest.formats.parquet.rows import blocks_of_rows
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.read.source import open_source
from tests.ingest import lakes
from tests.ingest.measured import needs_measuring, run
from tests.ingest.scale import scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MB = 1 << 20
URL = "https://1234.rest.afas.online/ProfitRestServices/connectors/KnSubject"
MOST_MB = 512


def _table(rows: int, **columns: Any) -> pa.Table:
    given: dict[str, Any] = {
        "timestamp": pa.repeat(pa.scalar(1_790_805_000_123_456, pa.timestamp("us", "UTC")), rows),
        "method": pa.repeat("GET", rows),
        "url": pa.repeat(URL, rows),
        "status": pa.repeat(200, rows),
    }
    return pa.table(given | columns)


def _repeated(value: Any, rows: int, kind: pa.DataType | None = None) -> pa.Array:
    """A column whose dictionary has one value, repeated this number of times."""
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array([value], kind))


def _map_of(value: str, rows: int) -> pa.Array:
    offsets = pa.array(range(rows + 1), pa.int32())
    return pa.MapArray.from_arrays(offsets, pa.repeat("X", rows), pa.repeat(value, rows))


def _lists_of_one_text(rows: int) -> pa.Array:
    return pa.array([["x" * 8] * 100_000] * rows, pa.list_(pa.string()))


LONG = "x" * MB
ROWS = scaled(200, 7000)
PARQUET: dict[str, Callable[[], tuple[pa.Table, dict[str, Any]]]] = {
    "a dictionary of one text": lambda: (_table(ROWS, user_agent=_repeated(LONG, ROWS)), {}),
    "a dictionary of bytes": lambda: (_table(ROWS, body=_repeated(LONG.encode(), ROWS)), {}),
    "the value of a map": lambda: (_table(200, headers=_map_of(LONG, 200)), {}),
    "a fixed width": lambda: (_table(70, request_id=pa.repeat(pa.scalar(LONG.encode(), pa.binary(MB)), 70)), {}),
    "rows that are all the same": lambda: (_table(scaled(2, 20) * 1_000_000), {}),
    "a list of the same text": lambda: (_table(30, headers=_lists_of_one_text(30)), {"data_page_version": "1.0"}),
    "a list of the same text in newer pages": lambda: (
        _table(30, headers=_lists_of_one_text(30)),
        {"data_page_version": "2.0"},
    ),
    "a list of nulls": lambda: (_table(30, headers=pa.array([[None] * 100_000] * 30, pa.list_(pa.string()))), {}),
    "pages of a zillion": lambda: (
        _table(1400, user_agent=pa.array(["x" * 100_000] * 1400)),
        {"use_dictionary": False},
    ),
    "texts that begin like the one before": lambda: (
        _table(1400, user_agent=pa.array(["x" * 100_000] * 1400)),
        {"use_dictionary": False, "column_encoding": {"user_agent": "DELTA_BYTE_ARRAY"}},
    ),
}


@needs_measuring
def test_parquet_that_unpacks_to_a_zillion_times_its_size_is_refused_in_little_memory(tmp_path: Path) -> None:
    logs, lake = tmp_path / "logs", tmp_path / "lake"
    logs.mkdir()
    for kind, make in PARQUET.items():
        table, options = make()
        path = logs / f"{kind}.parquet"
        write_table(table, path, compression="zstd", dictionary_pagesize_limit=64 * MB, **options)
        assert path.stat().st_size < MB
    (logs / "good.log").write_bytes(lakes.lines(3))
    done = run("ingest", "--lake", lake, logs)
    assert done.code == 1
    said = [line for line in done.err.splitlines() if line.startswith("failed: ")]
    assert len(said) == len(PARQUET)
    for kind in PARQUET:
        [line] = [one for one in said if f"{kind}.parquet: " in one]
        assert (
            "more than 1,000 times as many, which no log does; nothing of it was loaded; if it is a log, write it"
            in line
        )
    assert lakes.numbers(lake) == [3]
    assert done.peak_mb < MOST_MB


@needs_measuring
def test_a_short_log_that_says_the_same_again_and_again_takes_little_memory(tmp_path: Path) -> None:
    line = (
        json.dumps({"timestamp": "2026-10-01T12:00:00Z", "method": "GET", "url": URL, "status": 200}).encode() + b"\n"
    )
    count = scaled(70, 400) * MB // len(line)
    path, lake = tmp_path / "lines.gz", tmp_path / "lake"
    path.write_bytes(gzip.compress(line * count))
    assert 200 < count * len(line) / path.stat().st_size < 300
    done = run("ingest", "--lake", lake, path)
    assert done.code == 0
    assert f"{count:,} calls" in done.out
    assert done.peak_mb < MOST_MB


QUERIES: dict[str, Callable[[int], str]] = {
    "names": lambda number: f"filterfieldids=F{number}," + "a," * 5000,
    "names in one endless line": lambda number: f"filterfieldids=F{number}," + "a," * 200_000,
    "parameters": lambda number: f"F{number}=1&" + "a&" * 5000,
    "JSON": lambda number: f'filterjson="FieldId":"F{number}"' + '"FieldId":""' * 5000,
}


@needs_measuring
def test_a_query_of_nothing_but_separators_takes_little_memory(tmp_path: Path) -> None:
    names = []
    for name, query in QUERIES.items():
        lines = b"".join(
            lakes.line(number, url=f"{URL}?{query(number)}")
            for number in range(1000 if name in {"names", "parameters"} else 30)
        )
        names.append(tmp_path / f"{name}.log.gz")
        names[-1].write_bytes(gzip.compress(lines))
    done = run("ingest", "--lake", tmp_path / "lake", *names)
    assert done.code == 0
    assert "2,060 calls" in done.out
    assert done.peak_mb < MOST_MB


def test_of_a_query_two_hundred_names_and_parameters_are_read(tmp_path: Path) -> None:
    names = [f"Field{number}" for number in range(300)]
    queries = {
        "1": "filterfieldids=" + ",".join(names) + "&take=7",
        "2": "filterjson=" + "".join(f'"FieldId":"{name}"' for name in names) + "&take=7",
        "3": "&".join(f"p{number}=1" for number in range(199)) + "&take=7&skip=1",
        "4": "filterfieldids=" + ";".join(names[:200]) + "&take=7",
    }
    log = tmp_path / "log"
    log.write_bytes(b"".join(lakes.line(1, url=f"{URL}?{query}", request_id=key) for key, query in queries.items()))
    ingest(tmp_path / "lake", [str(log)], ReadOptions(), now=NOW)
    found = {row["request_id"]: row for row in lakes.stored(tmp_path / "lake", "calls")}
    assert {key: row["filter_fields"] for key, row in found.items()} == {
        "1": names[:200],
        "2": names[:200],
        "3": [],
        "4": names[:200],
    }
    assert {key: (row["take"], row["skip"]) for key, row in found.items()} == dict.fromkeys("124", (7, None)) | {
        "3": (7, None)
    }


@needs_measuring
def test_long_damaged_lines_take_as_much_memory_as_sound_ones(tmp_path: Path) -> None:
    # Of words, each of which might be a host or an id: looked at to the end they took twice as much.
    sound = lakes.line(1, body="a, b 1 " * 130_000)
    peaks = {}
    for name, line in {"sound": sound, "torn": sound[:-3] + b"\n"}.items():
        path = tmp_path / f"{name}.log"
        path.write_bytes(lakes.line(0) + line * 30)
        done = run("ingest", "--lake", tmp_path / f"{name}-lake", path)
        assert done.code == 0
        peaks[name] = done.peak_mb
    assert {row["customer"] for row in lakes.stored(tmp_path / "torn-lake", "rejects")} == {"1234"}
    assert peaks["torn"] < 1.3 * peaks["sound"]


HAR_BEGIN = b'{"log":{"version":"1.2","entries":[{"a":['
HAR = {
    "an entry of nothing but objects.har": HAR_BEGIN + b"{}," * (40 * MB // 3),
    "an entry that does not end.har": HAR_BEGIN + b'"' + b"x" * (40 * MB),
    "an entry of openings.har": HAR_BEGIN + b'{"a":[' * 100_000,
}


@needs_measuring
def test_a_document_of_one_endless_entry_is_refused_in_little_memory(tmp_path: Path) -> None:
    logs, lake = tmp_path / "logs", tmp_path / "lake"
    logs.mkdir()
    for name, content in HAR.items():
        (logs / f"{name}.gz").write_bytes(gzip.compress(content))
    (logs / "good.log").write_bytes(lakes.lines(3))
    done = run("ingest", "--lake", lake, logs)
    assert done.code == 1
    for name in HAR:
        assert f"failed: {logs / name}.gz: the HAR document cannot be read beyond byte 35: an entry " in done.err
    assert lakes.numbers(lake) == [3]
    assert done.peak_mb < MOST_MB


def test_a_text_longer_than_a_line_makes_its_row_too_long_and_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    write_table(_table(3, user_agent=pa.array(["a", "y" * (12 * MB), None])), path)
    found = inspect(str(path), ReadOptions(), limit=None, now=NOW)
    assert [(one.line_number, one.reason) for one in found.rejects] == [(2, "line_too_long")]
    assert [(call.line_number, call.user_agent) for call in found.calls] == [(1, "a"), (3, None)]


def test_a_page_that_is_unpacked_as_a_whole_has_a_bound(tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    agents = pa.array(["x" * (65 * MB), random.Random(1).randbytes(MB // 8).hex()])
    write_table(_table(2, user_agent=agents), path, compression="zstd", use_dictionary=False)
    report = lakes.load_one(tmp_path / "lake", path)
    assert report.error is not None
    assert "one row of the Parquet file cannot be read without " in report.error
    assert report.error.endswith("; write it with smaller pages, such as the usual megabyte")


@pytest.mark.parametrize("cut", [4, 8, 40, 200])
def test_headers_of_pages_that_are_none_are_an_error_of_the_file(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "calls.parquet"
    write_table(_table(100, user_agent=_repeated(LONG, 100)), path)
    content = bytearray(path.read_bytes())
    content[cut : cut + 30] = random.Random(cut).randbytes(30)
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"cannot be read|no log does|without"):
        inspect(str(path), ReadOptions(), limit=None, now=NOW)


@pytest.mark.parametrize("piece", ["x", "12:", "a ", "- ", "- a ", " ", '"', "\\'", "[", "{", ",", "; ", "a=1 "])
def test_a_long_first_line_is_looked_at_once(tmp_path: Path, piece: str) -> None:
    began = time.process_time()
    path = tmp_path / "access.log"
    path.write_text(piece * (400_000 // len(piece)) + "\n")
    report = lakes.load_one(tmp_path / "lake", path)
    assert report.calls == 0
    assert time.process_time() - began < 60  # many minutes, where each place is looked at from each other


# -- what is none


def _written(path: Path, limits: Limits = DEFAULT_LIMITS) -> list[dict[str, Any]]:
    reader = open_source(str(path), limits=limits)
    try:
        return [json.loads(line) for block in blocks_of_rows(reader) for line in bytes(block.data).splitlines()]
    finally:
        reader.close()


@pytest.mark.parametrize(
    "options", [{}, {"use_dictionary": False}, {"data_page_version": "2.0", "data_page_size": 500}]
)
def test_rows_are_the_same_however_few_are_read_at_once(tmp_path: Path, options: dict[str, Any]) -> None:
    path, chance = tmp_path / "calls.parquet", random.Random(3)
    headers = [[("A", "b" * chance.randrange(50)) for _ in range(chance.randrange(4))] for _ in range(500)]
    table = _table(
        500,
        user_agent=[chance.choice(["a", "b" * 400, None]) for _ in range(500)],
        headers=pa.array(headers, pa.map_(pa.string(), pa.string())),
    )
    write_table(table, path, row_group_size=120, **options)
    whole = _written(path)
    assert [row["user_agent"] for row in whole] == table["user_agent"].to_pylist()
    assert _written(path, Limits(row_bytes=5000)) == whole


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd", "gzip", "lz4", "brotli"])
@pytest.mark.parametrize("options", [{}, {"use_dictionary": False}, {"data_page_version": "2.0"}])
def test_the_sizes_of_rows_are_those_that_they_have(tmp_path: Path, compression: str, options: dict[str, Any]) -> None:
    path, chance = tmp_path / "calls.parquet", random.Random(4)
    texts = ["".join(chance.choices("abcdef", k=chance.randrange(900))) for _ in range(20)]
    agents = [chance.choice(texts) for _ in range(3000)]
    table = _table(3000, user_agent=agents, duration_ms=[float(number) for number in range(3000)])
    write_table(table, path, compression=compression, row_group_size=700, **options)
    with path.open("rb") as file:
        sizes = sizes_of(file, ParquetFile(path).metadata, COLUMNS)
    there = sum(len(agent) for agent in agents) + 3000 * (len("GET") + len(URL) + 3 * 16)
    assert sizes.rows == 3000
    assert 0.7 * there < sizes.least < 1.5 * there
    largest = max(sum(map(len, agents[begin : begin + 50])) for begin in range(2950))
    if not options.get("use_dictionary", True):
        return
    assert sizes.most(50) > largest
