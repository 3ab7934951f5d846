"""`maintain`: fewer files with the same rows, what is kept and what is not, and nothing lost whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from ingest import Lake, LakeError, ReadOptions, ingest, maintain, status, unload
from ingest.lake import maintenance
from ingest.lake.leftovers import remove, unheld
from tests.ingest.lakes import (
    BAD,
    broken,
    calls,
    fate,
    line,
    lines,
    load,
    load_one,
    loads,
    numbers,
    rejects,
    rows,
    texts,
)
from tests.ingest.other_process import is_told, other_process, tell_parent
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from ingest import MaintenanceReport
    from tests.ingest.other_process import Step

LATER = NOW + dt.timedelta(days=2)
KEPT: dict[str, Any] = {"keep_calls": 32, "keep_rejects": 1}
"""With these, on that day, the calls of September and the texts of the rejects of all loads so far are removed."""

DAY = 86_400
"""Seconds; a line's number is its time in seconds since 2026-09-30 23:50 in Amsterdam."""


@pytest.fixture(autouse=True)
def _small_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maintenance, "FILE_ROWS", 20)
    monkeypatch.setattr(maintenance, "SMALL_ROWS", 8)


def _maintain(lake: Path, **keep: Any) -> MaintenanceReport:
    """Maintain with small files; in other processes as well, where the fixture does not reach."""
    maintenance.FILE_ROWS, maintenance.SMALL_ROWS = 20, 8
    return maintain(lake, now=LATER, **keep)


def _given(folder: Path, *contents: bytes) -> Path:
    """A lake with a load of each of these contents."""
    for number, content in enumerate(contents):
        path = folder / f"{number}.log"
        path.write_bytes(content)
        load(folder / "lake", path)
    return folder / "lake"


def _values(lake: Path) -> list[str]:
    return sorted(repr(call) for call in calls(lake))


def _files(lake: Path) -> tuple[int, int, int]:
    snapshot, (table, _) = Lake(lake).snapshot(), Lake(lake).ledger()
    return len(snapshot.calls), len(snapshot.rejects), len(table.file_uris())


# -- compaction


def test_many_small_files_become_few_with_the_same_rows(tmp_path: Path) -> None:
    odd = line(
        7, url="https://1234.rest.afas.online/ProfitRestServices/connectors/KnSubject?filterfieldids=Name,Code&take=5"
    )
    lake = _given(tmp_path, lines(0, 1) + BAD, odd + BAD * 2, line(3, duration_ms=0.1, status=500), lines(4))
    before = _values(lake), rejects(lake), loads(lake)
    report = maintain(lake, now=NOW)
    assert [(table.table, table.files_before, table.files_after) for table in report.tables] == [
        ("calls", 4, 1),
        ("rejects", 2, 1),
        ("loads", 4, 1),
    ]
    assert all(table.bytes_before > table.bytes_after > 0 for table in report.tables)
    assert (report.calls_removed, report.rejects_removed, report.postponed) == (0, 0, ())
    assert _files(lake) == (1, 1, 1)
    assert (_values(lake), rejects(lake), loads(lake)) == before
    assert broken(lake) == {}


def test_compacted_files_cover_few_days_and_are_read_by_their_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "SMALL_ROWS", 15)
    # Six loads, each with five calls of one day and five of the third day from there: every day has ten.
    days = [lines(range(DAY * day, DAY * day + 5)) for day in range(6)]
    lake = _given(tmp_path, *(days[day] + days[(day + 3) % 6].replace(b"1234", b"5678") for day in range(6)))
    maintain(lake, now=NOW)
    files = sorted(Lake(lake).snapshot().calls, key=lambda file: str(file.min_day))
    first = dt.date(2026, 9, 30)
    assert [(file.rows, file.min_day, file.max_day) for file in files] == [
        (20, first + dt.timedelta(days=day), first + dt.timedelta(days=day + 1)) for day in (0, 2, 4)
    ]
    assert {(file.min_partner, file.max_partner, file.min_customer, file.max_customer) for file in files} == {
        (4321, 4321, "1234", "5678")
    }
    times = [call["called_at"] for call in rows([files[0].path])]
    assert times == sorted(times)
    assert broken(lake) == {}


def test_what_is_compacted_is_left_alone(tmp_path: Path) -> None:
    lake = _given(tmp_path, *(lines(range(start, start + 300, 60)) for start in range(0, 1500, 300)))
    maintain(lake, now=NOW)
    before = Lake(lake).snapshot().calls
    report = maintain(lake, now=NOW)
    assert Lake(lake).snapshot().calls == before
    assert [(table.files_before, table.files_after) for table in report.tables] == [(2, 2), (0, 0), (1, 1)]


def test_loads_go_on_after_the_ledger_was_compacted(tmp_path: Path) -> None:
    lake = _given(tmp_path, lines(0), lines(1), lines(2))
    store = Lake(lake)
    _, before = store.ledger()
    maintain(lake, now=NOW)
    assert store.ledger()[1] == before
    assert Lake(lake).ledger()[1] == before
    (tmp_path / "2.log").write_bytes(lines(2, 3))
    assert fate(load_one(lake, tmp_path / "2.log")) == ("loaded", 1, 0, 0, 0)
    assert store.ledger()[1] == Lake(lake).ledger()[1]
    assert store.ledger()[1].version == 4
    assert broken(lake) == {}


def test_a_checkpoint_is_written_after_many_commits(tmp_path: Path) -> None:
    lake = _given(tmp_path, *(lines(number) for number in range(10)))
    assert list(lake.glob("*/_delta_log/*.checkpoint.parquet")) == []
    maintain(lake, now=NOW)
    assert {path.parts[-3] for path in lake.glob("*/_delta_log/*.checkpoint.parquet")} == {"calls", "rejects", "loads"}
    assert numbers(lake) == list(range(10))
    assert broken(lake) == {}


def test_an_empty_lake_is_maintained(tmp_path: Path) -> None:
    Lake(tmp_path / "lake").create()
    report = maintain(tmp_path / "lake", now=NOW, keep_calls=1, keep_rejects=1)
    assert [(table.files_before, table.files_after) for table in report.tables] == [(0, 0)] * 3


def test_where_there_is_no_lake_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="there is no lake here"):
        maintain(tmp_path / "lake", now=NOW)
    assert not (tmp_path / "lake").exists()


# -- retention


def test_calls_of_older_days_are_removed_and_what_they_were_is_remembered(tmp_path: Path) -> None:
    # 599 seconds after 23:50 it is still September 30; a second later October begins.
    lake = _given(tmp_path, lines(0, 599, 600) + BAD, lines(601), lines(598))
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
    lake = _given(tmp_path, lines(0) + BAD + named)
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
        ({"keep_calls": 30, "keep_rejects": 30}, 1, 0),
        ({"keep_calls": 30, "keep_rejects": 90}, 0, 0),
        ({"keep_calls": 90, "keep_rejects": 30}, 0, 1),
    ],
)
def test_a_reject_leaves_when_its_load_is_too_old_for_both(
    tmp_path: Path, keep: dict[str, Any], rejects_removed: int, texts_removed: int
) -> None:
    lake = _given(tmp_path, lines(0) + BAD)
    later = NOW + dt.timedelta(days=60)
    report = maintain(lake, now=later, **keep)
    assert (report.rejects_removed, report.texts_removed) == (rejects_removed, texts_removed)
    assert len(rejects(lake)) == status(lake, now=later).rejects == 1 - rejects_removed
    assert broken(lake) == {}
    report = maintain(lake, now=later, keep_calls=30, keep_rejects=30)
    assert (report.rejects_removed, report.texts_removed) == (1 - rejects_removed, 0)
    assert rejects(lake) == []
    assert broken(lake) == {}


def test_nothing_is_removed_unless_asked(tmp_path: Path) -> None:
    lake = _given(tmp_path, lines(0) + BAD)
    maintain(lake, now=NOW + dt.timedelta(days=5000))
    assert (numbers(lake), len(rejects(lake))) == ([0], 1)


@pytest.mark.parametrize("keep", [{"keep_calls": 0}, {"keep_rejects": -1}])
def test_a_retention_of_no_day_is_refused(tmp_path: Path, keep: dict[str, Any]) -> None:
    lake = _given(tmp_path, lines(0))
    with pytest.raises(LakeError, match=r"--keep-(calls 0|rejects -1): expected a number of days, 1 or more"):
        maintain(lake, now=NOW, **keep)
    assert numbers(lake) == [0]


@pytest.mark.parametrize("keep", [{"keep_calls": 30}, {"keep_rejects": 30}])
def test_a_clock_that_is_far_ahead_removes_nothing(tmp_path: Path, keep: dict[str, Any]) -> None:
    lake = _given(tmp_path, lines(0) + BAD)
    with pytest.raises(
        LakeError, match=r"clock says 2038-01-19, but the newest load is from 2026-\d\d-\d\d.*--as-of 2038-01-19"
    ):
        maintain(lake, now=dt.datetime(2038, 1, 19, tzinfo=dt.UTC), **keep)
    assert (numbers(lake), len(rejects(lake))) == ([0], 1)


def test_whoever_says_the_day_is_believed(tmp_path: Path) -> None:
    lake = _given(tmp_path, lines(0) + BAD)
    far = dt.datetime(2038, 1, 19, tzinfo=dt.UTC)
    report = maintain(lake, now=far, keep_calls=1, keep_rejects=1, as_of=NOW.date())
    assert report.rejects_removed == 0
    report = maintain(lake, now=far, keep_calls=30, keep_rejects=30, as_of=far.date())
    assert report.rejects_removed == 1
    assert (numbers(lake), rejects(lake)) == ([], [])
    assert broken(lake) == {}


def test_a_load_whose_calls_are_gone_stays_known_and_can_be_unloaded(tmp_path: Path) -> None:
    lake, path = _given(tmp_path, lines(0, 700) + BAD), tmp_path / "0.log"
    maintain(lake, now=LATER, **KEPT)
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
    lake = _given(tmp_path, lines(0, 700, 700 + DAY))
    day = dt.timedelta(days=1)
    assert maintain(lake, now=NOW, keep_calls=30).calls_removed == 1
    assert maintain(lake, now=NOW + day, keep_calls=30).calls_removed == 1
    assert numbers(lake) == [700 + DAY]
    assert list(Lake(lake).snapshot().removed.values()) == [(2, 0)]
    assert broken(lake) == {}


# -- leftovers


def _at(path: Path, **after: float) -> dt.datetime:
    """A time so long after the file was written."""
    return dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) + dt.timedelta(**after)


def _below(lake: Path) -> set[str]:
    return {
        str(path.relative_to(lake)) for path in lake.rglob("*") if path.is_file() and "_delta_log" not in path.parts
    }


def test_what_was_staged_and_never_decided_goes_after_a_day(tmp_path: Path) -> None:
    lake = _given(tmp_path, lines(0))
    before = _below(lake)
    left = [
        lake / "calls" / "00000000000000aa-0.parquet",
        lake / "rejects" / "00000000000000aa-0.parquet",
        lake / "loads" / "part-00001-00000000.snappy.parquet",
        lake / ".0123456789abcdef.tmp",
        lake / "calls" / "_delta_log" / "_commit_00000000.json.tmp",
    ]
    for path in left:
        path.write_bytes(b"x" * 10)
    report = maintain(lake, now=_at(left[-1], hours=23))
    assert (report.leftovers_removed, report.leftover_bytes) == (0, 0)
    report = maintain(lake, now=_at(left[-1], hours=25))
    assert (report.leftovers_removed, report.leftover_bytes) == (5, 50)
    assert _below(lake) == before
    assert not left[-1].exists()
    assert numbers(lake) == [0]


def test_nothing_else_is_removed(tmp_path: Path) -> None:
    lake = _given(tmp_path, lines(0))
    others = [
        lake / "notes.txt",
        lake / "calls" / "notes.txt",
        lake / "calls" / ".hidden.parquet",
        lake / "exports" / "calls.parquet",
        lake / "registry" / "x.tmp",
    ]
    for path in others:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    (lake / "calls" / "linked.parquet").symlink_to(others[0])
    before = _below(lake)
    assert maintain(lake, now=_at(others[-1], days=400)).leftovers_removed == 0
    assert _below(lake) == before


def test_a_file_that_was_compacted_is_kept_for_readers_for_a_week(tmp_path: Path) -> None:
    lake = _given(tmp_path, lines(0), lines(1))
    for path in (lake / "calls").glob("*.parquet"):
        os.utime(path, (0, 0))  # old files, so that only their removal is recent
    reader = Lake(lake).snapshot()
    maintain(lake, now=NOW)
    (new,) = (file.path for file in Lake(lake).snapshot().calls)
    assert maintain(lake, now=_at(new, days=6, hours=23)).leftovers_removed == 0
    assert sorted(int(call["request_id"]) for call in rows(file.path for file in reader.calls)) == [0, 1]
    report = maintain(lake, now=_at(new, days=7, hours=1))
    assert report.leftovers_removed == 4  # two files of calls, two of the ledger
    assert list((lake / "calls").glob("*.parquet")) == [new]
    assert numbers(lake) == [0, 1]
    assert broken(lake) == {}


def test_what_is_decided_and_waits_is_no_leftover(tmp_path: Path) -> None:
    lake, path = _given(tmp_path, lines(0)), tmp_path / "1.log"
    path.write_bytes(lines(1) + BAD)
    with other_process(_load, lake, path, step="decided") as other:
        other.wait()
        other.kill()
    for table in ("calls", "rejects"):
        for file in (lake / table).glob("*.parquet"):
            os.utime(file, (0, 0))
    assert [file.path.parent.name for file in unheld(Lake(lake))] == []
    assert maintain(lake, now=NOW).rolled_forward == 1
    assert numbers(lake) == [0, 1]
    assert broken(lake) == {}


def test_a_file_that_somebody_touched_meanwhile_stays(tmp_path: Path) -> None:
    lake = _given(tmp_path, lines(0))
    path = lake / "calls" / "00000000000000aa-0.parquet"
    path.write_bytes(b"x")
    os.utime(path, (0, 0))
    found = unheld(Lake(lake))
    os.utime(path)
    assert remove(found) == []
    assert path.exists()


# -- killed at each step


def _load(lake: Path, *sources: Path) -> None:
    load(lake, *sources)


COMPACTED: tuple[Step, ...] = (
    "calls rewritten",
    "calls replaced",
    "rejects rewritten",
    "rejects replaced",
    "ledger rewritten",
    "ledger replaced",
    "checkpoint",
)
EXPIRED: tuple[Step, ...] = ("staged", "decided", "expired from calls", "expired from rejects")


def _maintain_in_process(lake: Path, keep: dict[str, Any]) -> tuple[int, int]:
    report = _maintain(lake, **keep)
    return report.calls_removed, report.rejects_removed


@pytest.fixture(scope="module")
def three_loads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _given(tmp_path_factory.mktemp("three"), lines(0, 700) + BAD, lines(1), lines(701) + BAD)


@pytest.mark.parametrize("step", COMPACTED)
def test_a_compaction_that_is_killed_loses_nothing(three_loads: Path, tmp_path: Path, step: Step) -> None:
    lake = shutil.copytree(three_loads, tmp_path / "lake")
    before = _values(lake), rejects(lake), loads(lake)
    with other_process(_maintain_in_process, lake, {}, step=step) as other:
        other.wait()
        other.kill()
    assert (_values(lake), rejects(lake), loads(lake)) == before
    assert broken(lake) == {}
    maintain(lake, now=NOW)
    assert _files(lake) == (1, 1, 1)
    assert (_values(lake), rejects(lake), loads(lake)) == before
    assert broken(lake) == {}


@pytest.mark.parametrize("step", EXPIRED)
def test_a_retention_that_is_killed_is_completed_or_never_was(three_loads: Path, tmp_path: Path, step: Step) -> None:
    lake = shutil.copytree(three_loads, tmp_path / "lake")
    with other_process(_maintain_in_process, lake, KEPT, step=step) as other:
        other.wait()
        other.kill()
    assert broken(lake) == {}
    Lake(lake).roll_forward()
    assert broken(lake) == {}
    without = [(2, False, False), (3, False, False)]
    if step == "staged":
        assert (numbers(lake), texts(lake)) == ([0, 1, 700, 701], [(2, True, True), (3, True, True)])
    else:
        assert (numbers(lake), texts(lake)) == ([700, 701], without)
    report = maintain(lake, now=LATER, **KEPT)
    assert (report.calls_removed, report.texts_removed) == ((2, 2) if step == "staged" else (0, 0))
    assert (numbers(lake), texts(lake)) == ([700, 701], without)
    assert broken(lake) == {}


# -- others at work


def test_of_two_who_compact_at_once_one_is_refused_and_nothing_is_twice(tmp_path: Path) -> None:
    lake = _given(tmp_path, lines(0) + BAD, lines(1) + BAD)
    for step in ("calls rewritten", "rejects rewritten", "ledger rewritten"):
        (tmp_path / "more.log").write_bytes(lines(100 + len(loads(lake))) + BAD)
        load(lake, tmp_path / "more.log")
        before = numbers(lake), rejects(lake), loads(lake)
        with other_process(_maintain_in_process, lake, {}, step=step) as other:
            other.wait()
            maintain(lake, now=NOW)
            other.go_on()
            assert other.answer() == (0, 0)
        assert (numbers(lake), rejects(lake), loads(lake)) == before
        assert _files(lake) == (1, 1, 1)
        assert broken(lake) == {}


@pytest.mark.parametrize("step", ["calls rewritten", "ledger rewritten"])
def test_what_is_loaded_and_taken_back_during_a_compaction_is_right(tmp_path: Path, step: Step) -> None:
    lake, path = _given(tmp_path, lines(0) + BAD, lines(1)), tmp_path / "new.log"
    path.write_bytes(lines(2) + BAD)
    with other_process(_maintain_in_process, lake, {}, step=step) as other:
        other.wait()
        load(lake, path)
        unload(lake, str(tmp_path / "0.log"), now=NOW)
        other.go_on()
        assert other.answer() == (0, 0)
    assert (numbers(lake), len(rejects(lake))) == ([1, 2], 1)
    assert broken(lake) == {}


def test_an_unload_during_a_compaction_is_completed(tmp_path: Path) -> None:
    lake = _given(tmp_path, lines(0) + BAD, lines(1) + BAD)
    with other_process(_unload, lake, str(tmp_path / "0.log"), step="decided") as other:
        other.wait()
        maintain(lake, now=NOW)
        other.go_on()
        other.answer()
    assert (numbers(lake), len(rejects(lake))) == ([1], 1)
    assert broken(lake) == {}


def _unload(lake: Path, target: str) -> None:
    unload(lake, target, now=NOW)


def test_a_load_taken_back_before_the_retention_is_decided_is_not_in_it(tmp_path: Path) -> None:
    lake = _given(tmp_path, lines(0), lines(1))
    with other_process(_maintain_in_process, lake, KEPT, step="staged") as other:
        other.wait()
        (tmp_path / "new.log").write_bytes(lines(2))
        load(lake, tmp_path / "new.log")
        unload(lake, str(tmp_path / "0.log"), now=NOW)
        other.go_on()
        assert other.answer() == (2, 0)  # counted anew: the call of the second load, and that of the new one
    assert numbers(lake) == []
    assert broken(lake) == {}


def _maintain_until_told(lake: Path) -> int:
    """Maintain again and again until the parent says that this is enough."""
    times = 0
    while not is_told():
        _maintain(lake)
        times += 1
        tell_parent("maintained")
    return times


def _load_one_by_one(lake: Path, *sources: Path) -> int:
    for source in sources:
        load(lake, source)
    return len(sources)


def test_readers_and_loaders_at_work_during_maintenance_see_every_call_once(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    Lake(lake).create()
    sources = [tmp_path / f"{number}.log" for number in range(16)]
    for number, path in enumerate(sources):
        path.write_bytes(lines(range(3 * number, 3 * number + 3)) + BAD)
    with contextlib.ExitStack() as stack:
        keepers = [stack.enter_context(other_process(_maintain_until_told, lake)) for _ in range(2)]
        loaders = [stack.enter_context(other_process(_load_one_by_one, lake, *sources[part::2])) for part in range(2)]
        while any(loader.is_at_work for loader in loaders):
            _assert_whole(lake)
        assert [loader.answer() for loader in loaders] == [8, 8]
        for keeper in keepers:
            keeper.hear("maintained")
            keeper.go_on()
        assert all(keeper.answer() for keeper in keepers)
    maintain(lake, now=NOW)
    assert numbers(lake) == list(range(48))
    assert len(rejects(lake)) == 16
    assert max(_files(lake)) <= 6  # every file of calls has eight of the 48 at least
    assert broken(lake) == {}


def _assert_whole(lake: Path) -> None:
    """What a reader sees at this moment adds up."""
    snapshot = Lake(lake).snapshot()
    found = Counter[Any](call["load_id"] for call in rows(file.path for file in snapshot.calls))
    quarantined = Counter[Any](row["load_id"] for row in rows(snapshot.rejects))
    for row in snapshot.loads.to_pylist():
        assert (found.pop(row["load_id"]), quarantined[row["load_id"]]) == (row["calls"], row["rejects"])
    assert not found
