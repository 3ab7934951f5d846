"""Faults of the machine, row by row. `cases/faults.toml` says which test is for which row."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, ReadOptions, ingest, retry_rejects, status
from ingest.limits import Limits
from ingest.load.following import follow
from tests.ingest.lakes import BAD, broken, fates, leftovers, line, lines, load, loads, numbers, rejects
from tests.ingest.measured import ROOT
from tests.ingest.other_process import other_process
from tests.ingest.scale import IS_THOROUGH, scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.ingest.other_process import Step

MB = 1 << 20
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
        """A new log of some lines, and some more lines in one that is there."""
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
        """Delete the files of which every byte is decided: nobody can read them again."""
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
from ingest.limits import Limits
from ingest.load import loader
if len(sys.argv) > 4:
    size = int(sys.argv.pop())
    small = Limits(chunk_bytes=size, block_bytes=size, piece_bytes=4 * size)
    loader.ingest.__kwdefaults__["limits"] = small  # a command takes no limits
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


# -- no room, no right


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can make a small disk, on Linux")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"a small disk cannot be made here: {made.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def _remount(disk: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", disk], check=True)


def _ingest(lake: Path, path: Path, *, limit: int | None = None) -> tuple[int, str]:
    """Exit code and what was said, of a process that may not write longer files than the limit."""

    def limited() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit or 0, limit or 0))

    done = subprocess.run(
        [sys.executable, "-m", "koppelzicht", "ingest", f"--lake={lake}", path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limited if limit else None,
    )
    assert "Traceback" not in done.stderr
    assert "should not" not in done.stderr
    return done.returncode, done.stderr


def _long_log(tmp_path: Path) -> Path:
    """A log that takes some room in a lake, whatever is done to make it small."""
    chance = random.Random(3)
    path = tmp_path / "long.log"
    path.write_bytes(b"".join(line(number, user_agent=chance.randbytes(8).hex(" ") * 3) for number in range(10, 8000)))
    return path


def _one_load(tmp_path: Path, lake: Path) -> None:
    path = tmp_path / "access.log"
    path.write_bytes(lines(range(10)) + BAD)
    load(lake, path)


def test_on_a_full_disk_the_lake_stays_right_and_a_rerun_completes(tmp_path: Path, disk: Path) -> None:
    lake, path = disk / "lake", _long_log(tmp_path)
    _one_load(tmp_path, lake)
    used = sum(file.stat().st_size for file in lake.rglob("*") if file.is_file())
    (disk / "other").write_bytes(b"x" * (2 * MB - used - 200_000))
    code, said = _ingest(lake, path)
    assert code == 1
    assert str(lake) in said
    assert "No space left on device" in said
    assert (numbers(lake), leftovers(lake)) == (list(range(10)), set())
    assert broken(lake) == {}
    _remount(disk, "size=50m")
    assert _ingest(lake, path)[0] == 0
    assert numbers(lake) == list(range(8000))
    assert broken(lake) == {}


def test_who_follows_waits_until_a_full_disk_has_room_again(tmp_path: Path, disk: Path) -> None:
    lake, logs = disk / "lake", tmp_path / "logs"
    logs.mkdir()
    (logs / "a.log").write_bytes(lines(range(10)))
    stop = threading.Event()
    patience = threading.Timer(120, stop.set)
    patience.start()
    rounds = follow(lake, [str(logs)], ReadOptions(), every=0.05, clock=lambda: NOW, stop=stop)
    next(rounds)
    assert numbers(lake) == list(range(10))
    with contextlib.suppress(OSError), (disk / "other").open("wb", buffering=0) as other:
        while other.write(b"x" * 4096):
            pass
    _long_log(tmp_path).rename(logs / "b.log")
    said = next(warning for news in rounds for warning in news.warnings)
    assert "No space left on device" in said
    [follower] = status(lake, now=NOW).followers
    assert (follower.state, follower.waiting_for) == ("waiting", said)
    assert numbers(lake) == list(range(10))
    _remount(disk, "size=50m")
    assert [source.calls for source in next(rounds).sources] == [7990]
    assert status(lake, now=NOW).followers[0].state == "following"
    rounds.close()
    patience.cancel()
    assert numbers(lake) == list(range(8000))
    assert (leftovers(lake), broken(lake)) == (set(), {})


def test_on_a_disk_that_fills_up_at_any_step_a_rerun_completes(tmp_path: Path, disk: Path) -> None:
    lake, path = disk / "lake", tmp_path / "access.log"
    for number, room in enumerate(range(0, 40_960, scaled(16_384, 4096))):
        path.write_bytes(lines(number) + BAD)
        used = sum(-(-file.stat().st_size // 4096) * 4096 for file in disk.rglob("*") if file.is_file())
        (disk / "other").write_bytes(b"x" * max(0, 2 * MB - used - room))
        code, said = _ingest(lake, path)
        assert (code == 0) or "No space left on device" in said
        (disk / "other").unlink()
        if lake.exists() and Lake(lake).exists():
            assert broken(lake) == {}
        load(lake, path)
        assert numbers(lake) == list(range(number + 1))
    assert broken(lake) == {}


@pytest.mark.skipif(os.name == "nt", reason="needs limits of POSIX")
@pytest.mark.parametrize("limit", scaled([20_000], [500, 1000, 2000, 4000, 8000, 20_000, 100_000]))
def test_at_a_quota_the_lake_stays_right_and_a_rerun_completes(tmp_path: Path, limit: int) -> None:
    lake, path = tmp_path / "lake", _long_log(tmp_path)
    _one_load(tmp_path, lake)
    code, said = _ingest(lake, path, limit=limit)
    assert code == 1
    assert str(lake) in said
    assert "File too large" in said
    assert numbers(lake) == list(range(10))
    assert broken(lake) == {}
    assert _ingest(lake, path)[0] == 0
    assert numbers(lake) == list(range(8000))
    assert broken(lake) == {}


def test_on_a_disk_that_is_read_only_the_lake_can_be_read_and_a_rerun_completes(tmp_path: Path, disk: Path) -> None:
    lake, path = disk / "lake", _long_log(tmp_path)
    _one_load(tmp_path, lake)
    _remount(disk, "ro")
    code, said = _ingest(lake, path)
    assert code == 1
    assert str(lake) in said
    assert "Read-only file system" in said
    assert numbers(lake) == list(range(10))
    assert broken(lake) == {}
    code, said = _ingest(disk / "new", path)
    assert (code, "Read-only file system" in said, str(disk / "new") in said) == (1, True, True)
    _remount(disk, "rw,size=50m")
    assert _ingest(lake, path)[0] == 0
    assert numbers(lake) == list(range(8000))
    assert broken(lake) == {}


def test_in_a_folder_that_may_not_be_written_the_lake_can_be_read(tmp_path: Path) -> None:
    if os.name == "nt" or os.geteuid() == 0:
        pytest.skip("root may write everywhere, and Windows has other rights")
    lake = tmp_path / "lake"
    _one_load(tmp_path, lake)
    folders = [lake, *(path for path in lake.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o500)
    try:
        code, said = _ingest(lake, _long_log(tmp_path))
        assert (code, "Permission denied" in said) == (1, True)
        assert numbers(lake) == list(range(10))
        assert broken(lake) == {}
    finally:
        for folder in folders:
            folder.chmod(0o700)


# -- many files


class _Pace:
    """The processor time used up when the sources were listed and when each began to be read, however busy the machine is."""

    def __init__(self) -> None:
        self._begun = time.process_time()
        self._at: dict[str, float] = {}
        self.listing = 0.0

    def start(self, total_bytes: int | None) -> None:  # noqa: ARG002 - as Progress says
        self.listing = time.process_time() - self._begun

    def advance(self, source: str, bytes_read: int, lines: int) -> None:  # noqa: ARG002 - as Progress says
        self._at.setdefault(source, time.process_time())

    def finish(self) -> None:
        pass

    def tenths(self) -> tuple[float, float]:
        """The seconds that the first and the last tenth of the sources took."""
        at = sorted(self._at.values())
        tenth = len(at) // 10
        return at[tenth] - at[0], at[-1] - at[-1 - tenth]


def test_many_small_files_cost_little_each(tmp_path: Path) -> None:
    count = scaled(300, 100_000)
    lake, logs = tmp_path / "lake", tmp_path / "logs"
    logs.mkdir()
    for number in range(count):
        (logs / f"{number:06}.log").write_bytes(line(number))
    for outcome in ("loaded", "unchanged"):
        pace = _Pace()
        report = ingest(lake, [str(logs)], ReadOptions(), now=NOW, progress=pace)
        assert Counter(source.status for source in report.sources) == {outcome: count}
        if IS_THOROUGH:  # of a few files a tenth costs less than one decision, in whichever tenth that falls
            # What grows with the square of their number would make the last tenth cost 19 times the first one.
            first, last = pace.tenths()
            assert last < 3 * first
            assert pace.listing < 1 + first + last  # a second for the lake that is opened before
    assert numbers(lake) == list(range(count))
