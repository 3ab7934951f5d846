"""Calls that are removed by age leave what they added up to: every sum is the same as before, and stays right whatever comes later."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest
from deltalake import DeltaTable

import ingest
from ingest import Lake, LakeError, ReadOptions, back_up, restore, retry_rejects, status, unload
from ingest.lake.sums.kinds import KINDS
from ingest.lake.sums.sealing import MOST_OF_A_MONTH
from tests.ingest.lake.growing import HOST
from tests.ingest.lake.maintained import SMALL_FILES
from tests.ingest.lake.sealing import FIRST, LAST, MADE, adding_up, at, made, seal, sealed_days
from tests.ingest.lake.summed import SUMMED, varied
from tests.ingest.lakes import broken, fate, line, load, load_one, loads, numbers
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

MIDDLE = dt.date(2026, 10, 5)
OCTOBER = dt.date(2026, 10, 1)
LEFT = [at(number) for number in MADE if number >= 13]
"""What `numbers` says of the calls of MIDDLE and later: line 13 is the first of that day."""


def test_sums_of_removed_calls_stay_as_they_were(tmp_path: Path) -> None:
    lake = made(tmp_path)
    before = adding_up(lake)
    report = seal(lake, MIDDLE)
    assert numbers(lake) == LEFT
    assert (report.calls_removed, report.calls_sealed, report.sums_removed) == (13, 13, 0)
    assert adding_up(lake) == before
    assert sum(sealed_days(lake).values()) == 13
    assert (min(sealed_days(lake)), max(sealed_days(lake))) == (FIRST, MIDDLE - dt.timedelta(days=1))
    state = status(lake, now=NOW)
    assert (state.calls, state.calls_since, state.sums_since, state.sealed_calls) == (len(LEFT), MIDDLE, FIRST, 13)
    assert state.sealed_bytes > 0
    assert (state.first_day, state.last_day, state.days) == (FIRST, LAST, 11)
    assert [stream.days for stream in state.streams] == [11]
    assert broken(lake) == {}
    again = seal(lake, MIDDLE)
    assert (again.calls_removed, again.calls_sealed) == (0, 0)
    assert adding_up(lake) == before


def test_without_a_retention_nothing_is_sealed(tmp_path: Path) -> None:
    lake = made(tmp_path)
    ingest.maintain(lake, now=NOW, sizes=SMALL_FILES)
    state = status(lake, now=NOW)
    assert (state.calls_since, state.sums_since, state.sealed_calls, state.sealed_bytes) == (None, None, 0, 0)
    assert not (lake / "sealed").exists()


def test_sums_that_stand_for_calls_and_sealed_ones_do_not_count_twice(tmp_path: Path) -> None:
    lake = made(tmp_path)
    before = adding_up(lake)
    ingest.maintain(lake, now=NOW, sizes=SUMMED)
    ingest.maintain(lake, now=NOW, sizes=SUMMED, keep_calls=1, as_of=MIDDLE + dt.timedelta(days=1))
    assert adding_up(lake) == before
    ingest.maintain(lake, now=NOW, sizes=SUMMED, sums="drop")
    assert adding_up(lake) == before
    ingest.maintain(lake, now=NOW, sizes=SUMMED, sums="rebuild")
    assert adding_up(lake) == before
    assert broken(lake) == {}


def test_a_late_line_of_a_sealed_day_counts_once_and_is_sealed_next_time(tmp_path: Path) -> None:
    lake = made(tmp_path)
    whole = shutil.copytree(lake, tmp_path / "whole")
    seal(lake, MIDDLE)
    (tmp_path / "late.log").write_bytes(varied(40, 1, 2, 0))  # other lines of the days of lines 0 to 2
    for one in (lake, whole):
        assert fate(load_one(one, tmp_path / "late.log"))[:2] == ("loaded", 4)
    assert adding_up(lake) == adding_up(whole)
    assert seal(lake, MIDDLE).calls_sealed == 3
    assert adding_up(lake) == adding_up(whole)
    assert numbers(lake) == [*LEFT, at(40)]
    assert fate(load_one(lake, tmp_path / "late.log"))[:2] == ("unchanged", 0)
    assert broken(lake) == {}


def test_lines_of_a_sealed_day_that_can_be_read_later_count(tmp_path: Path) -> None:
    lake, path = tmp_path / "lake", tmp_path / "0.log"
    path.write_bytes(varied(*range(6)) + line(2).replace(f"https://{HOST}".encode(), b""))
    assert fate(load_one(lake, path))[:3] == ("loaded", 6, 1)
    seal(lake, OCTOBER)
    assert [source.calls for source in retry_rejects(lake, [str(path)], ReadOptions(host=HOST), now=NOW).sources] == [1]
    whole = tmp_path / "whole"
    load_one(whole, path, host=HOST)
    assert adding_up(lake) == adding_up(whole)
    seal(lake, MIDDLE)
    assert adding_up(lake) == adding_up(whole)
    assert broken(lake) == {}


def test_the_sealed_days_of_a_month_become_few_files(tmp_path: Path) -> None:
    lake = made(tmp_path, *range(90))
    before = adding_up(lake)
    for day in range(1, 26):
        seal(lake, FIRST + dt.timedelta(days=day))
    assert adding_up(lake) == before
    by_month: dict[dt.date, int] = {}
    for one in Lake(lake).snapshot().sealed.days:
        month = one.first_day.replace(day=1)
        assert month == one.last_day.replace(day=1)
        by_month[month] = by_month.get(month, 0) + 1
    assert set(by_month) == {dt.date(2026, 9, 1), OCTOBER}
    assert max(by_month.values()) <= MOST_OF_A_MONTH
    assert list(sealed_days(lake)) == [FIRST + dt.timedelta(days=day) for day in range(25)]
    assert broken(lake) == {}


def test_sums_are_kept_as_long_as_wanted_and_go_by_the_month(tmp_path: Path) -> None:
    lake = made(tmp_path)
    report = seal(lake, MIDDLE, keep_sums=5)
    assert (report.calls_removed, report.calls_sealed) == (13, 12)  # September 30 is too old for its sums
    assert set(sealed_days(lake)) == {OCTOBER + dt.timedelta(days=day) for day in range(4)}
    assert seal(lake, MIDDLE, keep_sums=4).sums_removed == 0  # a month goes when all of its sealed days are too old
    report = ingest.maintain(lake, now=NOW, keep_sums=1, as_of=LAST, sizes=SMALL_FILES)
    assert (report.sums_removed, report.calls_removed) == (12, 0)
    assert sealed_days(lake) == {}
    assert status(lake, now=NOW).sums_since is None
    assert numbers(lake) == LEFT
    assert broken(lake) == {}


# -- what was sealed cannot be taken back


def test_a_load_with_sealed_calls_is_not_taken_back(tmp_path: Path) -> None:
    lake, path = made(tmp_path), tmp_path / "0.log"
    seal(lake, MIDDLE)
    before = adding_up(lake)
    [load_id] = [row["load_id"] for row in loads(lake)]
    for target in (str(path), load_id):
        with pytest.raises(LakeError, match=r"cannot be taken back: 13 of its calls were removed by age.*--keep-sums"):
            unload(lake, target, now=NOW)
    assert adding_up(lake) == before
    assert broken(lake) == {}


def test_a_load_without_sealed_calls_is_taken_back(tmp_path: Path) -> None:
    lake = made(tmp_path)
    (tmp_path / "young.log").write_bytes(varied(80, 81))
    load_one(lake, tmp_path / "young.log")
    seal(lake, MIDDLE)
    assert unload(lake, str(tmp_path / "young.log"), now=NOW).calls == 2
    assert numbers(lake) == LEFT
    assert broken(lake) == {}


def test_what_grew_after_the_sealed_days_is_taken_back_alone(tmp_path: Path) -> None:
    lake, path = made(tmp_path), tmp_path / "0.log"
    with path.open("ab") as log:
        log.write(varied(80, 81))
    load_one(lake, path)
    seal(lake, MIDDLE)
    assert unload(lake, loads(lake)[-1]["load_id"], now=NOW).calls == 2
    with pytest.raises(LakeError, match="cannot be taken apart"):
        unload(lake, str(path), now=NOW)


def test_a_source_with_sealed_calls_is_not_replaced_and_others_are(tmp_path: Path) -> None:
    lake = made(tmp_path)
    (tmp_path / "young.log").write_bytes(varied(80, 81))
    load_one(lake, tmp_path / "young.log")
    seal(lake, MIDDLE)
    before = adding_up(lake)
    old, young = load(lake, str(tmp_path / "0.log"), str(tmp_path / "young.log"), replace=True).sources
    assert (old.status, young.status) == ("failed", "loaded")
    assert "0.log: nothing was loaded: load" in (old.error or "")
    assert "cannot be taken apart" in (old.error or "")
    assert adding_up(lake) == before
    assert broken(lake) == {}


def test_whoever_gives_up_the_sums_can_reload_the_log(tmp_path: Path) -> None:
    lake, path = made(tmp_path), tmp_path / "0.log"
    before = adding_up(lake)
    seal(lake, MIDDLE)
    ingest.maintain(lake, now=NOW, keep_sums=1, as_of=LAST, sizes=SMALL_FILES)
    assert fate(load_one(lake, path, replace=True))[:2] == ("loaded", len(MADE))
    assert adding_up(lake) == before
    assert status(lake, now=NOW).sealed_calls == 0
    assert broken(lake) == {}


# -- copies, other engines, leftovers


def test_a_copy_has_the_sealed_days(tmp_path: Path) -> None:
    lake = made(tmp_path)
    seal(lake, MIDDLE)
    back_up(lake, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "restored")
    assert adding_up(tmp_path / "restored") == adding_up(lake)
    assert status(tmp_path / "restored", now=NOW).sealed_calls == 13
    assert broken(tmp_path / "restored") == {}


def test_other_engines_read_sealed_days_as_delta_tables(tmp_path: Path) -> None:
    lake = made(tmp_path, *range(90))
    for day in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11):
        seal(lake, FIRST + dt.timedelta(days=day))
    for kind in KINDS.values():
        table = DeltaTable((lake / kind.sealed_table).as_uri())
        assert {file.rsplit("/", 1)[1] for file in table.file_uris()} == {
            path.name for path in Lake(lake).snapshot().sealed.files(kind)
        }
        found = pl.from_arrow(table.to_pyarrow_table())
        assert isinstance(found, pl.DataFrame)
        assert found.columns == [column.name for column in kind.columns]
        if kind.has("day") and kind.counts_calls:
            assert found["calls"].sum() == sum(sealed_days(lake).values()) == 31
    (lake / "sealed/daily_calls/_delta_log/00000000000000000000.json").write_bytes(b"")
    seal(lake, FIRST + dt.timedelta(days=12))
    table = DeltaTable((lake / "sealed/daily_calls").as_uri())
    assert table.to_pyarrow_table()["calls"].to_numpy().sum() == 34
    assert broken(lake) == {}


def test_files_that_no_longer_stand_stay_for_a_week_and_those_that_never_stood_for_a_day(tmp_path: Path) -> None:
    lake = made(tmp_path, *range(40))
    for day in range(1, 9):
        seal(lake, OCTOBER + dt.timedelta(days=day))
    folder = lake / "sealed/daily_calls"
    (folder / "0123456789abcdef-0123456789abcdef0123456789abcdef.parquet").write_bytes(b"staged, and never decided")
    before = {path.name for path in folder.glob("*.parquet")}
    seal(lake, OCTOBER + dt.timedelta(days=9))
    standing = {path.name for path in Lake(lake).snapshot().sealed.files(KINDS["daily_calls"])}
    assert len(standing - before) == 1
    today = dt.datetime.now(dt.UTC)
    ingest.maintain(lake, now=today + dt.timedelta(hours=1), sizes=SMALL_FILES)
    assert {path.name for path in folder.glob("*.parquet")} == before | standing
    ingest.maintain(lake, now=NOW + dt.timedelta(days=400), sizes=SMALL_FILES)
    assert {path.name for path in folder.glob("*.parquet")} == standing
    assert broken(lake) == {}
