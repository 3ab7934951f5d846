"""Loaded content is recognised under any name, and of a grown source only the new lines are loaded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest import unload
from ingest.position import MARK_INTERVAL
from ingest.read.blocks import Block
from tests.ingest.formats.writing import COMPRESSIONS
from tests.ingest.lakes import (
    BAD,
    CSV_HEADER,
    W3C_FIELDS,
    broken,
    calls,
    csv_line,
    fate,
    fates,
    line,
    lines,
    load,
    load_one,
    loads,
    log_file,
    numbers,
    places,
    w3c_line,
)
from tests.ingest.load.begun_load import begun
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("suffix", sorted(COMPRESSIONS))
def test_the_same_content_is_unchanged_whatever_it_is_called(tmp_path: Path, lake: Path, suffix: str) -> None:
    content = lines(range(3)) + BAD
    load(lake, log_file(tmp_path, content))
    copy = log_file(tmp_path, COMPRESSIONS[suffix](content), f"elsewhere/2020.log{suffix}")
    os.utime(copy, (1, 1))
    report = load_one(lake, copy)
    assert (fate(report), report.known_since) == (("unchanged", 0, 0, 0, 0), NOW)


@pytest.mark.parametrize("kept", [1, 2, 5])
def test_an_earlier_part_of_a_loaded_file_is_not_loaded(tmp_path: Path, lake: Path, kept: int) -> None:
    whole, part = log_file(tmp_path, lines(range(6))), log_file(tmp_path, lines(range(kept)), "part.log")
    load(lake, whole)
    report = load_one(lake, part)
    assert report.status == "failed"
    assert report.error is not None
    assert f"begins like {whole} (load {loads(lake)[0]['load_id']}" in report.error
    assert "--overlap skip leaves such sources out, --overlap load loads them" in report.error
    assert fate(load_one(lake, part, overlap="skip")) == ("unchanged", 0, 0, 0, 0)
    assert numbers(lake) == list(range(6))
    assert fate(load_one(lake, part, overlap="load")) == ("loaded", kept, 0, 0, 0)
    assert numbers(lake) == sorted([*range(6), *range(kept)])


def test_of_two_files_with_a_common_beginning_that_is_loaded_each_adds_its_own_end(tmp_path: Path, lake: Path) -> None:
    path, other = log_file(tmp_path, lines(range(3))), log_file(tmp_path, lines(range(3), range(7, 9)), "other.log")
    load(lake, path)
    path.write_bytes(lines(range(6)))
    assert fate(load_one(lake, path)) == ("loaded", 3, 0, 0, 0)
    assert fate(load_one(lake, other)) == ("loaded", 2, 0, 0, 0)
    assert places(lake) == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (7, 4), (8, 5)]


def test_one_line_in_common_is_chance(tmp_path: Path, lake: Path) -> None:
    load(lake, log_file(tmp_path, lines(0, 1, 2)))
    assert fate(load_one(lake, log_file(tmp_path, lines(0, 3, 4), "other.log"))) == ("loaded", 3, 0, 0, 0)
    assert numbers(lake) == [0, 0, 1, 2, 3, 4]


LAYOUT = '$remote_addr [$time_local] "$request" $body_bytes_sent $status "$host"'


def _wrong(tmp_path: Path, lake: Path) -> Path:
    """A log with status and size in the other order, loaded with the wrong layout."""
    good = '10.0.0.1 [01/Oct/2026:10:00:00 +0000] "GET /ProfitRestServices/metainfo HTTP/1.1" 512 200 "1234.rest.afas.online"\n'
    path = log_file(tmp_path, good.encode() * 2)
    wrong = LAYOUT.replace("$body_bytes_sent $status", "$status $body_bytes_sent")
    assert fate(load_one(lake, path, layout=wrong)) == ("loaded", 2, 0, 0, 0)
    return path


def test_what_was_loaded_with_a_wrong_layout_is_unloaded_and_loaded_once(tmp_path: Path, lake: Path) -> None:
    path = _wrong(tmp_path, lake)
    assert fate(load_one(lake, path, layout=LAYOUT)) == ("unchanged", 0, 0, 0, 0)
    assert unload(lake, str(path), now=NOW).calls == 2
    assert fate(load_one(lake, path, layout=LAYOUT)) == ("loaded", 2, 0, 0, 0)
    assert _sizes(lake) == [512, 512]


def test_what_was_loaded_with_a_wrong_layout_is_replaced_once(tmp_path: Path, lake: Path) -> None:
    path = _wrong(tmp_path, lake)
    assert fate(load_one(lake, path, layout=LAYOUT, replace=True)) == ("loaded", 2, 0, 0, 0)
    assert _sizes(lake) == [512, 512]
    assert len(loads(lake)) == 1
    assert broken(lake) == {}


def _sizes(lake: Path) -> list[int]:
    return [call["response_bytes"] for call in calls(lake)]


def test_of_a_log_that_has_grown_only_the_new_lines_are_read(tmp_path: Path, lake: Path) -> None:
    path = log_file(tmp_path, lines(range(3)) + line(3)[:70])
    assert fate(load_one(lake, path)) == ("loaded", 3, 0, 0, 70)
    assert fate(load_one(lake, path)) == ("unchanged", 0, 0, 0, 70)
    path.write_bytes(lines(range(5)))
    assert fate(load_one(lake, path)) == ("loaded", 2, 0, 0, 0)
    assert places(lake) == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]


@pytest.mark.parametrize("suffix", sorted(COMPRESSIONS))
def test_a_log_that_was_rotated_and_compressed_adds_only_its_last_lines(
    tmp_path: Path, lake: Path, suffix: str
) -> None:
    path = log_file(tmp_path, lines(range(3)))
    load(lake, path)
    path.with_name(f"access.log.1{suffix}").write_bytes(COMPRESSIONS[suffix](lines(range(5))))
    path.write_bytes(lines(range(5, 7)))
    report = load(lake, path, path.with_name(f"access.log.1{suffix}"))
    assert fates(report) == [("loaded", 2, 0, 0, 0), ("loaded", 2, 0, 0, 0)]
    assert numbers(lake) == list(range(7))


def test_a_log_that_was_truncated_in_place_and_refilled_is_a_new_source(tmp_path: Path, lake: Path) -> None:
    path = log_file(tmp_path, lines(range(3)))
    load(lake, path)
    path.with_name("access.log.1").write_bytes(lines(range(4)))
    for more in ((4,), (4, 5, 6, 7, 8)):  # shorter than it was, and longer
        with path.open("r+b") as file:
            file.truncate(0)
            file.write(lines(*more))
        load(lake, path)
    assert fate(load_one(lake, path.with_name("access.log.1"))) == ("loaded", 1, 0, 0, 0)
    assert numbers(lake) == list(range(9))


def test_two_files_with_the_same_first_kilobyte_are_two_sources(tmp_path: Path, lake: Path) -> None:
    head = b"#Software: Microsoft Internet Information Services 10.0\n" + b"#Remark: x\n" * 200 + W3C_FIELDS
    for number in range(2):
        report = load_one(lake, log_file(tmp_path, head + w3c_line(number), f"{number}.log"))
        assert fate(report) == ("loaded", 1, 0, 202, 0)
    assert numbers(lake) == [0, 1]


@pytest.mark.parametrize(
    ("header", "data"),
    [(b"", line), (CSV_HEADER, csv_line), (W3C_FIELDS, w3c_line)],
    ids=["json", "csv", "w3c"],
)
def test_two_identical_lines_in_one_file_are_two_calls(
    tmp_path: Path, lake: Path, header: bytes, data: Callable[[int], bytes]
) -> None:
    load(lake, log_file(tmp_path, header + data(1) * 2))
    ignored = bool(header)
    assert places(lake) == [(1, ignored + 1), (1, ignored + 2)]


@pytest.mark.parametrize("begin", [0, 17])
def test_a_load_keeps_a_mark_behind_each_interval_however_long_its_blocks_are(begin: int) -> None:
    text = b"x" * 999 + b"\n"
    load = begun("json")
    load.fingerprint.offset = begin
    load.hash_block(Block(text * (2 * MARK_INTERVAL // 1000 + 10), begin))
    ends = [-(-(number * MARK_INTERVAL - begin) // 1000) * 1000 + begin for number in (1, 2)]
    assert [position.offset for position in load.positions] == ends
