"""How far content is known: the corners that no fault in `test_faults_files.py` is about."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

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
