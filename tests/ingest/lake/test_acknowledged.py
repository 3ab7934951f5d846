"""What somebody has said to know of findings is kept beside the lake."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from ingest import Acknowledged, Lake, LakeError, acknowledge, back_up, verify, withdraw_acknowledged

if TYPE_CHECKING:
    from pathlib import Path

SAID = Acknowledged(finding="26b7b82f87", until=dt.date(2026, 12, 31), note="They know; fixed with release 12")


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    Lake(tmp_path / "lake").create()
    return tmp_path / "lake"


def test_the_last_word_counts_and_can_be_withdrawn(lake: Path) -> None:
    later = Acknowledged(finding=SAID.finding, until=dt.date(2027, 1, 31), note="")
    for said in (SAID, later):
        acknowledge(lake, said)
    assert Lake(lake).snapshot().acknowledged == (later,)
    assert withdraw_acknowledged(lake, SAID.finding) is True
    assert withdraw_acknowledged(lake, SAID.finding) is False
    assert Lake(lake).snapshot().acknowledged == ()


@pytest.mark.parametrize("text", ["", "../loads", "26b7b82f8", "26b7b82f877", "26B7B82F87", "26b7b82f8g"])
def test_what_is_no_id_of_a_finding_becomes_no_file(lake: Path, text: str) -> None:
    with pytest.raises(LakeError, match="is not the id of a finding"):
        acknowledge(lake, Acknowledged(finding=text, until=SAID.until, note=""))
    assert not (lake / "acknowledged").exists()


def test_a_copy_of_the_lake_has_it_too(lake: Path, tmp_path: Path) -> None:
    acknowledge(lake, SAID)
    back_up(lake, tmp_path / "copy")
    assert Lake(tmp_path / "copy").snapshot().acknowledged == (SAID,)


def test_a_changed_file_is_noticed_and_a_broken_one_is_named(lake: Path) -> None:
    acknowledge(lake, SAID)
    assert verify(lake).ok
    (file,) = (lake / "acknowledged").glob("*.json")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("2026-12-31", "2027-12-31"), encoding="utf-8")
    assert not verify(lake).ok
    file.write_text("{", encoding="utf-8")
    with pytest.raises(LakeError, match="acknowledge it again with 'koppelzicht findings acknowledge'"):
        Lake(lake).snapshot()
