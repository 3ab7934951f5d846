"""Folders that are followed: what comes into them is loaded once, and not read from its start again."""

from __future__ import annotations

import gzip
import threading
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, ReadOptions, SourceError
from ingest.folder import list_sources
from ingest.following import follow
from ingest.loader import Loader
from ingest.memory import Memory
from tests.ingest import lakes
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.following import Round


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

    def spied(source: object, start: int = 0) -> object:
        starts.append(start)
        return opened(source, start)

    monkeypatch.setattr("ingest.load.Source.open", spied)
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
    from ingest import unload

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
    with pytest.raises(SourceError, match="is no folder; follow watches folders"):
        next(follow(lake, [str(path)], ReadOptions(), every=1, clock=lambda: NOW, stop=threading.Event()))
