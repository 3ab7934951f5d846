"""A process that is killed or told to stop, at any step or time, loses nothing and doubles nothing."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, ReadOptions, retry_rejects
from ingest.limits import Limits
from tests.ingest.lakes import BAD, broken, fates, leftovers, line, lines, load, loads, numbers, rejects
from tests.ingest.measured import ROOT
from tests.ingest.other_process import other_process
from tests.ingest.scale import scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from tests.ingest.other_process import Step

STEPS: tuple[Step, ...] = ("staged", "decided", "rejects", "calls")


# -- killed


def _load_in_batches(lake: Path, logs: Path) -> list[tuple[str, int, int, int, int]]:
    """Load a folder two sources at a time, in pieces of a few lines."""
    limits = Limits(chunk_bytes=900, block_bytes=900, piece_bytes=900, batch_sources=2)
    return fates(load(lake, logs, limits=limits))


def _retry_in_batches(lake: Path, logs: Path) -> None:
    """Read the rejected lines of a folder again, two sources at a time."""
    retry_rejects(lake, [str(logs)], ReadOptions(time_zone="UTC"), now=NOW, limits=Limits(retried_sources=2))


class _Logs:
    """A folder of logs that go on being written, and what of them has to be in the lake."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.next = 0
        self.bad = 0
        self.without_offset: dict[int, Path] = {}
        """The lines whose time says no offset, and where they stand: rejected until somebody says which zone is meant."""
        folder.mkdir()

    def write(self) -> None:
        """A new log of some lines, and some more lines in an existing one."""
        new = self.folder / f"{self.next:05}.log"
        for path in (new, self.chance.choice([new, *sorted(self.folder.iterdir())])):
            count = self.chance.randint(1, 8)
            with path.open("ab") as file:
                file.write(lines(range(self.next, self.next + count)) + BAD)
                file.write(line(self.next + count, timestamp="2026-10-01T00:00:00"))
            self.without_offset[self.next + count] = path
            self.next += count + 1
            self.bad += 1

    def forget_what_is_decided(self, lake: Path) -> None:
        """Delete the files of which every byte is decided, so that they cannot be read again."""
        _, ledger = Lake(lake).ledger()
        ends = {(row.source, row.end_byte) for row in ledger.loads()}
        for path in list(self.folder.iterdir()):
            if (str(path), path.stat().st_size) in ends:
                path.unlink()

    def check(self, lake: Path) -> None:
        """Every line is in the lake once. Of those without an offset, the ones that can still be read are calls."""
        found = numbers(lake)
        left = sorted(set(range(self.next)) - set(found))
        assert sorted([*found, *left]) == list(range(self.next))  # none is there twice
        assert all(number in self.without_offset and not self.without_offset[number].exists() for number in left)
        reasons = Counter(reason for _, _, reason in rejects(lake))
        assert reasons == Counter({"not_a_record": self.bad, "bad_time": len(left)})
        assert broken(lake) == {}


def test_whoever_is_killed_at_any_step_again_and_again_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261001)
    lake, logs = tmp_path / "lake", _Logs(tmp_path / "logs", chance)
    kills = 0
    while kills < scaled(20, 200):
        logs.write()
        step = STEPS[kills % len(STEPS)]
        work = _retry_in_batches if Lake(lake).exists() and chance.random() < 0.4 else _load_in_batches
        with other_process(work, lake, logs.folder, step=step, time=chance.choice([1, 1, 2])) as other:
            if not other.reaches_its_step():
                continue  # there was less to do
            other.kill()
        kills += 1
        if chance.random() < 0.5:
            logs.forget_what_is_decided(lake)
        if chance.random() < 0.2:
            assert broken(lake) == {}
    load(lake, logs.folder)
    _retry_in_batches(lake, logs.folder)
    logs.check(lake)


def test_whoever_is_killed_at_any_time_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261002)
    lake, logs = tmp_path / "lake", _Logs(tmp_path / "logs", chance)
    for _ in range(scaled(3, 100)):
        for _ in range(4):
            logs.write()
        work = _retry_in_batches if Lake(lake).exists() and chance.random() < 0.4 else _load_in_batches
        with other_process(work, lake, logs.folder) as other:
            other.connection.poll(chance.uniform(0.2, 1.2))  # it may be done before
            with contextlib.suppress(AssertionError):
                other.kill()
        if chance.random() < 0.5 and Lake(lake).exists():
            load(lake)
            logs.forget_what_is_decided(lake)
    load(lake, logs.folder)
    _retry_in_batches(lake, logs.folder)
    logs.check(lake)


# -- told to stop

_RUN = """
import sys
import koppelzicht
from ingest import limits
if len(sys.argv) > 4:
    size = int(sys.argv.pop())
    limits.DEFAULT_LIMITS = limits.Limits(chunk_bytes=size, block_bytes=size, piece_bytes=4 * size, workers=4)
koppelzicht.main()
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(
    ("number", "code", "block"),
    [
        pytest.param(signal.SIGINT, 130, None, id="Ctrl-C in a block of 64 MB"),
        pytest.param(signal.SIGTERM, 143, 20_000, id="SIGTERM between pieces"),
        *scaled(
            [],
            [
                pytest.param(signal.SIGTERM, 143, None, id="SIGTERM in a block of 64 MB"),
                pytest.param(signal.SIGINT, 130, 20_000, id="Ctrl-C between pieces"),
            ],
        ),
    ],
)
def test_a_load_that_is_told_to_stop_stops_and_leaves_the_lake_right(
    tmp_path: Path, number: int, code: int, block: int | None
) -> None:
    lake = tmp_path / "lake"
    content = lines(range(1500)) if block else b"".join(lines(range(1500)) for _ in range(200))
    with subprocess.Popen(
        [sys.executable, "-c", _RUN, "ingest", "-", f"--lake={lake}", *([str(block)] if block else [])],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        # The load is in the middle of this once it has taken more than a pipe holds.
        process.stdin.write(content)
        process.stdin.flush()
        told_at = time.monotonic()
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        assert time.monotonic() - told_at < scaled(20, 5)  # a machine that runs tests may be busy
    assert process.returncode == code, err
    assert b"Traceback" not in err
    assert leftovers(lake) == set()
    assert broken(lake) == {}
    if block:
        done = sum(row["lines"] for row in loads(lake))
        assert numbers(lake) == list(range(done))
        path = tmp_path / "access.log"
        path.write_bytes(content)
        assert fates(load(lake, path)) == [("loaded", 1500 - done, 0, 0, 0)]
        assert numbers(lake) == list(range(1500))


_LOST = """
import os, signal, sys
import duckdb
import koppelzicht
connect = duckdb.connect

def losing(*arguments, **options):
    try:
        os.kill(os.getpid(), int(os.environ["SIGNAL"]))
    except BaseException:
        pass
    raise RuntimeError("std::exception")

duckdb.connect = losing
koppelzicht.main()
"""
"""A signal that comes while a library has called back into Python: what the handler raises is lost in an error of the library."""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("command", ["follow", "ingest", "inspect"])
def test_who_is_told_to_stop_while_a_library_is_at_work_stops(
    tmp_path: Path, command: str, number: int, code: int
) -> None:
    path = tmp_path / "logs" / "access.log"
    path.parent.mkdir()
    path.write_bytes(lines(range(3)))
    source = path.parent if command == "follow" else path
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _LOST,
            command,
            source,
            *([f"--lake={tmp_path / 'lake'}"] if command != "inspect" else []),
        ],
        cwd=ROOT,
        env={**os.environ, "SIGNAL": str(int(number))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert "Traceback" not in done.stderr
    assert "should not" not in done.stderr
