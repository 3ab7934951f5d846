"""The bench's lake of a follower is a lake like any other, as it is after the given number of decisions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bench.following import as_json, as_text, ask_followed, write_followed
from ingest.lake.checkpoints import removed_since
from ingest.lake.lake import Lake
from ingest.lake.log_files import entries
from ingest.lake.verification import verify
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

DECISIONS = 130


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "lake"
    write_followed(path, DECISIONS, tell=lambda _: None)
    return path


def test_it_is_sound_and_has_one_call_for_each_decision(lake: Path) -> None:
    found = verify(lake)
    assert [check for check in found.checks if not check.ok] == []
    snapshot = Lake(lake).snapshot()
    assert snapshot.version == DECISIONS
    assert sum(file.rows for file in snapshot.calls) == DECISIONS
    assert len(snapshot.calls) == 4 + 2  # four levels of 32 are full, and two are left


def test_its_checkpoints_name_the_small_files_that_are_gone(lake: Path) -> None:
    assert {name: len(removed_since(lake / name, NOW)) for name in ("loads", "calls", "rejects")} == {
        "loads": DECISIONS,
        "calls": DECISIONS,
        "rejects": 0,
    }
    commits = [path for path in entries(lake / "calls" / "_delta_log") if path.suffix == ".json"]
    assert len(commits) == DECISIONS + 1, "those of the last hour, and the one with the older checkpoint"


def test_each_way_to_open_it_is_timed(lake: Path) -> None:
    before = sorted(path for path in lake.rglob("*") if path.is_file())
    opened = ask_followed(lake, rounds=1)
    assert [one.what for one in opened] == [
        "the first look of a process",
        "a click, nothing new",
        "status",
        "a follower's look, nothing new",
    ]
    assert all(one.seconds > 0 for one in opened)
    assert len(as_text(opened).splitlines()) == len(json.loads(as_json(opened))) + 1
    assert sorted(path for path in lake.rglob("*") if path.is_file()) == before
