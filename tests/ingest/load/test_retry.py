"""Rejected lines are read again: the sources through which they can be, and the loads that they belong to."""

from __future__ import annotations

import datetime as dt
import gzip
from typing import IO, TYPE_CHECKING

import polars as pl
import pytest

from ingest import Lake, status
from ingest.limits import Limits
from ingest.read import source
from tests.ingest.lakes import (
    BAD,
    CSV_HEADER,
    W3C_FIELDS,
    broken,
    calls,
    csv_line,
    fate,
    leftovers,
    line,
    lines,
    load,
    load_one,
    loads,
    numbers,
    rejects,
    w3c_line,
)
from tests.ingest.load.retried import NO_ZONE, ZONE, counts, retry, retry_one
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path


HOST = "1234.rest.afas.online"
RELATIVE = "/ProfitRestServices/metainfo"
ELSEWHERE = "http://elsewhere.example/"


def line_numbers(lake: Path) -> list[int]:
    return sorted(call["line_number"] for call in calls(lake))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


# -- what can be read now


def test_lines_of_another_layout_become_calls_of_their_load(lake: Path, path: Path) -> None:
    own = f'{HOST} [01/Oct/2026:00:00:0%d +0000] "GET {RELATIVE} HTTP/1.1" 200\n'
    other = f'10.0.0.1 {HOST} [01/Oct/2026:00:00:0%d +0000] "GET {RELATIVE} HTTP/1.1" 200\n'
    path.write_text(own % 1 + other % 2 + own % 3 + "nonsense\n" + other % 5)
    load(lake, path, layout='$host [$time_local] "$request" $status', stream="proxy")
    assert counts(lake) == [(5, 2, 3, 0)]
    (before,) = loads(lake)
    layout = '$remote_addr $host [$time_local] "$request" $status'
    assert retry_one(lake, path, layout=layout) == ("retried", 3, 2, 1, 0)
    assert counts(lake) == [(5, 4, 1, 0)]
    assert line_numbers(lake) == [1, 2, 3, 5]
    assert {(call["load_id"], call["stream"]) for call in calls(lake)} == {(before["load_id"], "proxy")}
    assert [number for number, _, _ in rejects(lake)] == [4]
    (after,) = loads(lake)
    assert (before["last_call"].second, after["last_call"].second) == (3, 5)
    assert (status(lake, now=NOW).calls, status(lake, now=NOW).rejects) == (4, 1)
    assert broken(lake) == {}
    assert retry_one(lake, path, layout=layout) == ("unchanged", 1, 0, 1, 0)
    assert Lake(lake).ledger()[1].version == 2


def test_a_log_without_hosts_is_read_again_with_one_under_the_header_in_force(lake: Path, path: Path) -> None:
    def directive(fields: str) -> bytes:
        return f"#Fields: {fields}\n".encode()

    path.write_bytes(
        directive("date time cs-method cs-host cs-uri-stem sc-status")
        + f"2026-10-01 00:00:01 GET {HOST} {RELATIVE} 200\n".encode()
        + directive("time date sc-status cs-uri-stem cs-method")
        + f"00:00:02 2026-10-01 404 {RELATIVE} GET\n".encode()
        + f"00:00:03 2026-10-01 OK {RELATIVE} GET\n".encode()
    )
    load(lake, path)
    assert rejects(lake) == [(4, rejects(lake)[0][1], "no_customer"), (5, rejects(lake)[1][1], "bad_status")]
    assert retry_one(lake, path, host=HOST) == ("retried", 2, 1, 1, 0)
    assert {call["line_number"]: call["status"] for call in calls(lake)} == {2: 200, 4: 404}
    assert [(number, reason) for number, _, reason in rejects(lake)] == [(5, "bad_status")]
    assert counts(lake) == [(5, 2, 1, 2)]
    assert broken(lake) == {}


def test_a_torn_line_is_read_when_its_end_has_come(lake: Path, path: Path) -> None:
    whole = lines(0, 1, 2)
    torn = len(lines(0)) + 30
    path.write_bytes(whole[:torn])
    load(lake, path, final=True)
    assert [reason for _, _, reason in rejects(lake)] == ["torn_line"]
    assert retry_one(lake, path) == ("unchanged", 1, 0, 1, 0)
    path.write_bytes(whole)
    assert retry_one(lake, path) == ("unchanged", 1, 0, 1, 0)  # the rest of it is not loaded yet
    assert fate(load_one(lake, path)) == ("loaded", 1, 0, 0, 0)
    assert retry_one(lake, path) == ("retried", 1, 1, 0, 0)
    assert numbers(lake) == [0, 1, 2]
    assert line_numbers(lake) == [1, 2, 3]
    assert broken(lake) == {}


def test_a_log_of_which_nothing_could_be_read_is_recognised_anew(lake: Path, path: Path) -> None:
    path.write_bytes(CSV_HEADER + csv_line(1) + b"nonsense\n" + csv_line(2))
    load(lake, path, log_format="json")
    assert counts(lake) == [(4, 0, 4, 0)]
    assert retry_one(lake, path) == ("retried", 4, 2, 1, 1)
    assert counts(lake) == [(4, 2, 1, 1)]
    assert numbers(lake) == [1, 2]
    assert [number for number, _, _ in rejects(lake)] == [3]
    assert broken(lake) == {}


def test_what_is_bad_stays_bad_and_nothing_is_decided(lake: Path, path: Path) -> None:
    path.write_bytes(lines(0) + BAD)
    load(lake, path)
    before = rejects(lake), Lake(lake).ledger()[1].version, leftovers(lake)
    assert retry_one(lake, path) == ("unchanged", 1, 0, 1, 0)
    assert (rejects(lake), Lake(lake).ledger()[1].version, leftovers(lake)) == before


def test_a_reason_that_is_another_now_is_told(lake: Path, path: Path) -> None:
    path.write_bytes(line(0, timestamp="2026-10-01T00:00:00", url=ELSEWHERE))
    load(lake, path)
    assert [reason for _, _, reason in rejects(lake)] == ["bad_time"]
    assert retry_one(lake, path, time_zone="Europe/Amsterdam") == ("retried", 1, 0, 1, 0)
    assert [reason for _, _, reason in rejects(lake)] == ["unknown_host"]
    assert counts(lake) == [(1, 0, 1, 0)]
    assert broken(lake) == {}


def test_a_document_is_known_as_a_whole(lake: Path, tmp_path: Path) -> None:
    path = tmp_path / "calls.parquet"
    times = [dt.datetime(2026, 10, 1, 0, 0, second) for second in range(3)]  # noqa: DTZ001 - a time without offset
    urls = [f"https://{HOST}{RELATIVE}", f"https://{HOST}{RELATIVE}", ELSEWHERE]
    pl.DataFrame({"timestamp": times, "method": ["GET"] * 3, "url": urls, "status": [200] * 3}).write_parquet(path)
    load(lake, path)
    assert counts(lake) == [(3, 0, 3, 0)]
    assert retry_one(lake, path, time_zone="Europe/Amsterdam") == ("retried", 3, 2, 1, 0)
    assert line_numbers(lake) == [1, 2]
    assert [(number, reason) for number, _, reason in rejects(lake)] == [(3, "unknown_host")]
    assert broken(lake) == {}


# -- which source, which load


def test_a_source_that_has_grown_is_read_again_through_all_its_loads(lake: Path, path: Path) -> None:
    path.write_bytes(lines(0) + NO_ZONE)
    load(lake, path)
    path.write_bytes(lines(0) + NO_ZONE + BAD + NO_ZONE + lines(1))
    load(lake, path)
    path.write_bytes(lines(0) + NO_ZONE + BAD + NO_ZONE + lines(1) + NO_ZONE)  # the last one is not loaded
    assert retry_one(lake, path, **ZONE) == ("retried", 3, 2, 1, 0)
    assert counts(lake) == [(2, 2, 0, 0), (3, 2, 1, 0)]
    assert numbers(lake) == [0, 1, 7, 7]
    first, second = loads(lake)
    assert sorted((call["load_id"], call["line_number"]) for call in calls(lake)) == sorted(
        [(first["load_id"], 1), (first["load_id"], 2), (second["load_id"], 4), (second["load_id"], 5)]
    )
    assert broken(lake) == {}
    assert fate(load_one(lake, path)) == ("loaded", 0, 1, 0, 0)


def test_loads_that_were_read_in_different_ways_are_read_so_again(lake: Path, path: Path) -> None:
    own = f'{HOST} [01/Oct/2026:00:00:01 +0000] "GET {RELATIVE} HTTP/1.1" 200\n'
    grown = f'{RELATIVE} [01/Oct/2026:00:00:02 +0000] "GET {RELATIVE} HTTP/1.1" 200\n'
    path.write_text(own + "nonsense\n")
    load(lake, path, layout='$host [$time_local] "$request" $status')
    path.write_text(own + "nonsense\n" + grown * 2)
    load(lake, path, layout='$uri [$time_local] "$request" $status')
    assert counts(lake) == [(2, 1, 1, 0), (2, 0, 2, 0)]
    assert retry_one(lake, path, host=HOST) == ("retried", 3, 2, 1, 0)
    assert counts(lake) == [(2, 1, 1, 0), (2, 2, 0, 0)]
    assert broken(lake) == {}


def test_a_source_is_its_content_and_not_its_name(lake: Path, path: Path, tmp_path: Path) -> None:
    path.write_bytes(lines(0) + NO_ZONE)
    load(lake, path)
    renamed = tmp_path / "renamed.gz"
    renamed.write_bytes(gzip.compress(path.read_bytes()))
    report = retry(lake, path, renamed, **ZONE)
    assert [(source.status, source.lines) for source in report.sources] == [("retried", 1), ("unchanged", 0)]
    assert numbers(lake) == [0, 7]
    assert retry_one(lake, renamed, **ZONE) == ("unchanged", 0, 0, 0, 0)
    assert broken(lake) == {}


def test_sources_are_read_again_in_blocks_batches_and_files(
    lake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.log").write_bytes(
            W3C_FIELDS + (w3c_line(number) + w3c_line(number).replace(HOST.encode(), b"-")) * 9
        )
    load(lake, folder)
    limits = Limits(chunk_bytes=500, block_bytes=500, file_rows=4, window_rows=4, retried_sources=2)
    report = retry(lake, folder, limits=limits, host=HOST)
    assert [(source.lines, source.calls) for source in report.sources] == [(9, 9)] * 3
    assert line_numbers(lake) == sorted([*range(2, 20)] * 3)
    assert rejects(lake) == []
    assert Lake(lake).ledger()[1].version == 3  # one load, two batches
    assert leftovers(lake) <= {path.name for path in (lake / "rejects").glob("*.parquet")}
    assert broken(lake) == {}


def test_who_was_never_loaded_or_has_changed_is_named_and_the_others_go_on(
    lake: Path, path: Path, tmp_path: Path
) -> None:
    path.write_bytes(lines(0) + NO_ZONE)
    changed, unknown = tmp_path / "changed.log", tmp_path / "unknown.log"
    changed.write_bytes(lines(3, 4) + NO_ZONE)
    unknown.write_bytes(lines(8, 9))
    load(lake, path, changed)
    changed.write_bytes(lines(3, 4))
    report = retry(lake, changed, unknown, tmp_path / "missing.log", "-", path, **ZONE)
    assert [source.status for source in report.sources] == ["failed"] * 4 + ["retried"]
    said = [source.error or "" for source in report.sources]
    assert said[0].startswith(f"{changed}: begins like {changed} (load ")
    assert said[1] == f"{unknown}: no load begins like this source, so none of its lines was rejected"
    assert said[2].startswith(f"{tmp_path / 'missing.log'}: cannot be opened")
    assert said[3].startswith("-: standard input cannot be read again")
    assert numbers(lake) == [0, 3, 4, 7]
    assert broken(lake) == {}


def test_a_file_that_is_another_one_when_it_is_read_than_when_it_was_recognised_is_not_read_again(
    lake: Path, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins = lines(0, 1) + NO_ZONE + lines(2)
    path.write_bytes(begins)
    load(lake, path)
    longer = tmp_path / "longer.log"
    longer.write_bytes(begins + lines(range(20, 40)))
    load(lake, longer)
    path.write_bytes(begins + lines(range(50, 70)))
    another = lines(0, 1) + NO_ZONE.replace(b'"7"', b'"8"') + lines(range(2, 30))
    opened = 0
    open_file = source._open

    def opening(place: str, name: str) -> tuple[IO[bytes], int | None]:
        nonlocal opened
        opened += 1
        if opened == 2:  # to read it, after it was looked at
            path.write_bytes(another)
        return open_file(place, name)

    monkeypatch.setattr(source, "_open", opening)
    (report,) = retry(lake, path, limits=Limits(chunk_bytes=500, block_bytes=500), **ZONE).sources
    assert opened == 2
    assert (report.status, report.error) == (
        "failed",
        f"{path}: changed while it was being read; nothing new of it was loaded; run the command again",
    )
    assert numbers(lake) == [0, 1, 2, *range(20, 40)]
    assert [number for number, _, _ in rejects(lake)] == [3]
    assert broken(lake) == {}
