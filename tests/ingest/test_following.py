"""Folders that are followed: what comes into them is loaded once, and not read from its start again."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import gzip
import json
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import watchfiles

from ingest import Lake, ReadOptions, SourceError, status, unload
from ingest.load.following import follow
from ingest.load.loader import Loader
from ingest.load.memory import FIRST_WAIT, TAIL_BYTES, Memory
from ingest.read.folder import list_sources
from tests.ingest import lakes
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


@pytest.fixture
def loader(lake: Path) -> Iterator[Loader]:
    loader = Loader(Lake(lake), ReadOptions(), memory=Memory())
    yield loader
    loader.close()


DEADLINE = 120.0
"""Seconds after which a test gives up waiting."""


def _look(loader: Loader, lake: Path, folder: Path) -> list[tuple[str, int, int, int, int]]:
    return lakes.fates(loader.load(list_sources([str(folder)], lake=lake), now=NOW))


def test_a_file_that_grows_is_read_on_where_reading_stopped(
    loader: Loader, lake: Path, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = logs / "access.log"
    path.write_bytes(lakes.lines(1, 2) + lakes.line(3)[:20])
    assert _look(loader, lake, logs) == [("loaded", 2, 0, 0, 20)]
    assert _look(loader, lake, logs) == [("unchanged", 0, 0, 0, 20)]
    starts = []
    opened = loader.load.__globals__["Source"].open

    def spied(source: object, start: int = 0, *, nuls: int = 0) -> object:
        starts.append(start)
        return opened(source, start, nuls=nuls)

    monkeypatch.setattr("ingest.load.load.Source.open", spied)
    with path.open("ab") as file:
        file.write(lakes.line(3)[20:] + lakes.line(4))
    assert _look(loader, lake, logs) == [("loaded", 2, 0, 0, 0)]
    assert starts == [len(lakes.lines(1, 2))]
    assert lakes.places(lake) == [(1, 1), (2, 2), (3, 3), (4, 4)]
    assert lakes.broken(lake) == {}


def test_a_file_that_did_not_change_is_not_opened(loader: Loader, lake: Path, logs: Path) -> None:
    path = logs / "access.log"
    path.write_bytes(lakes.lines(1))
    (logs / "other.log").write_bytes(b"nothing of ours\n")
    _look(loader, lake, logs)
    path.chmod(0)
    try:
        assert _look(loader, lake, logs) == [("unchanged", 0, 0, 0, 0)]
    finally:
        path.chmod(0o600)


def test_rotation_by_rename_and_compression_brings_only_what_is_new(loader: Loader, lake: Path, logs: Path) -> None:
    path = logs / "access.log"
    path.write_bytes(lakes.lines(1, 2))
    _look(loader, lake, logs)
    with path.open("ab") as file:
        file.write(lakes.line(3))
    path.rename(logs / "access.log.1")
    path.write_bytes(lakes.lines(4))
    assert sorted(_look(loader, lake, logs)) == [("loaded", 1, 0, 0, 0), ("loaded", 1, 0, 0, 0)]
    (logs / "access.log.1.gz").write_bytes(gzip.compress((logs / "access.log.1").read_bytes()))
    (logs / "access.log.1").unlink()
    assert _look(loader, lake, logs) == [("unchanged", 0, 0, 0, 0)] * 2
    assert lakes.numbers(lake) == [1, 2, 3, 4]
    assert lakes.broken(lake) == {}


def test_a_file_that_was_truncated_and_refilled_is_new(loader: Loader, lake: Path, logs: Path) -> None:
    path = logs / "access.log"
    path.write_bytes(lakes.lines(1, 2))
    _look(loader, lake, logs)
    with path.open("r+b") as file:
        file.truncate()
        file.write(lakes.lines(range(10, 20)))
    assert _look(loader, lake, logs) == [("loaded", 10, 0, 0, 0)]
    assert lakes.numbers(lake) == [1, 2, *range(10, 20)]


def test_what_another_process_did_meanwhile_counts(loader: Loader, lake: Path, logs: Path) -> None:
    path = logs / "access.log"
    path.write_bytes(lakes.lines(1, 2))
    _look(loader, lake, logs)
    with path.open("ab") as file:
        file.write(lakes.line(3))
    assert lakes.fate(lakes.load_one(lake, path)) == ("loaded", 1, 0, 0, 0)
    with path.open("ab") as file:
        file.write(lakes.line(4))
    assert _look(loader, lake, logs) == [("loaded", 1, 0, 0, 0)]
    assert lakes.numbers(lake) == [1, 2, 3, 4]
    unload(lake, str(path), now=NOW)
    assert _look(loader, lake, logs) == [("loaded", 4, 0, 0, 0)]
    assert lakes.numbers(lake) == [1, 2, 3, 4]
    assert lakes.broken(lake) == {}


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


def test_only_folders_are_followed(lake: Path, logs: Path) -> None:
    path = logs / "access.log"
    path.write_bytes(b"")
    with pytest.raises(SourceError, match=r"is not a folder; 'koppelzicht follow' watches folders"):
        next(follow(lake, [str(path)], ReadOptions(), every=1, clock=lambda: NOW, stop=threading.Event()))


def test_a_log_that_is_emptied_under_a_writer_that_does_not_append_is_read_on_behind_the_nuls(
    loader: Loader, lake: Path, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, starts = logs / "access.log", []
    opened = loader.load.__globals__["Source"].open

    def spied(source: object, start: int = 0, *, nuls: int = 0) -> object:
        starts.append((start, nuls))
        return opened(source, start, nuls=nuls)

    monkeypatch.setattr("ingest.load.load.Source.open", spied)
    with path.open("wb", buffering=0) as writer:
        writer.write(lakes.lines(range(5)))
        assert _look(loader, lake, logs) == [("loaded", 5, 0, 0, 0)]
        for begin in (5, 15):
            os.truncate(path, 0)
            writer.write(lakes.lines(range(begin, begin + 7)))
            nuls = path.read_bytes().count(b"\0")
            assert path.read_bytes().startswith(b"\0" * nuls)
            report = loader.load(list_sources([str(logs)], lake=lake), now=NOW)
            assert lakes.fates(report) == [("loaded", 7, 0, 0, 0)]
            [said] = report.warnings
            assert said.startswith(f"{path}: {nuls:,} NUL bytes at the beginning were skipped: the file was emptied")
            writer.write(lakes.lines(range(begin + 7, begin + 10)) + lakes.line(99)[:20])
            starts.clear()
            report = loader.load(list_sources([str(logs)], lake=lake), now=NOW)
            assert lakes.fates(report) == [("loaded", 3, 0, 0, 20)]
            assert (starts, report.warnings) == ([(len(lakes.lines(range(begin, begin + 7))), nuls)], ())
            writer.write(lakes.line(99)[20:].replace(b'"99"', f'"{100 + begin}"'.encode()))
            assert _look(loader, lake, logs) == [("loaded", 1, 0, 0, 0)]
    assert lakes.numbers(lake) == [*range(25), 105, 115]
    assert lakes.fates(lakes.load(lake, logs)) == [("unchanged", 0, 0, 0, 0)]
    assert lakes.broken(lake) == {}


# -- what passes


class _Follow:
    """Folders that are followed, a look at a time; `clock` is what the time is."""

    def __init__(self, lake: Path, *folders: Path) -> None:
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


def test_a_folder_that_is_not_there_yet_is_waited_for(lake: Path, tmp_path: Path) -> None:
    following = _Follow(lake, tmp_path / "late")
    following.until(_says("there is no such folder now"))
    (tmp_path / "late").mkdir()
    (tmp_path / "late" / "a.log").write_bytes(lakes.lines(1))
    following.until_loaded(1)


def test_a_lake_that_cannot_be_made_is_waited_for(logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.load.following.SETTLE_SECONDS", 0.01)
    (logs / "a.log").write_bytes(lakes.lines(1))
    (tmp_path / "disk").write_bytes(b"not mounted yet")
    following = _Follow(tmp_path / "disk" / "lake", logs)
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
    monkeypatch.setattr("ingest.load.following.SETTLE_SECONDS", 0.01)
    following = _Follow(lake, logs)
    said = [
        text for news in (following.until(_says("memory")), following.until(_says("Key"))) for text in news.warnings
    ]
    assert [text.partition(";")[0] for text in said[:1]] == ["there is not enough memory"]
    assert said[1].startswith("an unexpected error: KeyError at ")
    assert "secret" not in said[1]
    assert _statuses(lake)[0][0] == "waiting"
    following.until_loaded(1)
    assert _statuses(lake) == [("following", None)]


def _refuses(monkeypatch: pytest.MonkeyPatch, path: Path, number: int) -> list[int]:
    """Have the system refuse to open this file with this error, as long as it stands in the list."""
    opened = Path.open
    errors = [number]

    def opening(self: Path, *arguments: Any, **options: Any) -> Any:
        if self == path and errors:
            raise OSError(errors[0], os.strerror(errors[0]))
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", opening)
    return errors


@pytest.mark.parametrize("number", [errno.EIO, errno.EACCES, errno.ESTALE, errno.EMFILE])
def test_a_file_that_could_not_be_read_is_tried_again_later_and_at_once_when_it_has_changed(
    lake: Path, logs: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    memory = Memory(clock=lambda: seconds[0])
    path = logs / "a.log"
    path.write_bytes(lakes.lines(1))
    (logs / "b.log").write_bytes(lakes.lines(2))
    errors = _refuses(monkeypatch, path, number)
    with contextlib.closing(Loader(Lake(lake), ReadOptions(), memory=memory)) as loader:
        assert sorted(_look(loader, lake, logs)) == [("failed", 0, 0, 0, 0), ("loaded", 1, 0, 0, 0)]
        [skipped] = memory.skipped
        assert (skipped.source, skipped.is_tried_again) == (str(path), True)
        assert os.strerror(number) in skipped.why
        assert _look(loader, lake, logs) == [("unchanged", 0, 0, 0, 0)]  # not tried again so soon
        seconds[0] += FIRST_WAIT
        assert ("failed", 0, 0, 0, 0) in _look(loader, lake, logs)
        seconds[0] += FIRST_WAIT
        assert _look(loader, lake, logs) == [("unchanged", 0, 0, 0, 0)]  # twice as long now
        errors.clear()
        path.chmod(0o640)
        assert ("loaded", 1, 0, 0, 0) in _look(loader, lake, logs)
        assert memory.skipped == []
    assert lakes.numbers(lake) == [1, 2]


def test_what_agreed_with_a_load_in_part_is_tried_again_when_loads_are_taken_back(
    loader: Loader, lake: Path, logs: Path
) -> None:
    whole, part = logs / "a.log", logs / "b.log"
    whole.write_bytes(lakes.lines(range(4)))
    _look(loader, lake, logs)
    part.write_bytes(lakes.lines(range(3)))
    assert _look(loader, lake, logs) == [("unchanged", 0, 0, 0, 0), ("failed", 0, 0, 0, 0)]
    assert _look(loader, lake, logs) == [("unchanged", 0, 0, 0, 0)]
    whole.unlink()
    unload(lake, str(whole), now=NOW)
    assert _look(loader, lake, logs) == [("loaded", 3, 0, 0, 0)]


def test_nothing_is_remembered_of_files_that_are_gone(lake: Path, logs: Path) -> None:
    memory = Memory()
    with contextlib.closing(Loader(Lake(lake), ReadOptions(), memory=memory)) as loader:
        for number in range(20):
            (logs / f"{number}.log").write_bytes(lakes.line(number, user_agent="x" * TAIL_BYTES))
        (logs / "other.log").write_bytes(b"nothing of ours\n")
        _look(loader, lake, logs)
        assert (len(memory), len(memory.skipped)) == (20, 1)
        assert len(pickle.dumps([memory.recall(str(logs / "1.log"))[1].tail])) < 1000  # type: ignore[index]
        for path in [*logs.iterdir()][3:]:
            path.unlink()
        (logs / "other.log").unlink(missing_ok=True)
        memory.forget_others([])
        _look(loader, lake, logs)
        memory.forget_others([str(path) for path in logs.iterdir()])
        assert (len(memory), len(memory.skipped)) == (len([*logs.iterdir()]), 0)


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
