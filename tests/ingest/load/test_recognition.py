"""The recognition of content: cases beyond the faults of `test_known_content.py`."""

from __future__ import annotations

import contextlib
import cProfile
import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.lake.ledger import Ledger
from ingest.lake.ledger_row import LedgerRow
from ingest.load.recognition import Recognition
from ingest.read.fingerprint import Fingerprint
from ingest.read.source import open_source
from tests.ingest.lakes import (
    CSV_HEADER,
    W3C_FIELDS,
    broken,
    csv_line,
    fate,
    line,
    lines,
    load,
    load_one,
    numbers,
    w3c_line,
)
from tests.ingest.scale import scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADED = pytest.mark.parametrize(
    ("header", "data"), [(CSV_HEADER, csv_line), (W3C_FIELDS, w3c_line)], ids=["csv", "w3c"]
)


def _written(folder: Path, name: str, *parts: bytes) -> Path:
    path = folder / name
    path.write_bytes(b"".join(parts))
    return path


@HEADED
def test_an_earlier_copy_is_not_loaded_where_only_its_header_is_known_by_itself(
    tmp_path: Path, header: bytes, data: Callable[[int], bytes]
) -> None:
    lake = tmp_path / "lake"
    load(lake, _written(tmp_path, "whole.log", header, *map(data, range(5))))
    assert fate(load_one(lake, _written(tmp_path, "header.log", header))) == ("loaded", 0, 0, 1, 0)
    report = load_one(lake, _written(tmp_path, "part.log", header, *map(data, range(3))))
    assert report.status == "failed"
    assert report.error is not None
    assert "begins like" in report.error
    assert numbers(lake) == [0, 1, 2, 3, 4]


@HEADED
def test_any_log_may_begin_with_a_header_that_is_known_by_itself(
    tmp_path: Path, header: bytes, data: Callable[[int], bytes]
) -> None:
    lake = tmp_path / "lake"
    load(lake, _written(tmp_path, "header.log", header))
    for first in (0, 10):
        report = load_one(lake, _written(tmp_path, f"{first}.log", header, *map(data, range(first, first + 2))))
        assert fate(report) == ("loaded", 2, 0, 0, 0)
    assert numbers(lake) == [0, 1, 10, 11]
    assert broken(lake) == {}


def test_a_last_line_is_the_same_line_when_it_has_got_its_end(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(0, 1)[:-1])
    assert fate(load_one(lake, path, final=True)) == ("loaded", 2, 0, 0, 0)
    path.write_bytes(lines(0, 1, 2))
    assert fate(load_one(lake, path)) == ("loaded", 1, 0, 0, 0)
    assert numbers(lake) == [0, 1, 2]


def test_the_rest_of_a_line_that_was_rejected_as_torn_is_not_read(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "access.log"
    path.write_bytes(lines(0, 1)[:-40])
    assert fate(load_one(lake, path, final=True)) == ("loaded", 1, 1, 0, 0)
    path.write_bytes(lines(0, 1, 2))
    assert fate(load_one(lake, path)) == ("loaded", 1, 0, 0, 0)
    assert numbers(lake) == [0, 2]
    assert broken(lake) == {}


def test_an_earlier_copy_that_ends_in_the_second_line_is_not_taken_for_another_log(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    load(lake, _written(tmp_path, "access.log", lines(0, 1, 2)))
    report = load_one(lake, _written(tmp_path, "copy.log", lines(0, 1)[:-40]), final=True)
    assert report.status == "failed"
    assert report.error is not None
    assert "begins like" in report.error
    assert numbers(lake) == [0, 1, 2]


def test_an_earlier_copy_whose_last_line_has_no_end_yet_is_known_as_one(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", _written(tmp_path, "access.log", lines(0, 1))
    load(lake, log)
    _written(tmp_path, "access.log", lines(0, 1, 2, 3))
    load(lake, log)
    copy = lines(0, 1, 2).removesuffix(b"\n")

    packed = load_one(lake, _written(tmp_path, "access.log.gz", gzip.compress(copy)))
    growing = load_one(lake, _written(tmp_path, "copy.log", copy))

    assert packed.status == "failed"
    assert packed.error is not None
    assert "begins like" in packed.error
    assert fate(growing) == ("unchanged", 0, 0, 0, len(line(2)) - 1)
    assert numbers(lake) == [0, 1, 2, 3]


def test_a_line_that_is_longer_is_another_line(tmp_path: Path) -> None:
    lake, log = tmp_path / "lake", _written(tmp_path, "access.log", CSV_HEADER, *map(csv_line, (0, 1)))
    load(lake, log)
    _written(tmp_path, "access.log", CSV_HEADER, *map(csv_line, (0, 1, 2)))
    load(lake, log)
    longer = csv_line(2).replace(b"\n", b"0\n")

    report = load_one(lake, _written(tmp_path, "other.log", CSV_HEADER, *map(csv_line, (0, 1)), longer))

    assert fate(report) == ("loaded", 1, 0, 0, 0)
    assert numbers(lake) == [0, 1, 2, 20]


def _header(number: int) -> bytes:
    """What IIS writes when it begins a log in which nothing stands yet: they differ in the time alone."""
    time = f"{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
    return f"#Software: Internet Information Services 10.0\n#Date: 2026-10-01 {time}\n".encode() + W3C_FIELDS


def _headers(count: int) -> Recognition:
    rows = []
    for number in range(count):
        end = Fingerprint()
        end.advance(_header(number))
        rows.append(
            LedgerRow(
                load_id=f"{number:016x}",
                source=f"u_ex{number}.log",
                stream="u_ex.log",
                log_format="w3c",
                end_byte=end.offset,
                content_sha256=end.position().sha256,
                loaded_at=NOW,
                version="1",
                decision=number + 1,
            )
        )
    return Recognition(Ledger(count, tuple(rows)))


@pytest.mark.parametrize("more", [b"", w3c_line(1), w3c_line(1) + w3c_line(2)], ids=["header", "a line", "two lines"])
def test_a_source_is_not_compared_with_every_header_that_is_loaded(tmp_path: Path, more: bytes) -> None:
    log = _written(tmp_path, "u_ex7.log", _header(7), more)
    calls: dict[int, int] = {}
    for count in (10, 10, 1000):  # what is done once in a process is done the first time
        recognition = _headers(count)
        profile = cProfile.Profile()
        with contextlib.closing(open_source(str(log))) as reader:
            known = profile.runcall(recognition.recognise, reader, lambda: open_source(str(log)))
        assert known.load is not None
        assert (known.load.source, known.fingerprint.offset) == ("u_ex7.log", len(_header(7)))
        calls[count] = sum(entry.callcount for entry in profile.getstats())
    assert calls[1000] == calls[10]


@settings(max_examples=scaled(3, 100), deadline=None, derandomize=True)
@given(data=st.data())
def test_logs_of_headers_alone_are_known_and_what_comes_later_is_read_once(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Several rounds of logs that begin with comments, headers and blank lines, in which lines come or do not come."""
    folder = tmp_path_factory.mktemp("headers")
    lake, logs = folder / "lake", folder / "logs"
    logs.mkdir()
    parts = [W3C_FIELDS, b"#Date: 2026-10-01 00:00:00\n", b"#Date: 2026-10-01 00:00:07\n", b"\n", b"# a comment\n", b""]
    contents = data.draw(st.lists(st.lists(st.sampled_from(parts), max_size=3).map(b"".join), min_size=2, max_size=5))
    expected: list[int] = []
    ignored: set[bytes] = set()
    for number, content in enumerate(contents):
        (logs / f"{number}.log").write_bytes(content)
    for turn in range(2):
        report = load(lake, logs)
        for source, content in zip(report.sources, contents, strict=True):
            assert (source.status == "unchanged") == (content in ignored)
            ignored.add(content)
        assert {source.status for source in load(lake, logs).sources} == {"unchanged"}
        for number in data.draw(st.sets(st.integers(0, len(contents) - 1)), f"logs that grow in turn {turn}"):
            expected.append(10 * turn + number)
            fields = b"" if W3C_FIELDS in contents[number] else W3C_FIELDS
            more = fields + w3c_line(10 * turn + number)
            with (logs / f"{number}.log").open("ab") as log:
                log.write(more)
            contents[number] += more
    load(lake, logs)
    assert {source.status for source in load(lake, logs).sources} == {"unchanged"}
    assert numbers(lake) == sorted(expected)
    assert broken(lake) == {}
