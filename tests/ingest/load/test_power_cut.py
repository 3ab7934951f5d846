"""Exit 0 is durable: after a power cut at any moment, nothing that was reported as done is lost, and the rest can be completed."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, ReadOptions, StreamEnd, declare_stream_end, maintain, retry_rejects, unload
from ingest.lake.log_files import is_table
from ingest.lake.stream_ends import stream_ends
from tests.ingest.lakes import BAD, broken, line, lines, load, numbers, rejects, shorten_logs
from tests.ingest.load.power_cut import LOSSES, Recorder
from tests.ingest.other_process import other_process
from tests.ingest.scale import IS_THOROUGH, scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.ingest.load.power_cut import Moment
    from tests.ingest.other_process import Step

_LATE = dt.datetime.now(dt.UTC) + dt.timedelta(days=40)
"""When every commit of this test is older than a log keeps them."""

_WITHOUT_OFFSET = line(50, timestamp="2026-10-01T00:00:00")
_ENDED = StreamEnd(stream="gateway", ended_on=dt.date(2026, 10, 31))


@dataclass(frozen=True)
class _State:
    """What readers see of a lake: the numbers of its calls, how many rejects, which streams have ended."""

    calls: tuple[int, ...] = ()
    rejects: int = 0
    ends: tuple[StreamEnd, ...] = ()


def _state(lake: Path) -> _State:
    if not Lake(lake).exists():
        return _State()
    return _State(tuple(numbers(lake)), len(rejects(lake)), stream_ends(lake))


def _work(lake: Path, logs: Path) -> list[Callable[[], object]]:
    """What an operator does in a year, piece by piece. Each can be done again, and changes nothing then."""

    def take_back() -> None:
        Lake(lake).roll_forward()
        if str(logs / "b.log") in Lake(lake).snapshot().loads["source"].to_pylist():
            unload(lake, str(logs / "b.log"), now=NOW)

    def grow(content: bytes) -> None:
        (logs / "same.log").write_bytes(content)
        load(lake, logs / "same.log")

    return [
        lambda: load(lake, logs / "a.log", logs / "b.log"),
        lambda: load(lake, logs / "grown.log"),
        lambda: retry_rejects(lake, [str(logs / "b.log")], ReadOptions(time_zone="UTC"), now=NOW),
        take_back,
        lambda: declare_stream_end(lake, _ENDED),
        *(lambda number=number: load(lake, logs / f"{number}.log") for number in range(5)),
        lambda: maintain(lake, now=NOW),
        lambda: load(lake, logs / "c.log"),
        lambda: grow(lines(60) + BAD),
        lambda: grow(lines(60) + BAD + lines(61)),
        # The loads of same.log become one.
        lambda: maintain(lake, now=_LATE, keep_calls=10_000, as_of=_LATE.date()),
        lambda: shorten_logs(lake),
        lambda: load(lake, logs / "d.log"),
    ]


@dataclass(frozen=True)
class _Recorded:
    logs: Path
    moments: list[Moment]
    states: list[_State]
    """Before the first piece of work, and after each."""


def _record(folder: Path, *, syncs_folders: bool = True, pieces: int | None = None) -> _Recorded:
    root, logs = folder / "disk", folder / "logs"
    root.mkdir()
    logs.mkdir()
    (logs / "a.log").write_bytes(lines(range(3), 700) + BAD)
    (logs / "grown.log").write_bytes(lines(range(3), 700) + BAD + lines(3, 701))
    (logs / "b.log").write_bytes(lines(10) + _WITHOUT_OFFSET + BAD)
    for number, name in enumerate(["0", "1", "2", "3", "4", "c", "d"], start=20):
        (logs / f"{name}.log").write_bytes(lines(number) + BAD)
    recorder = Recorder(root, syncs_folders=syncs_folders)
    states = [_State()]
    with recorder.recording():
        for piece in _work(root / "lake", logs)[:pieces]:
            piece()
            recorder.end()
            states.append(_state(root / "lake"))
    return _Recorded(logs, recorder.moments, states)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> _Recorded:
    folder = tmp_path_factory.mktemp("recorded")
    recorded = _record(folder)
    assert "merge" in {row.kind for row in Lake(folder / "disk" / "lake").ledger()[1].rows}
    return recorded


def _lost(recorded: _Recorded, moment: Moment, root: Path) -> str | None:
    """The faults of the lake after a power cut, and of repeating the work that was cut off."""
    lake, done = root / "lake", moment.done
    expected = recorded.states[done : done + 2]
    if (found := _state(lake)) not in expected:
        return f"holds {found}, not one of {expected}"
    if is_table(lake / "loads") and (wrong := broken(lake)):
        return f"verify: {wrong}"
    work = _work(lake, recorded.logs)
    if done < len(work):
        work[done]()
        if (found := _state(lake)) != expected[1]:
            return f"holds {found} when the work is done again, not {expected[1]}"
        if wrong := broken(lake):
            return f"verify, when the work is done again: {wrong}"
    return None


def test_a_power_cut_at_any_moment_loses_nothing_that_was_said_to_be_done(recorded: _Recorded, tmp_path: Path) -> None:
    chance = random.Random(20261129)
    cases = [(moment, loss) for moment in recorded.moments for loss in LOSSES]
    for number, (moment, loss) in enumerate(chance.sample(cases, min(scaled(8, 600), len(cases)))):
        root = tmp_path / str(number)
        moment.restore(root, loss, chance)
        lost = _lost(recorded, moment, root)
        assert lost is None, f"before {moment.call} of piece {moment.done}, {loss} lost: {lost}"
        shutil.rmtree(root)


def test_a_power_cut_while_a_lake_is_made_leaves_none_or_an_empty_one(tmp_path: Path) -> None:
    """Its tables follow each other: one whose name could be lost after the next one has its own would be missed."""
    recorded = _record(tmp_path, pieces=1)
    chance = random.Random(20261130)
    for number, moment in enumerate(scaled(4, 10) * recorded.moments):
        root = tmp_path / f"after-{number}"
        moment.restore(root, "some", chance)
        assert _state(root / "lake") in recorded.states, moment.call
        shutil.rmtree(root)


def test_a_name_that_was_not_synced_is_found_to_be_lost(tmp_path: Path) -> None:
    recorded = _record(tmp_path, syncs_folders=False, pieces=1)
    recorded.moments[-1].restore(tmp_path / "after", "all that can be", random.Random(0))
    assert not (tmp_path / "after" / "lake").exists()


# -- a disk that is shut down

_SHUT_DOWN, _WITHOUT_FLUSHING = 0x8004587D, 2
"""The request that makes ext4 behave as if the power went (linux/ext4.h)."""


class _Disk:
    """A file that is mounted as a disk."""

    def __init__(self, image: Path, place: Path) -> None:
        self._image = image
        self.place = place
        place.mkdir()
        with image.open("wb") as file:
            file.truncate(64 << 20)
        _run("mkfs.ext4", "-q", str(image))
        self.mount()

    def mount(self) -> None:
        _run("mount", "-o", "loop", str(self._image), str(self.place))

    def unmount(self) -> None:
        _run("umount", str(self.place))

    def lose_power(self) -> None:
        """From now on nothing is written, and what was not written yet never will be."""
        import fcntl

        descriptor = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SHUT_DOWN, struct.pack("I", _WITHOUT_FLUSHING))
        finally:
            os.close(descriptor)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[_Disk]:
    """A disk of its own; where there is none to be had, the test is skipped and says why."""
    if not IS_THOROUGH:
        pytest.skip("a disk is shut down in `make faults` alone")
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a disk is shut down on Linux, by root")
    try:
        disk = _Disk(tmp_path / "disk.ext4", tmp_path / "disk")
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no file can be mounted as a disk here: {getattr(error, 'stderr', None) or error}")
    yield disk
    disk.unmount()


def _do(lake: Path, logs: Path, piece: int) -> None:
    _work(lake, logs)[piece]()


def test_after_a_disk_is_shut_down_all_is_there_that_was_said_to_be_done(
    recorded: _Recorded, disk: _Disk, tmp_path: Path
) -> None:
    lake = disk.place / "lake"
    for piece in range(len(recorded.states) - 1):
        with other_process(_do, lake, recorded.logs, piece) as other:
            other.answer()
            disk.lose_power()
        disk.unmount()
        disk.mount()
        after = shutil.copytree(lake, tmp_path / f"after {piece}")  # nobody has its files open when the disk goes
        assert _state(after) == recorded.states[piece + 1]
        assert broken(after) == {}


@pytest.mark.parametrize("step", ["staged", "decided", "rejects", "calls"])
def test_who_loads_while_the_disk_is_shut_down_says_so_and_the_work_can_be_done_again(
    recorded: _Recorded, disk: _Disk, tmp_path: Path, step: Step
) -> None:
    lake = disk.place / "lake"
    load(tmp_path / "begun", recorded.logs / "a.log")
    shutil.copytree(tmp_path / "begun", lake)
    os.sync()
    with other_process(_do, lake, recorded.logs, 0, step=step) as other:
        other.wait()
        disk.lose_power()
        other.go_on()
        if step != "calls":  # there all is done
            with pytest.raises(AssertionError, match=r"(?s)LakeError: .*(Input/output error|os error 5)"):
                other.answer()
    disk.unmount()
    disk.mount()
    after = shutil.copytree(lake, tmp_path / "after")
    assert broken(after) == {}
    assert numbers(after) == ([0, 1, 2, 10, 700] if step == "calls" else [0, 1, 2, 700])
    _do(after, recorded.logs, 0)
    assert _state(after) == recorded.states[1]
    assert broken(after) == {}
