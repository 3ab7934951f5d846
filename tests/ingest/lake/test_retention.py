"""`maintain`: the calls and texts of rejects that are kept, and the facts that are remembered of the others."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from ingest import Lake, LakeError, ReadOptions, ingest, status, unload
from tests.ingest.lake.maintained import DAY, KEPT, LATER, loaded_lake, maintain
from tests.ingest.lakes import BAD, broken, fate, line, lines, load_one, loads, numbers, rejects, rows, texts
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path


def test_calls_of_older_days_are_removed_and_what_they_were_is_remembered(tmp_path: Path) -> None:
    # 599 seconds after 23:50 it is still September 30; a second later October begins.
    lake = loaded_lake(tmp_path, lines(0, 599, 600) + BAD, lines(601), lines(598))
    first, second, third = (row["load_id"] for row in loads(lake))
    before = loads(lake)
    now = dt.datetime(2026, 10, 1, 22, 30, tzinfo=dt.UTC)  # October 2 in Amsterdam
    report = maintain(lake, now=now, keep_calls=1)
    assert (report.calls_removed, report.rejects_removed) == (3, 0)
    assert numbers(lake) == [600, 601]
    assert [row[0] for row in rejects(lake)] == [4]
    assert loads(lake) == before
    assert Lake(lake).snapshot().removed == {first: (2, 0), third: (1, 0)}
    assert second not in Lake(lake).ledger()[1].removed()
    state = status(lake, now=NOW)
    assert (state.lines, state.calls, state.rejects) == (6, 2, 1)
    assert broken(lake) == {}
    assert maintain(lake, now=now, keep_calls=1).calls_removed == 0
    assert Lake(lake).ledger()[1].version == 4


def test_of_rejects_of_older_loads_the_texts_are_removed_once_and_all_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "new.log"
    named = line(5, status=7, url="https://1234.rest.afas.online/ProfitRestServices/metainfo")
    lake = loaded_lake(tmp_path, lines(0) + BAD + named)
    path.write_bytes(lines(1) + BAD)
    ingest(lake, [str(path)], ReadOptions(), now=NOW + dt.timedelta(days=3))
    before = rows(Lake(lake).snapshot().rejects)
    assert texts(lake) == [(2, True, True), (2, True, True), (3, True, True)]
    report = maintain(lake, now=NOW + dt.timedelta(days=3), keep_rejects=2)
    assert (report.calls_removed, report.rejects_removed, report.texts_removed) == (0, 0, 2)
    assert texts(lake) == [(2, False, False), (2, True, True), (3, False, False)]
    old = loads(lake)[0]["load_id"]
    after = {(row["load_id"], row["line_number"]): row for row in rows(Lake(lake).snapshot().rejects)}
    without = {"detail": None, "sample": None}
    for row in before:
        assert after.pop((row["load_id"], row["line_number"])) == row | (without if row["load_id"] == old else {})
    assert after == {}
    assert {row["integration"] for row in before} == {None, "4321_1"}
    assert {row["customer"] for row in before} == {None, "1234"}
    assert numbers(lake) == [0, 1]
    assert Lake(lake).snapshot().removed == {}
    assert broken(lake) == {}
    files, version = Lake(lake).snapshot().rejects, Lake(lake).ledger()[1].version
    report = maintain(lake, now=NOW + dt.timedelta(days=3), keep_rejects=2)
    assert (report.rejects_removed, report.texts_removed) == (0, 0)
    assert (Lake(lake).snapshot().rejects, Lake(lake).ledger()[1].version) == (files, version)


@pytest.mark.parametrize(
    ("keep", "rejects_removed", "texts_removed"),
    [
        ({"keep_calls": 30}, 0, 0),
        ({"keep_rejects": 30}, 0, 1),
        ({"keep_calls": 30, "keep_rejects": 30}, 0, 1),
        ({"keep_calls": 30, "keep_sums": 30, "keep_rejects": 30}, 1, 0),
        ({"keep_calls": 30, "keep_sums": 30, "keep_rejects": 90}, 0, 0),
        ({"keep_calls": 30, "keep_sums": 90, "keep_rejects": 30}, 0, 1),
        ({"keep_calls": 90, "keep_sums": 90, "keep_rejects": 30}, 0, 1),
    ],
)
def test_a_reject_leaves_when_its_load_is_too_old_for_calls_and_sums_and_texts(
    tmp_path: Path, keep: dict[str, Any], rejects_removed: int, texts_removed: int
) -> None:
    lake = loaded_lake(tmp_path, lines(0) + BAD)
    later = NOW + dt.timedelta(days=60)
    report = maintain(lake, now=later, **keep)
    assert (report.rejects_removed, report.texts_removed) == (rejects_removed, texts_removed)
    assert len(rejects(lake)) == status(lake, now=later).rejects == 1 - rejects_removed
    assert broken(lake) == {}
    report = maintain(lake, now=later, keep_calls=30, keep_sums=30, keep_rejects=30)
    assert (report.rejects_removed, report.texts_removed) == (1 - rejects_removed, 0)
    assert rejects(lake) == []
    assert broken(lake) == {}


def test_nothing_is_removed_unless_asked(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(0) + BAD)
    maintain(lake, now=NOW + dt.timedelta(days=5000))
    assert (numbers(lake), len(rejects(lake))) == ([0], 1)


@pytest.mark.parametrize("keep", [{"keep_calls": 0}, {"keep_sums": 0}, {"keep_rejects": -1}])
def test_a_retention_of_no_day_is_refused(tmp_path: Path, keep: dict[str, Any]) -> None:
    lake = loaded_lake(tmp_path, lines(0))
    with pytest.raises(LakeError, match=r"--keep-(calls 0|sums 0|rejects -1): expected a number of days, 1 or more"):
        maintain(lake, now=NOW, **keep)
    assert numbers(lake) == [0]


def test_sums_are_not_removed_before_their_calls(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(0))
    with pytest.raises(LakeError, match=r"--keep-sums 29: expected at least as many days as --keep-calls 30"):
        maintain(lake, now=NOW, keep_calls=30, keep_sums=29)
    assert numbers(lake) == [0]


@pytest.mark.parametrize("keep", [{"keep_calls": 30}, {"keep_sums": 30}, {"keep_rejects": 30}])
def test_a_clock_that_is_far_ahead_removes_nothing(tmp_path: Path, keep: dict[str, Any]) -> None:
    lake = loaded_lake(tmp_path, lines(0) + BAD)
    with pytest.raises(
        LakeError, match=r"clock says 2038-01-19, but the newest load is from 2026-\d\d-\d\d.*--as-of 2038-01-19"
    ):
        maintain(lake, now=dt.datetime(2038, 1, 19, tzinfo=dt.UTC), **keep)
    assert (numbers(lake), len(rejects(lake))) == ([0], 1)


def test_whoever_says_the_day_is_believed(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(0) + BAD)
    far = dt.datetime(2038, 1, 19, tzinfo=dt.UTC)
    report = maintain(lake, now=far, keep_calls=1, keep_rejects=1, as_of=NOW.date())
    assert report.rejects_removed == 0
    report = maintain(lake, now=far, keep_calls=30, keep_sums=30, keep_rejects=30, as_of=far.date())
    assert report.rejects_removed == 1
    assert (numbers(lake), rejects(lake)) == ([], [])
    assert broken(lake) == {}


def test_a_load_of_whose_calls_nothing_is_left_stays_known_and_can_be_unloaded(tmp_path: Path) -> None:
    lake, path = loaded_lake(tmp_path, lines(0, 700) + BAD), tmp_path / "0.log"
    maintain(lake, now=LATER, keep_sums=KEPT["keep_calls"], **KEPT)
    assert (numbers(lake), texts(lake)) == ([700], [(3, False, False)])
    assert load_one(lake, path).status == "unchanged"
    path.write_bytes(lines(0, 700) + BAD + lines(1))
    assert fate(load_one(lake, path)) == ("loaded", 1, 0, 0, 0)
    assert numbers(lake) == [1, 700]
    unload(lake, str(path), now=NOW)
    assert (numbers(lake), rejects(lake), Lake(lake).snapshot().removed) == ([], [], {})
    assert broken(lake) == {}
    assert fate(load_one(lake, path)) == ("loaded", 3, 1, 0, 0)
    assert numbers(lake) == [0, 1, 700]
    assert broken(lake) == {}


def test_what_was_removed_from_twice_adds_up(tmp_path: Path) -> None:
    lake = loaded_lake(tmp_path, lines(0, 700, 700 + DAY))
    day = dt.timedelta(days=1)
    assert maintain(lake, now=NOW, keep_calls=30).calls_removed == 1
    assert maintain(lake, now=NOW + day, keep_calls=30).calls_removed == 1
    assert numbers(lake) == [700 + DAY]
    assert list(Lake(lake).snapshot().removed.values()) == [(2, 0)]
    assert broken(lake) == {}
