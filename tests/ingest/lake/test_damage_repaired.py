"""Damaged rows come back: from their log, from the rest of the lake, or from a copy."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ingest import Lake, back_up, repair, restore, unload
from tests.ingest.lake.damaged import files_of, flip, message_of
from tests.ingest.lakes import broken, fate, load, load_one, loads, numbers, rejects, rows
from tests.ingest.other_process import other_process
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from ingest.lake.data_file import TableName
    from tests.ingest.other_process import Step


@pytest.fixture
def lake(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made / "lake", tmp_path / "lake")


# -- repaired


@pytest.mark.parametrize("what", ["missing", "changed"])
@pytest.mark.parametrize("table", ["calls", "rejects"])
def test_what_was_damaged_is_taken_back_and_loaded_again(made: Path, lake: Path, what: str, table: TableName) -> None:
    path = next(path for path in files_of(lake, table) if len(_loads_in(path)) == 2)
    if what == "missing":
        path.unlink()
    else:
        flip(path, 8 * (path.stat().st_size // 2))
    report = repair(lake, now=NOW)
    assert (report.is_sound, [Path(file.file) for file in report.damaged]) == (False, [path])
    assert [(load.source, load.is_there) for load in report.loads] == [
        (str(made / "a.log"), True), (str(made / "b.log"), True),
    ]  # fmt: skip
    assert len(loads(made / "lake")) == 3  # nothing was done yet
    assert repair(lake, now=NOW, is_wanted=True).is_sound
    assert (numbers(lake), broken(lake)) == ([2], {})
    load(lake, made)
    assert (numbers(lake), len(rejects(lake)), broken(lake)) == ([0, 1, 2, 700], 4, {})
    assert repair(lake, now=NOW).damaged == ()


def _loads_in(path: Path) -> set[str]:
    return {row["load_id"] for row in rows([path])}


def test_a_damaged_file_does_not_stop_an_unload_or_a_replacement_of_what_is_in_it(made: Path, lake: Path) -> None:
    for path in files_of(lake, "calls", "rejects"):
        if len(_loads_in(path)) == 1:
            path.unlink()
    assert fate(load_one(lake, made / "c.log", replace=True)) == ("loaded", 1, 1, 0, 0)
    assert (numbers(lake), broken(lake)) == ([0, 1, 2, 700], {})
    for path in files_of(lake, "calls", "rejects"):
        if len(_loads_in(path)) == 1:
            flip(path, 8 * (path.stat().st_size // 2))
    unload(lake, str(made / "c.log"), now=NOW)
    assert (numbers(lake), broken(lake)) == ([0, 1, 700], {})


def test_what_else_a_damaged_file_held_is_named_after_an_unload(made: Path, lake: Path) -> None:
    (path,) = [path for path in files_of(lake, "calls") if len(_loads_in(path)) == 2]
    path.unlink()
    unload(lake, str(made / "a.log"), now=NOW)
    (other,) = [row["load_id"] for row in loads(lake) if row["source"] == str(made / "b.log")]
    assert f"load {other}" in broken(lake)["calls_are_all_there"]
    assert [load.load_id for load in repair(lake, now=NOW).loads] == [other]
    repair(lake, now=NOW, is_wanted=True)
    load(lake, made)
    assert (numbers(lake), broken(lake)) == ([0, 1, 2, 700], {})


def test_a_damaged_file_that_holds_nothing_of_it_stays_for_its_repair(made: Path, lake: Path, tmp_path: Path) -> None:
    (path,) = [path for path in files_of(lake, "calls") if len(_loads_in(path)) == 2]
    path.rename(tmp_path / path.name)
    unload(lake, str(made / "c.log"), now=NOW)
    (tmp_path / path.name).rename(path)  # its disk is back
    assert (numbers(lake), broken(lake)) == ([0, 1, 700], {})


def test_a_damaged_checkpoint_is_mended_where_the_entries_are_there(made: Path, lake: Path) -> None:
    Lake(lake).checkpoint("calls", commits=1)
    (path,) = (lake / "calls" / "_delta_log").glob("*.checkpoint.parquet")
    path.write_bytes(b"")
    said = message_of(lambda: Lake(lake).snapshot())
    assert said.startswith(f"{path}: cannot be read: ")
    assert "'koppelzicht repair' says what" in said
    assert repair(lake, now=NOW).is_sound is False
    assert path.exists()
    assert repair(lake, now=NOW, is_wanted=True).is_sound
    assert (numbers(lake), broken(lake)) == ([0, 1, 2, 700], {})


def test_a_damaged_checkpoint_whose_entries_are_gone_comes_from_a_copy_alone(lake: Path) -> None:
    Lake(lake).checkpoint("calls", commits=1)
    (path,) = (lake / "calls" / "_delta_log").glob("*.checkpoint.parquet")
    path.write_bytes(b"")
    (path.parent / f"{0:020}.json").unlink()
    for work in (lambda: repair(lake, now=NOW, is_wanted=True), lambda: Lake(lake).snapshot()):
        said = message_of(work)
        assert said.startswith(f"{path.parent / f'{0:020}.json'}: is missing; ")
        assert "'koppelzicht restore'" in said
    assert path.exists()


def test_a_damaged_ledger_comes_from_a_copy_alone(lake: Path) -> None:
    (path, *_) = files_of(lake, "loads")
    flip(path, 1000)
    for work in (lambda: repair(lake, now=NOW), lambda: load(lake), lambda: Lake(lake).snapshot()):
        said = message_of(work)
        assert said.startswith(f"{path}: has changed since it was written")
        assert "'koppelzicht restore'" in said


# -- copies


def _content(lake: Path) -> tuple[Any, ...]:
    return numbers(lake), rejects(lake), [row["load_id"] for row in loads(lake)]


def test_a_lake_comes_back_from_its_copy_and_goes_on(made: Path, lake: Path, tmp_path: Path) -> None:
    before = _content(lake)
    report = back_up(lake, tmp_path / "copies" / "copy")
    assert report.version == 2
    assert _content(tmp_path / "copies" / "copy") == before
    shutil.rmtree(lake)
    restore(tmp_path / "copies" / "copy", lake)
    assert (_content(lake), broken(lake)) == (before, {})
    assert {source.status for source in load(lake, made).sources} == {"unchanged"}


@pytest.mark.parametrize("step", ["staged", "decided", "rejects"])
def test_a_copy_of_a_lake_that_somebody_is_loading_into_is_whole(made: Path, tmp_path: Path, step: Step) -> None:
    lake = tmp_path / "lake"
    load(lake, made / "a.log")
    with other_process(_load, lake, made, step=step) as other:
        other.wait()
        back_up(lake, tmp_path / "copy")
        other.go_on()
        other.answer()
    assert broken(tmp_path / "copy") == {}
    assert numbers(tmp_path / "copy") == ([0, 700] if step == "staged" else [0, 1, 2, 700])
    load(tmp_path / "copy", made)
    assert _content(tmp_path / "copy")[:2] == _content(lake)[:2]


def _load(lake: Path, logs: Path) -> None:
    load(lake, logs)


def test_nothing_is_copied_over_a_lake_or_from_a_damaged_one(lake: Path, tmp_path: Path) -> None:
    back_up(lake, tmp_path / "copy")
    assert "is not empty" in message_of(lambda: restore(tmp_path / "copy", lake))
    assert "is a folder of the lake itself" in message_of(lambda: back_up(lake, lake / "copy"))
    path = files_of(lake, "calls")[0]
    flip(path, 1000)
    assert str(path) in message_of(lambda: back_up(lake, tmp_path / "second"))
    assert not (tmp_path / "second" / "lake.json").exists()
