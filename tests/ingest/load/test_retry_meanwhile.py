"""A retry loses no line and doubles none, also if a process is killed, or others load, take back or remove texts at the same time."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, maintain, status, unload
from ingest.lake.ledger_row import Retried
from tests.ingest.lakes import BAD, broken, fate, line, lines, load, load_one, numbers, rejects, rows, texts
from tests.ingest.load.retried import NO_ZONE, ZONE, counts, retry, retry_one
from tests.ingest.other_process import other_process
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.other_process import Step


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


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
    report = maintain(lake, now=later, keep_calls=30, keep_sums=30, keep_rejects=30)
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
