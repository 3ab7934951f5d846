"""Rejected lines are read again, once, and become calls of the load they came with."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
from collections import Counter
from typing import IO, TYPE_CHECKING, Any

import polars as pl
import pytest

from ingest import Lake, ReadOptions, maintain, retry_rejects, status, unload
from ingest.lake.ledger_row import Retried
from ingest.limits import DEFAULT_LIMITS, Limits
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
    rows,
    texts,
    w3c_line,
)
from tests.ingest.other_process import other_process
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from ingest import RetryReport
    from tests.ingest.other_process import Step

HOST = "1234.rest.afas.online"
RELATIVE = "/ProfitRestServices/metainfo"
ELSEWHERE = "http://elsewhere.example/"


def retry(lake: Path, *sources: Path | str, limits: Limits = DEFAULT_LIMITS, **options: Any) -> RetryReport:
    return retry_rejects(lake, [str(source) for source in sources], ReadOptions(**options), now=NOW, limits=limits)


def retry_one(lake: Path, source: Path | str, **options: Any) -> tuple[str, int, int, int, int]:
    """Status, lines read again, calls, rejects and ignored lines among them."""
    (report,) = retry(lake, source, **options).sources
    assert report.error is None
    return report.status, report.lines, report.calls, report.rejects, report.ignored


def counts(lake: Path) -> list[tuple[int, int, int, int]]:
    """Lines, calls, rejects and ignored lines of every load as it is now."""
    return [tuple(row[name] for name in ("lines", "calls", "rejects", "ignored")) for row in loads(lake)]


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


NO_ZONE = line(7, timestamp="2026-10-01T00:00:00")
ZONE: dict[str, Any] = {"time_zone": "Europe/Amsterdam"}


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


# -- what else happens to a load


def test_an_unload_takes_back_what_was_retried_and_it_can_be_loaded_again(lake: Path, path: Path) -> None:
    path.write_bytes(lines(0) + NO_ZONE + BAD)
    load(lake, path)
    retry(lake, path, **ZONE)
    report = unload(lake, str(path), now=NOW)
    assert (report.loads, report.calls, report.rejects) == (1, 2, 1)
    assert (numbers(lake), rejects(lake)) == ([], [])
    assert fate(load_one(lake, path)) == ("loaded", 1, 2, 0, 0)
    assert broken(lake) == {}


def test_retention_and_retries_add_up(lake: Path, path: Path) -> None:
    path.write_bytes(lines(0) + NO_ZONE + BAD + line(9, timestamp="2026-10-01T00:00:09"))
    load(lake, path)
    later = NOW + dt.timedelta(days=60)
    assert maintain(lake, now=later, keep_calls=30).calls_removed == 1
    assert retry_one(lake, path, **ZONE) == ("retried", 3, 2, 1, 0)
    assert numbers(lake) == [7, 9]
    assert broken(lake) == {}
    report = maintain(lake, now=later, keep_calls=30, keep_rejects=30)
    assert (report.calls_removed, report.rejects_removed) == (2, 1)
    assert (status(lake, now=NOW).calls, status(lake, now=NOW).rejects) == (0, 0)
    assert counts(lake) == [(4, 3, 1, 0)]
    assert retry_one(lake, path, **ZONE) == ("unchanged", 0, 0, 0, 0)
    assert broken(lake) == {}
    taken_back = unload(lake, str(path), now=NOW)
    assert (taken_back.calls, taken_back.rejects) == (0, 0)


def test_lines_whose_texts_were_removed_are_read_again_and_those_that_stay_rejected_stay_without(
    lake: Path, path: Path
) -> None:
    path.write_bytes(lines(0) + NO_ZONE + BAD)
    load(lake, path)
    later = NOW + dt.timedelta(days=60)
    assert maintain(lake, now=later, keep_rejects=30).texts_removed == 2
    assert retry_one(lake, path) == ("unchanged", 2, 0, 2, 0)
    assert texts(lake) == [(2, False, False), (3, False, False)]
    assert retry_one(lake, path, **ZONE) == ("retried", 2, 1, 1, 0)
    assert (numbers(lake), texts(lake)) == ([0, 7], [(3, False, False)])
    assert broken(lake) == {}
    assert retry_one(lake, path, **ZONE) == ("unchanged", 1, 0, 1, 0)
    assert maintain(lake, now=later, keep_rejects=30).texts_removed == 0
    assert counts(lake) == [(3, 2, 1, 0)]
    taken_back = unload(lake, str(path), now=later)
    assert (taken_back.calls, taken_back.rejects) == (2, 1)
    assert (rejects(lake), broken(lake)) == ([], {})


def test_what_was_retried_is_remembered_beside_what_was_decided(lake: Path, path: Path) -> None:
    path.write_bytes(lines(0) + NO_ZONE + BAD)
    load(lake, path)
    retry(lake, path, **ZONE)
    load_row, retry_row = Lake(lake).ledger()[1].rows
    assert (load_row.lines, load_row.calls, load_row.rejects) == (3, 1, 2)
    at = dt.datetime(2026, 9, 30, 22, tzinfo=dt.UTC)
    assert retry_row.retried == {load_row.load_id: Retried(calls=1, ignored=0, first_call=at, last_call=at)}


# -- killed, and at the same time


def _retry(lake: Path, source: Path) -> tuple[str, int, int, int, int]:
    return retry_one(lake, source, **ZONE)


def _unload(lake: Path, source: Path) -> int:
    return unload(lake, str(source), now=NOW).calls


@pytest.mark.parametrize("step", ["staged", "decided", "rejects", "calls"])
def test_a_retry_that_is_killed_is_completed_without_its_source_or_never_was(
    lake: Path, path: Path, step: Step
) -> None:
    content = lines(0) + NO_ZONE + BAD
    path.write_bytes(content)
    load(lake, path)
    old = ([0], [2, 3])
    new = ([0, 7], [3])
    with other_process(_retry, lake, path, step=step) as other:
        other.wait()
        other.kill()
    path.unlink()
    assert broken(lake) == {}
    assert (numbers(lake), [number for number, _, _ in rejects(lake)]) == (new if step == "calls" else old)
    Lake(lake).roll_forward()
    assert (numbers(lake), [number for number, _, _ in rejects(lake)]) == (old if step == "staged" else new)
    path.write_bytes(content)
    assert _retry(lake, path) == (("retried", 2, 1, 1, 0) if step == "staged" else ("unchanged", 1, 0, 1, 0))
    assert (numbers(lake), [number for number, _, _ in rejects(lake)]) == new
    assert broken(lake) == {}


def test_of_two_who_retry_at_once_one_finds_nothing_to_do(lake: Path, path: Path) -> None:
    path.write_bytes(lines(0) + NO_ZONE)
    load(lake, path)
    with other_process(_retry, lake, path, step="staged") as other:
        other.wait()
        assert _retry(lake, path) == ("retried", 1, 1, 0, 0)
        other.go_on()
        assert other.answer() == ("unchanged", 0, 0, 0, 0)
    assert numbers(lake) == [0, 7]
    assert broken(lake) == {}


def test_what_is_taken_back_meanwhile_is_not_retried(lake: Path, path: Path, tmp_path: Path) -> None:
    other_path = tmp_path / "other.log"
    path.write_bytes(lines(0) + NO_ZONE)
    other_path.write_bytes(lines(5))
    load(lake, path)
    with other_process(retry_statuses, lake, path, step="staged") as other:
        other.wait()
        load(lake, other_path)
        assert _unload(lake, path) == 1
        other.go_on()
        assert other.answer() == ["failed"]
    assert (numbers(lake), rejects(lake)) == ([5], [])
    assert broken(lake) == {}


def retry_statuses(lake: Path, source: Path) -> list[str]:
    return [source.status for source in retry(lake, source, **ZONE).sources]


def test_what_is_loaded_meanwhile_does_not_matter(lake: Path, path: Path) -> None:
    path.write_bytes(lines(0) + NO_ZONE)
    load(lake, path)
    with other_process(_retry, lake, path, step="staged") as other:
        other.wait()
        path.write_bytes(lines(0) + NO_ZONE + lines(1))
        load(lake, path)
        path.unlink()
        other.go_on()
        assert other.answer() == ("retried", 1, 1, 0, 0)
    assert numbers(lake) == [0, 1, 7]
    assert broken(lake) == {}


def _retry_unload_and_load(lake: Path, source: Path) -> None:
    for _ in range(3):
        retry(lake, source, **ZONE)
        with contextlib.suppress(Exception):  # another process has taken it back
            unload(lake, str(source), now=NOW)
        load(lake, source)


def test_a_reader_sees_each_line_once_while_others_load_unload_and_retry(lake: Path, path: Path) -> None:
    path.write_bytes(lines(0) + NO_ZONE + BAD)
    load(lake, path)
    with contextlib.ExitStack() as stack:
        others = [stack.enter_context(other_process(_retry_unload_and_load, lake, path)) for _ in range(2)]
        while any(other.is_at_work for other in others):
            snapshot = Lake(lake).snapshot()
            visible = snapshot.loads.to_pylist()
            found = Counter(row["load_id"] for row in rows(file.path for file in snapshot.calls))
            quarantined = Counter(row["load_id"] for row in rows(snapshot.rejects))
            assert len(visible) <= 1
            for row in visible:
                assert (found.pop(row["load_id"]), quarantined[row["load_id"]]) == (row["calls"], row["rejects"])
                assert (row["calls"], row["rejects"]) in {(1, 2), (2, 1)}
            assert not found
        assert [other.answer() for other in others] == [None, None]
    retry(lake, path, **ZONE)
    assert (numbers(lake), [number for number, _, _ in rejects(lake)]) == ([0, 7], [3])
    assert broken(lake) == {}
