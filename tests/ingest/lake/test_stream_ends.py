"""Declared ends of streams are kept beside the lake, for any name of a stream and any number of processes."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, LakeError, StreamEnd, declare_stream_end, maintain, verify, withdraw_stream_end
from ingest.lake.stream_ends import stream_ends
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from pathlib import Path

DAY = dt.date(2026, 9, 30)


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    Lake(tmp_path / "lake").create()
    return tmp_path / "lake"


def test_an_end_is_replaced_by_the_next_one_and_can_be_withdrawn(lake: Path) -> None:
    later = DAY + dt.timedelta(days=1)
    for day in (DAY, later):
        declare_stream_end(lake, StreamEnd(stream="gateway", ended_on=day))
    assert Lake(lake).snapshot().stream_ends == (StreamEnd(stream="gateway", ended_on=later),)
    assert withdraw_stream_end(lake, "gateway") is True
    assert withdraw_stream_end(lake, "gateway") is False
    assert Lake(lake).snapshot().stream_ends == ()


@pytest.mark.parametrize("name", ["", "a/b/../c", "café ☕", "CON", "x" * 5000, "\x00", "\udce9"])
def test_a_stream_may_have_any_name(lake: Path, name: str) -> None:
    end = StreamEnd(stream=name, ended_on=DAY)
    declare_stream_end(lake, end)
    assert stream_ends(lake) == (end,)
    assert withdraw_stream_end(lake, name)


def test_many_may_speak_at_a_time_and_readers_see_whole_words(lake: Path) -> None:
    names = [f"stream-{number % 5}" for number in range(60)]

    def say(name: str) -> tuple[StreamEnd, ...]:
        declare_stream_end(lake, StreamEnd(stream=name, ended_on=DAY))
        return stream_ends(lake)

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(say, names))
    assert {end.ended_on for ends in seen for end in ends} == {DAY}
    assert [end.stream for end in stream_ends(lake)] == sorted(set(names))
    assert {path.suffix for path in (lake / "stream_ends").iterdir()} == {".json"}


def test_upkeep_leaves_it_alone(lake: Path) -> None:
    declare_stream_end(lake, StreamEnd(stream="gateway", ended_on=DAY))
    maintain(lake, now=NOW)
    assert verify(lake).ok
    assert len(stream_ends(lake)) == 1


def test_a_file_that_is_damaged_is_named_with_what_to_do(lake: Path) -> None:
    declare_stream_end(lake, StreamEnd(stream="gateway", ended_on=DAY))
    (path,) = (lake / "stream_ends").iterdir()
    path.write_text('{"stream": "gateway"', encoding="utf-8")
    with pytest.raises(
        LakeError, match=r"cannot be read, so koppelzicht does not know when a stream ended.* declare the end again"
    ):
        Lake(lake).snapshot()


def test_a_place_that_cannot_be_written_is_named(lake: Path) -> None:
    (lake / "stream_ends").write_text("a file where a folder belongs", encoding="utf-8")
    with pytest.raises(LakeError, match=r"stream_ends/.*\.json: cannot be written: "):
        declare_stream_end(lake, StreamEnd(stream="gateway", ended_on=DAY))
