"""`maintain` loses nothing, also if a process is killed, or others load, take back or read at the same time."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from ingest import Lake, unload
from ingest.lake.data_file import TABLES
from ingest.lake.log_files import entries
from tests.ingest.lake.maintained import KEPT, LATER, file_counts, loaded_lake, maintain, sorted_calls
from tests.ingest.lakes import BAD, broken, lines, load, loads, numbers, rejects, rows, texts
from tests.ingest.other_process import is_told, other_process, tell_parent
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from ingest import MaintenanceReport
    from tests.ingest.other_process import Step


def _maintain(lake: Path, **keep: Any) -> MaintenanceReport:
    return maintain(lake, now=LATER, **keep)


# -- killed at each step

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


def _maintain_tomorrow(lake: Path) -> None:
    """By then every checkpoint has stood for an hour."""
    maintain(lake, now=dt.datetime.now(dt.UTC) + dt.timedelta(days=1))


@pytest.fixture(scope="module")
def three_loads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return loaded_lake(tmp_path_factory.mktemp("three"), lines(0, 700) + BAD, lines(1), lines(701) + BAD)


@pytest.mark.parametrize("step", COMPACTED)
def test_a_compaction_that_is_killed_loses_nothing(three_loads: Path, tmp_path: Path, step: Step) -> None:
    lake = shutil.copytree(three_loads, tmp_path / "lake")
    before = sorted_calls(lake), rejects(lake), loads(lake)
    with other_process(_maintain_in_process, lake, {}, step=step) as other:
        other.wait()
        other.kill()
    assert (sorted_calls(lake), rejects(lake), loads(lake)) == before
    assert broken(lake) == {}
    maintain(lake, now=NOW)
    assert file_counts(lake) == (1, 1, 1)
    assert (sorted_calls(lake), rejects(lake), loads(lake)) == before
    assert broken(lake) == {}


@pytest.mark.parametrize("time", [1, 2, 3])
def test_whoever_is_killed_after_it_has_shortened_a_log_leaves_a_lake_that_is_whole(
    three_loads: Path, tmp_path: Path, time: int
) -> None:
    lake = shutil.copytree(three_loads, tmp_path / "lake")
    before = sorted_calls(lake), rejects(lake), loads(lake)
    for _ in range(2):
        for name in TABLES:
            Lake(lake).checkpoint(name, commits=1)
            assert Lake(lake).commit(name, Lake(lake).open(name), gone=(), new=(), reaches=None)
    logs = {name: len(entries(lake / name / "_delta_log")) for name in TABLES}
    with other_process(_maintain_tomorrow, lake, step="log shortened", time=time) as other:
        other.wait()
        other.kill()
    shorter = [name for name in TABLES if len(entries(lake / name / "_delta_log")) < logs[name]]
    assert shorter == [*TABLES][:time]
    for _ in range(2):
        assert (sorted_calls(lake), rejects(lake), loads(lake)) == before
        assert broken(lake) == {}
        _maintain_tomorrow(lake)


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
    lake = loaded_lake(tmp_path, lines(0) + BAD, lines(1) + BAD)
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
        assert file_counts(lake) == (1, 1, 1)
        assert broken(lake) == {}


@pytest.mark.parametrize("step", ["calls rewritten", "ledger rewritten"])
def test_what_is_loaded_and_taken_back_during_a_compaction_is_right(tmp_path: Path, step: Step) -> None:
    lake, path = loaded_lake(tmp_path, lines(0) + BAD, lines(1)), tmp_path / "new.log"
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
    lake = loaded_lake(tmp_path, lines(0) + BAD, lines(1) + BAD)
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
    lake = loaded_lake(tmp_path, lines(0), lines(1))
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
    assert max(file_counts(lake)) <= 6  # every file of calls has eight of the 48 at least
    assert broken(lake) == {}


def _assert_whole(lake: Path) -> None:
    """What a reader sees at this moment adds up."""
    snapshot = Lake(lake).snapshot()
    found = Counter[Any](call["load_id"] for call in rows(file.path for file in snapshot.calls))
    quarantined = Counter[Any](row["load_id"] for row in rows(snapshot.rejects))
    for row in snapshot.loads.to_pylist():
        assert (found.pop(row["load_id"]), quarantined[row["load_id"]]) == (row["calls"], row["rejects"])
    assert not found
