"""A look at folders that are followed loads what is new, and opens nothing else."""

from __future__ import annotations

import contextlib
import errno
import gzip
import os
import pickle
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ingest import Lake, ReadOptions, SourceError, unload
from ingest.load.following import follow
from ingest.load.loader import Loader
from ingest.load.memory import FIRST_WAIT, TAIL_BYTES, Memory
from ingest.read.folder import list_sources
from tests.ingest import lakes
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator


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
