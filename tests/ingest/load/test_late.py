"""A slow process finds that others have decided meanwhile, and that the entries which it read are gone. It loses nothing and doubles nothing.

The log of a followed table is shortened. So if a process loads a large file, or its machine sleeps, all entries that it has read may be gone,
and the number of its next commit may be free again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest import Lake, unload
from ingest.lake.log_files import entries, version_of
from ingest.lake.maintenance import maintain
from tests.ingest.lakes import BAD, broken, lines, load, numbers, rejects, shorten_logs
from tests.ingest.other_process import other_process
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ingest.other_process import Step


def _load(lake: Path, path: Path) -> str:
    return load(lake, path).sources[0].status


def _unload(lake: Path, path: Path) -> int:
    return unload(lake, str(path), now=NOW).loads


def _maintain(lake: Path) -> None:
    maintain(lake, now=NOW)


def _first_of_log(lake: Path) -> dict[str, int]:
    return {name: version_of(entries(lake / name / "_delta_log")[0]) for name in ("calls", "rejects", "loads")}


def _others_go_on(lake: Path, folder: Path) -> None:
    """They load, and the tables' logs begin after all that was there before."""
    before = {name: Lake(lake).open(name).version() for name in ("calls", "rejects", "loads")}
    for number in (100, 101):
        path = folder / f"{number}.log"
        path.write_bytes(lines(number) + BAD)
        load(lake, path)
    shorten_logs(lake)
    assert all(first > before[name] + 1 for name, first in _first_of_log(lake).items())


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    for number in range(3):
        path = tmp_path / f"{number}.log"
        path.write_bytes(lines(number) + BAD)
        load(tmp_path / "lake", path)
    return tmp_path / "lake"


@pytest.mark.parametrize("step", ["staged", "decided", "rejects", "calls"])
def test_a_load_that_is_late_is_there_once(lake: Path, tmp_path: Path, step: Step) -> None:
    path = tmp_path / "late.log"
    path.write_bytes(lines(7) + BAD)
    with other_process(_load, lake, path, step=step) as other:
        other.wait()
        _others_go_on(lake, tmp_path)
        other.go_on()
        assert other.answer() == "loaded"
    assert numbers(lake) == [0, 1, 2, 7, 100, 101]
    assert len(rejects(lake)) == 6
    assert broken(lake) == {}


@pytest.mark.parametrize("step", ["staged", "decided", "gone from rejects", "gone from calls"])
def test_an_unload_that_is_late_takes_back_what_it_should(lake: Path, tmp_path: Path, step: Step) -> None:
    with other_process(_unload, lake, tmp_path / "1.log", step=step) as other:
        other.wait()
        _others_go_on(lake, tmp_path)
        other.go_on()
        assert other.answer() == 1
    assert numbers(lake) == [0, 2, 100, 101]
    assert len(rejects(lake)) == 4
    assert broken(lake) == {}


@pytest.mark.parametrize("step", ["calls rewritten", "rejects rewritten", "ledger rewritten", "checkpoint"])
def test_a_maintenance_that_is_late_changes_nothing(lake: Path, tmp_path: Path, step: Step) -> None:
    with other_process(_maintain, lake, step=step) as other:
        other.wait()
        _others_go_on(lake, tmp_path)
        other.go_on()
        other.answer()
    assert numbers(lake) == [0, 1, 2, 100, 101]
    assert len(rejects(lake)) == 5
    assert broken(lake) == {}
