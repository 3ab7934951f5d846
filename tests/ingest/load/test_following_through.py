"""A follower waits for passing faults, goes on, and reports both."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import watchfiles

from ingest import Lake, ReadOptions, status
from ingest.lake.compaction import FileSizes
from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.load.following import follow
from tests.ingest import lakes
from tests.ingest.lake.maintained import file_counts
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest.load.following import Round


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    Lake(tmp_path / "lake").create()
    return tmp_path / "lake"


DEADLINE = 120.0
"""Seconds after which a test gives up waiting."""


def test_folders_are_followed_until_somebody_stops_it(lake: Path, logs: Path) -> None:
    (logs / "access.log").write_bytes(lakes.lines(1))
    stop = threading.Event()
    rounds: list[Round] = []
    for news in follow(lake, [str(logs)], ReadOptions(), every=0.05, clock=lambda: NOW, stop=stop):
        rounds.append(news)
        if len(rounds) == 1:
            (logs / "new.log").write_bytes(lakes.lines(2, 3))
            (logs / "zip.log").write_bytes(b"PK\x03\x04 something")
        elif len(lakes.numbers(lake)) == 3:
            stop.set()
    assert [(source.status, source.calls) for news in rounds for source in news.sources if source.calls] == [
        ("loaded", 1),
        ("loaded", 2),
    ]
    # Said once, though it is looked at in every round.
    [said] = [warning for news in rounds for warning in news.warnings]
    assert "zip.log" in said
    assert lakes.numbers(lake) == [1, 2, 3]


# -- what passes


HASTY = Limits(settle_seconds=0.01)


class _Follow:
    """Folders that are followed, a look at a time; `clock` is what the time is."""

    def __init__(self, lake: Path, *folders: Path, limits: Limits = DEFAULT_LIMITS) -> None:
        self.lake = lake
        self.clock = NOW
        self.stop = threading.Event()
        self.patience = threading.Timer(DEADLINE, self.stop.set)
        self.patience.daemon = True
        self.patience.start()
        self.rounds = follow(
            lake,
            [str(folder) for folder in folders],
            ReadOptions(),
            every=0.05,
            clock=lambda: self.clock,
            stop=self.stop,
            sizes=FileSizes(level_files=3),
            limits=limits,
        )

    def until(self, is_so: Callable[[Round], bool]) -> Round:
        """Look until a look brings this."""
        return next(news for news in self.rounds if is_so(news))

    def until_loaded(self, *numbers: int) -> None:
        """Look until just these calls are in the lake."""
        self.until(lambda _: lakes.numbers(self.lake) == [*numbers])


def _says(text: str) -> Callable[[Round], bool]:
    return lambda news: any(text in said for said in (*news.warnings, *(source.error or "" for source in news.sources)))


def _statuses(lake: Path, now: dt.datetime = NOW) -> list[tuple[str, str | None]]:
    return [(one.state, one.waiting_for) for one in status(lake, now=now).followers]


def test_a_folder_that_is_away_for_a_while_is_waited_for(lake: Path, logs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (logs / "a.log").write_bytes(lakes.lines(1))
    following = _Follow(lake, logs, other)
    following.until_loaded(1)
    assert _statuses(lake) == [("following", None)]
    for number in (2, 4):
        logs.rename(tmp_path / "away")
        (other / f"{number}.log").write_bytes(lakes.lines(number))
        following.until(_says(f"{logs}: cannot be listed: there is no such folder now; nothing in it is loaded"))
        [(state, waiting_for)] = _statuses(lake)
        assert (state, str(logs) in (waiting_for or "")) == ("waiting", True)
        (tmp_path / "away").rename(logs)
        (logs / f"{number + 1}.log").write_bytes(lakes.lines(number + 1))
        following.until_loaded(*range(1, number + 2))
        assert _statuses(lake) == [("following", None)]
    following.rounds.close()
    assert _statuses(lake) == []
    assert lakes.broken(lake) == {}


def test_who_follows_keeps_the_number_of_data_files_small(lake: Path, logs: Path) -> None:
    following = _Follow(lake, logs)
    counts = []
    for number in range(7):
        (logs / f"{number}.log").write_bytes(lakes.line(number) + lakes.BAD)
        following.until_loaded(*range(number + 1))
        counts.append(file_counts(lake))
    following.rounds.close()
    assert counts == [(count, count, count) for count in (1, 2, 1, 2, 1, 2, 1)]
    assert lakes.broken(lake) == {}


def test_a_damaged_data_file_keeps_nobody_from_following(lake: Path, logs: Path) -> None:
    following = _Follow(lake, logs)
    for number in range(2):
        (logs / f"{number}.log").write_bytes(lakes.line(number))
        following.until_loaded(*range(number + 1))
    damaged = Lake(lake).snapshot().calls[0].path
    content = bytearray(damaged.read_bytes())
    content[4] ^= 1
    damaged.write_bytes(content)
    (logs / "2.log").write_bytes(lakes.line(2))
    news = following.until(_says(damaged.name))
    assert [source.calls for source in news.sources] == [1]
    assert "small data files stay as they are" in news.warnings[0]
    (logs / "3.log").write_bytes(lakes.line(3))
    news = following.until(lambda news: bool(news.sources))
    assert ([source.calls for source in news.sources], news.warnings) == ([1], ())  # it was said already
    following.rounds.close()


def test_a_folder_that_is_not_there_yet_is_waited_for(lake: Path, tmp_path: Path) -> None:
    following = _Follow(lake, tmp_path / "late")
    following.until(_says("there is no such folder now"))
    (tmp_path / "late").mkdir()
    (tmp_path / "late" / "a.log").write_bytes(lakes.lines(1))
    following.until_loaded(1)


def test_a_lake_that_cannot_be_made_is_waited_for(logs: Path, tmp_path: Path) -> None:
    (logs / "a.log").write_bytes(lakes.lines(1))
    (tmp_path / "disk").write_bytes(b"not mounted yet")
    following = _Follow(tmp_path / "disk" / "lake", logs, limits=HASTY)
    following.until(_says("nothing new is loaded until this is over, koppelzicht keeps trying"))
    (tmp_path / "disk").unlink()
    following.until_loaded(1)


@pytest.mark.parametrize(
    "error", [OSError(24, "no inotify instance is left"), RuntimeError("Too many open files"), None]
)
def test_where_nobody_tells_of_changes_folders_are_looked_at(
    lake: Path, logs: Path, error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (logs / "a.log").write_bytes(lakes.lines(1))

    def refuses(*_: object, **__: object) -> Iterator[object]:
        raise error or RuntimeError('Unable to decode path "caf\\xE9.log" to string')

    monkeypatch.setattr(watchfiles, "watch", refuses)
    following = _Follow(lake, logs)
    following.until_loaded(1)
    (logs / "b.log").write_bytes(lakes.lines(2))
    following.until_loaded(1, 2)
    if error is not None:
        (logs / "c.log").write_bytes(b"nothing of ours\n")
        following.until(_says("the system does not notify of changes"))


def test_whatever_a_look_raises_is_said_once_and_tried_again(
    lake: Path, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (logs / "a.log").write_bytes(lakes.lines(1))
    walk = os.walk
    left: list[Exception] = [MemoryError(), MemoryError(), KeyError("4321_1 secret")]

    def walking(*arguments: Any, **options: Any) -> Iterator[Any]:
        if left:
            raise left.pop(0)
        return walk(*arguments, **options)

    monkeypatch.setattr(os, "walk", walking)
    following = _Follow(lake, logs, limits=HASTY)
    said = [
        text for news in (following.until(_says("memory")), following.until(_says("Key"))) for text in news.warnings
    ]
    assert [text.partition(";")[0] for text in said[:1]] == ["there is not enough memory"]
    assert said[1].startswith("an unexpected error: KeyError at ")
    assert "secret" not in said[1]
    assert _statuses(lake)[0][0] == "waiting"
    following.until_loaded(1)
    assert _statuses(lake) == [("following", None)]


# -- what the status says


def test_the_status_says_what_is_skipped_and_why(lake: Path, logs: Path) -> None:
    (logs / "a.log").write_bytes(lakes.lines(1))
    (logs / "b.zip").write_bytes(b"PK\x03\x04 something")
    following = _Follow(lake, logs)
    following.until_loaded(1)
    found = status(lake, now=NOW)
    [one] = found.followers
    assert (one.folders, one.state, one.skipped, one.started_at) == ((str(logs),), "following", 1, NOW)
    [skipped] = found.skipped
    assert (skipped.source, skipped.since, skipped.is_tried_again) == (str(logs / "b.zip"), NOW, False)
    assert "is a zip archive" in skipped.why


def test_several_follow_and_one_that_has_died_is_told_until_another_takes_its_place(
    lake: Path, logs: Path, tmp_path: Path
) -> None:
    (logs / "a.log").write_bytes(lakes.lines(1))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "b.log").write_bytes(lakes.lines(2))
    one, other = _Follow(lake, logs), _Follow(lake, tmp_path / "more")
    one.until_loaded(1)
    other.until_loaded(1, 2)
    assert _statuses(lake) == [("following", None)] * 2
    assert _statuses(lake, NOW + dt.timedelta(hours=1)) == [("silent", None)] * 2
    files = sorted((lake / "followers").iterdir())
    said = json.loads(files[0].read_text(encoding="utf-8"))
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    files[0].write_text(json.dumps(said | {"process": process.pid}), encoding="utf-8")
    files[1].write_text('{"host": ', encoding="utf-8")  # being written
    assert _statuses(lake) == [("died", None)]
    third = _Follow(lake, logs, tmp_path / "more")
    (logs / "c.log").write_bytes(lakes.lines(3))
    third.until_loaded(1, 2, 3)
    assert _statuses(lake) == [("following", None)]
    assert lakes.broken(lake) == {}
