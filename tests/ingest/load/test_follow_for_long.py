"""A follower loses nothing and doubles nothing while everything goes wrong. `make faults` lets it run for ten minutes."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, status
from tests.ingest import lakes
from tests.ingest.measured import ROOT
from tests.ingest.scale import scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS = scaled(0, 600)
"""So long faults are drawn by chance, when each of them has happened once."""

DEADLINE = 240.0
"""Seconds after which a test gives up waiting."""

_WITH_THE_RIGHTS_OF_A_USER = """
import ctypes, os, sys
if os.geteuid() == 0:
    for capability in (1, 2):  # to read and to write whatever the rights say (linux/capability.h)
        assert ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) == 0
os.execv(sys.executable, [sys.executable, "-m", "koppelzicht", *sys.argv[1:]])
"""
"""Root may do everything, and would meet no permission error."""


class _Follower:
    """The command `follow`, which is started again whenever it has been killed or told to stop."""

    def __init__(self, lake: Path, logs: Path, said: Path) -> None:
        options = [str(logs), f"--lake={lake}", "--every=1", "--json"]
        self._command = [sys.executable, "-c", _WITH_THE_RIGHTS_OF_A_USER, "follow", *options]
        self._said = said
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._failed: list[str] = []
        self.start()

    def start(self) -> None:
        with self._said.open("ab") as said:
            self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE, stderr=said, text=True)
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as out:
            for line in out:
                self._lines.put(line)
                if json.loads(line)["error"]:
                    self._failed.append(line)

    def wait(self, seconds: float) -> None:
        """Until it says that something was loaded, or so long."""
        try:
            self._lines.get(timeout=seconds)
        except queue.Empty:
            assert self._process.poll() is None, "nobody has told it to end"

    def kill(self, number: int) -> None:
        """End it as the system or an operator does."""
        self._process.send_signal(number)
        code = self._process.wait(DEADLINE)
        # Whoever is told to stop before it can listen, ends as any program does.
        assert code in ({-number, 128 + number} if number == signal.SIGTERM else {-number})

    def close(self) -> None:
        """End it, whatever has become of the test."""
        self._process.kill()
        self._process.wait(DEADLINE)

    def until_it_says(self, words: str) -> None:
        """Wait until it has said these words once more than now."""
        before = self.said().count(words)
        self.until(lambda: self.said().count(words) > before, f"says {words!r}")

    def until(self, is_so: Callable[[], bool], what: str) -> None:
        """Wait until this is so."""
        deadline = time.monotonic() + DEADLINE
        while not is_so():
            assert time.monotonic() < deadline, f"it is never so that it {what}:\n{self.said()[-3000:]}"
            self.wait(0.5)

    def said(self) -> str:
        """All that it has said so far of what went wrong."""
        return self._said.read_text(encoding="utf-8") + "".join(self._failed)


class _Logs:
    """Two logs that are written and rotated in every way; what of them has to be in the lake."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.next = 0
        self.bad = 0
        self.rotations = 0
        self._numbers: dict[Path, list[int]] = {}
        """The calls in the files that are rotated away."""
        self._current: dict[str, list[int]] = {"a": [], "b": []}
        self._torn: dict[str, bytes] = {}
        folder.mkdir()

    def write(self, name: str | None = None) -> None:
        """Some more lines in one of the logs, the last of them perhaps not to its end yet."""
        name = name or self.chance.choice("ab")
        text = self._torn.pop(name, b"")
        for _ in range(self.chance.randint(3, 40)):
            text += lakes.line(self.next, timestamp=1_700_000_000 + self.next)
            self._current[name].append(self.next)
            self.next += 1
            if self.chance.random() < 0.05:
                text += b"{this is no record %d\n" % self.bad
                self.bad += 1
        if self.chance.random() < 0.4:
            cut = self.chance.randint(1, 60)
            text, self._torn[name] = text[:-cut], text[-cut:]
        with self._path(name).open("ab") as file:
            file.write(text)

    def finish(self) -> None:
        """The last lines to their ends."""
        for name in self._current:
            self._end_line(self._path(name), name)

    def rename(self) -> None:
        """Rotate by renaming. The writer goes on in the old file until its line is whole."""
        name = self.chance.choice("ab")
        away = self._away(name)
        self._path(name).rename(away)
        self._end_line(away, name)
        self.write(name)

    def copy_and_truncate(self) -> None:
        """Rotate by a copy, with no line torn: it would be torn in both."""
        name = self.chance.choice("ab")
        self._end_line(self._path(name), name)
        shutil.copyfile(self._path(name), self._away(name))
        os.truncate(self._path(name), 0)
        self.write(name)

    def compress(self) -> None:
        """Compress one that was rotated away."""
        plain = [path for path in self._numbers if path.suffix != ".gz"]
        if not plain:
            self.rename()
            return
        path = self.chance.choice(plain)
        packed = path.with_name(path.name + ".gz")
        part = self.folder.parent / "part"
        part.write_bytes(gzip.compress(path.read_bytes()))
        part.rename(packed)
        path.unlink()
        self._numbers[packed] = self._numbers.pop(path)

    def delete(self, loaded: set[int]) -> None:
        """Delete the oldest file of which every line is loaded, as a rotation does that keeps some weeks. It cannot be read again."""
        for path in [path for path, numbers in self._numbers.items() if loaded.issuperset(numbers)][:-2]:
            path.unlink()
            del self._numbers[path]

    def any_file(self) -> Path:
        return self.chance.choice(sorted(path for path in self.folder.iterdir() if path.is_file()))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _away(self, name: str) -> Path:
        self.rotations += 1
        path = self.folder / f"{name}.log.{self.rotations}"
        self._numbers[path], self._current[name] = self._current[name], []
        return path

    def _end_line(self, path: Path, name: str) -> None:
        if rest := self._torn.pop(name, b""):
            with path.open("ab") as file:
                file.write(rest)


class _Faults:
    """The events around the logs, the lake and the follower."""

    def __init__(self, lake: Path, logs: _Logs, follower: _Follower, disk: Path) -> None:
        self._lake = lake
        self._logs = logs
        self._follower = follower
        self._disk = disk
        self.happened: Counter[str] = Counter()
        self._all: dict[str, Callable[[], None]] = {
            "written": logs.write,
            "renamed": logs.rename,
            "copied and truncated": logs.copy_and_truncate,
            "compressed": logs.compress,
            "killed": self._kill,
            "told to stop": self._stop,
            "no right to a file": self._no_right_to_a_file,
            "no right to the folder": lambda: self._no_right_to(logs.folder),
            "no right to the lake": lambda: self._no_right_to(lake / "loads" / "_delta_log"),
            "no room": self._no_room,
        }

    def each(self) -> list[str]:
        """The names of all, in an order by chance."""
        return self._logs.chance.sample([*self._all], len(self._all))

    def happens(self, name: str) -> None:
        """Let one of them happen."""
        self._logs.write()
        self._all[name]()
        self.happened[name] += 1
        self._logs.write()

    def any(self) -> str:
        """One of them; nothing much most of the time."""
        return self._logs.chance.choice(
            [*self._all, *["written"] * 10, "renamed", "copied and truncated", "compressed"]
        )

    def _kill(self) -> None:
        self._follower.wait(self._logs.chance.uniform(0, 2))
        self._follower.kill(signal.SIGKILL)
        self._follower.start()

    def _stop(self) -> None:
        self._follower.wait(self._logs.chance.uniform(0, 2))
        self._follower.kill(signal.SIGTERM)
        self._follower.start()

    def _no_right_to_a_file(self) -> None:
        path = self._logs.any_file()
        mode = path.stat().st_mode
        path.chmod(0)
        self._logs.write()
        self._follower.wait(1)
        path.chmod(mode)

    def _no_right_to(self, folder: Path) -> None:
        mode = folder.stat().st_mode
        folder.chmod(0o500 if folder.is_relative_to(self._lake) else 0)
        try:
            self._logs.write()
            self._follower.until_it_says("ermission denied")
        finally:
            folder.chmod(mode)
        self._it_goes_on()

    def _no_room(self) -> None:
        filler = self._disk / "filler"
        with filler.open("wb", buffering=0) as file:
            while True:
                try:
                    file.write(b"x" * 65_536)
                except OSError:
                    break
        try:
            self._logs.write()
            self._follower.until_it_says("No space left on device")
        finally:
            filler.unlink()
        self._it_goes_on()

    def _it_goes_on(self) -> None:
        """Wait until something is loaded again, because an error is reported again only after it was over."""
        before = _calls(self._lake)
        self._logs.write()
        self._follower.until(lambda: _calls(self._lake) > before, "loads what was written meanwhile")


def _calls(lake: Path) -> int:
    return sum(load["calls"] for load in lakes.loads(lake))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, that can be filled up."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can make a small disk, on Linux")
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", folder], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip(f"a small disk cannot be made here: {made.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_who_follows_while_everything_goes_wrong_loses_nothing_and_doubles_nothing(tmp_path: Path, disk: Path) -> None:
    chance = random.Random(20261130)
    lake, logs = disk / "lake", _Logs(tmp_path / "logs", chance)
    logs.write("a")
    logs.write("b")
    with contextlib.closing(_Follower(lake, logs.folder, tmp_path / "said")) as follower:
        _follow(follower, lake, logs, disk)


def _follow(follower: _Follower, lake: Path, logs: _Logs, disk: Path) -> None:
    chance = logs.chance
    follower.until(lambda: Lake(lake).exists() and _calls(lake) > 0, "loads the first lines")
    faults = _Faults(lake, logs, follower, disk)
    for name in faults.each():
        faults.happens(name)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        faults.happens(faults.any())
        if chance.random() < 0.1:
            found = lakes.numbers(lake)
            assert len(set(found)) == len(found)
            logs.delete(set(found))
        follower.wait(chance.uniform(0, 1))
    logs.finish()
    follower.until(lambda: _calls(lake) >= logs.next, "has loaded every line")
    follower.kill(signal.SIGTERM)
    assert lakes.numbers(lake) == list(range(logs.next))
    assert Counter(reason for _, _, reason in lakes.rejects(lake)) == Counter({"not_a_record": logs.bad})
    assert lakes.broken(lake) == {}
    assert status(lake, now=NOW).followers == ()
    said = follower.said()
    assert "Traceback" not in said
    assert "should not" not in said
    assert min(faults.happened.values()) > 0
    print(f"{logs.next} lines, {logs.rotations} rotations, {dict(faults.happened)}")  # noqa: T201 - of the ten minutes
