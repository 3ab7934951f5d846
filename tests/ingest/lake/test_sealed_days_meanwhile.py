"""Sealed days are right whoever is killed, whoever works at the same time, and whatever is damaged."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest import Lake, LakeError, repair, status, unload
from ingest.lake.sums.kinds import KINDS
from tests.ingest.lake.sealing import MADE, adding_up, at, made, seal, sealed_days
from tests.ingest.lake.summed import varied
from tests.ingest.lakes import broken, load_one, numbers, store, stored
from tests.ingest.other_process import other_process
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from ingest import MaintenanceReport
    from tests.ingest.other_process import Step

MIDDLE = dt.date(2026, 10, 5)
LATER = dt.date(2026, 10, 8)


def _seal(lake: Path, before: dt.date) -> tuple[int, int]:
    report: MaintenanceReport = seal(lake, before)
    return report.calls_removed, report.calls_sealed


@pytest.fixture(scope="module")
def unsealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("unsealed"))


@pytest.fixture
def lake(unsealed: Path, tmp_path: Path) -> Path:
    return shutil.copytree(unsealed, tmp_path / "lake")


# -- killed, or others at work

STEPS: tuple[Step, ...] = (
    "staged",
    "decided",
    "expired from rejects",
    "expired from calls",
    "sealed days to be published",
    "sealed days published",
)


@pytest.mark.parametrize("step", STEPS)
def test_who_is_killed_while_sealing_loses_nothing_and_doubles_nothing(lake: Path, step: Step) -> None:
    before = adding_up(lake)
    with other_process(_seal, lake, MIDDLE, step=step) as other:
        other.wait()
        assert adding_up(lake) == before
        other.kill()
    assert adding_up(lake) == before
    assert broken(lake) == {}
    Lake(lake).roll_forward()
    assert adding_up(lake) == before
    assert sum(sealed_days(lake).values()) == (0 if step == "staged" else 13)
    seal(lake, MIDDLE)
    assert adding_up(lake) == before
    assert sum(sealed_days(lake).values()) == 13
    assert broken(lake) == {}
    assert {
        kind.name: len(list((lake / kind.sealed_table).glob("*.parquet"))) for kind in KINDS.values()
    } == dict.fromkeys(KINDS, 4 if step == "staged" else 2)


def test_a_second_retention_that_is_killed_at_each_step_keeps_the_sums_of_the_first(lake: Path) -> None:
    before = adding_up(lake)
    seal(lake, MIDDLE)
    for step in STEPS[:4]:
        with other_process(_seal, lake, LATER, step=step) as other:
            if not other.reaches_its_step():
                continue  # the one that was killed before has decided already
            other.kill()
        assert adding_up(lake) == before
        assert broken(lake) == {}
    seal(lake, LATER)
    assert adding_up(lake) == before
    assert sum(sealed_days(lake).values()) == 22


def test_of_two_who_seal_at_once_one_is_refused_and_nothing_is_twice(lake: Path) -> None:
    before = adding_up(lake)
    with other_process(_seal, lake, MIDDLE, step="staged") as other:
        other.wait()
        assert _seal(lake, LATER) == (22, 22)
        other.go_on()
        assert other.answer() == (0, 0)
    assert adding_up(lake) == before
    assert sum(sealed_days(lake).values()) == 22
    assert broken(lake) == {}


def test_what_is_loaded_while_days_are_sealed_stays_calls(lake: Path, tmp_path: Path) -> None:
    (tmp_path / "late.log").write_bytes(varied(2, 40))
    with other_process(_seal, lake, MIDDLE, step="staged") as other:
        other.wait()
        load_one(lake, tmp_path / "late.log")
        before = adding_up(lake)
        other.go_on()
        assert other.answer() == (13, 13)
    assert adding_up(lake) == before
    assert numbers(lake) == sorted(map(at, [2, *MADE[13:], 40]))
    assert broken(lake) == {}


def test_what_is_taken_back_while_days_are_sealed_is_not_sealed(lake: Path, tmp_path: Path) -> None:
    (tmp_path / "other.log").write_bytes(varied(*range(1, 9)))
    before = adding_up(lake)
    load_one(lake, tmp_path / "other.log")
    with other_process(_seal, lake, MIDDLE, step="staged") as other:
        other.wait()
        unload(lake, str(tmp_path / "other.log"), now=NOW)
        other.go_on()
        assert other.answer() == (13, 13)
    assert adding_up(lake) == before
    assert broken(lake) == {}


def _replace(lake: Path, path: Path) -> tuple[str, str | None]:
    report = load_one(lake, path, replace=True)
    return report.status, report.error


def test_a_load_that_was_read_to_be_replaced_is_not_when_its_calls_are_sealed_meanwhile(tmp_path: Path) -> None:
    lake = made(tmp_path)
    before = adding_up(lake)
    with other_process(_replace, lake, tmp_path / "0.log", step="staged") as other:
        other.wait()
        assert _seal(lake, MIDDLE) == (13, 13)
        other.go_on()
        fate_, error = other.answer()
    assert fate_ == "failed"
    assert "cannot be taken apart" in (error or "")
    assert adding_up(lake) == before
    assert broken(lake) == {}


def test_a_reader_keeps_what_it_began_with(lake: Path) -> None:
    scope = Scope(environment="all")
    with Warehouse.open(lake) as before:
        expected = before.metric("customer_links", scope)
        seal(lake, MIDDLE)
        seal(lake, LATER)
        assert before.metric("calls_per_day", scope)["calls"].sum() == len(MADE)
        assert before.metric("customer_links", scope).equals(expected)


# -- damage


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _file(lake: Path, place: int = 0) -> Path:
    return Lake(lake).snapshot().sealed.files(KINDS["customer_days"])[place]


def test_damaged_sums_are_named_and_given_up_when_wanted(lake: Path) -> None:
    before = adding_up(lake)
    seal(lake, MIDDLE)
    path = _file(lake, 1)
    _flip(path)
    assert f"{path}: has changed since it was written" in broken(lake)["sealed_days_are_whole"]
    with Warehouse.open(lake) as warehouse:
        assert str(path) in (warehouse.damage() or "")
    report = repair(lake, now=NOW)
    lost = [dt.date(2026, 10, day) for day in (1, 2, 3, 4)]
    assert (report.is_sound, [file.file for file in report.damaged]) == (False, [str(path)])
    assert (list(report.lost_days), report.lost_calls, report.loads) == (lost, 12, ())
    assert sum(sealed_days(lake).values()) == 13
    assert repair(lake, now=NOW, is_wanted=True).is_sound
    assert sealed_days(lake) == {dt.date(2026, 9, 30): 1}
    assert broken(lake) == {}
    [first] = [row["calls"] for row in before["stream_hours"] if row["day"] == dt.date(2026, 9, 30)]
    assert next(row["calls"] for row in adding_up(lake)["stream_hours"]) == first
    assert status(lake, now=NOW).sealed_calls == 1


def test_missing_sums_stop_every_answer(lake: Path) -> None:
    seal(lake, MIDDLE)
    path = _file(lake)
    path.unlink()
    with pytest.raises(LakeError, match=f"{path.name}: cannot be read"):
        status(lake, now=NOW)
    assert f"{path}: is missing" in broken(lake)["sealed_days_are_whole"]
    assert seal(lake, LATER).calls_sealed == 9  # of other days, so nothing stands in the way
    with pytest.raises(LakeError, match=f"{path.name}: cannot be read"):
        adding_up(lake)


def test_damaged_sums_are_not_added_to_others(tmp_path: Path) -> None:
    lake = made(tmp_path, *range(40))
    for day in range(1, 9):
        seal(lake, dt.date(2026, 10, 1) + dt.timedelta(days=day))
    _flip(_file(lake, -1))
    before = numbers(lake)
    with pytest.raises(
        LakeError, match="has changed since it was written, its hash is another one; nothing was removed"
    ):
        seal(lake, dt.date(2026, 10, 10))
    assert numbers(lake) == before


def test_loads_with_sealed_calls_are_not_repaired_by_taking_them_back(lake: Path) -> None:
    seal(lake, MIDDLE)
    [file] = Lake(lake).snapshot().calls
    _flip(file.path)
    for is_wanted in (False, True):
        with pytest.raises(LakeError, match=r"has lost calls, and load .* cannot be taken back: 13 of its calls"):
            repair(lake, now=NOW, is_wanted=is_wanted)
    assert sum(sealed_days(lake).values()) == 13


def test_sums_that_were_given_up_are_named_where_the_calls_cannot_be_repaired(lake: Path) -> None:
    seal(lake, MIDDLE)
    _flip(_file(lake))
    [file] = Lake(lake).snapshot().calls
    _flip(file.path)
    with pytest.raises(LakeError, match="the sums of 1 calls from 2026-09-30 to 2026-09-30 are damaged"):
        repair(lake, now=NOW)
    assert sum(sealed_days(lake).values()) == 13
    with pytest.raises(LakeError, match="from 2026-09-30 to 2026-09-30 were damaged and have been given up"):
        repair(lake, now=NOW, is_wanted=True)
    assert sum(sealed_days(lake).values()) == 12


def test_where_sums_cannot_be_written_nothing_is_removed(lake: Path) -> None:
    (lake / "sealed").write_bytes(b"a file in the place of the folder")
    with pytest.raises(LakeError, match=r"sealed/daily_calls: cannot be created"):
        seal(lake, MIDDLE)
    assert len(numbers(lake)) == len(MADE)
    (lake / "sealed").unlink()
    assert broken(lake) == {}


def test_sums_of_other_calls_than_were_sealed_are_named(lake: Path) -> None:
    seal(lake, MIDDLE)
    rows = stored(lake, "loads")
    for row in rows:
        if row["kind"] == "retention":
            removed = json.loads(row["removed"])
            [sealed] = [one for one in removed["sealed"] if "2026-10-01" in one["calls"]]
            sealed["calls"] |= {"2026-10-01": 4, "2026-10-09": 1}
            del sealed["calls"]["2026-10-02"]
            row["removed"] = json.dumps(removed)
    store(lake, "loads", rows)
    said = broken(lake)["sealed_days_are_whole"]
    assert "holds 3 calls of 2026-10-01, 4 were sealed" in said
    assert (
        f"{Lake(lake).snapshot().sealed.files(KINDS['customer_months'])[1]}: has 2026-10-02, which was not sealed"
        in said
    )
