"""On a disk that is full or may not be written the lake stays right, and a rerun completes."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest import Lake, ReadOptions, status
from ingest.load.following import follow
from tests.ingest.lakes import BAD, broken, leftovers, line, lines, load, numbers
from tests.ingest.measured import MB, ROOT
from tests.ingest.scale import scaled
from tests.ingest.worked import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator


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


@pytest.mark.parametrize(("room", "is_decided"), [(100_000, False), (200_000, True)], ids=["none", "for the decision"])
def test_on_a_full_disk_the_lake_stays_right_and_a_rerun_completes(
    tmp_path: Path, disk: Path, *, room: int, is_decided: bool
) -> None:
    lake, path = disk / "lake", _long_log(tmp_path)
    _one_load(tmp_path, lake)
    used = sum(file.stat().st_size for file in lake.rglob("*") if file.is_file())
    (disk / "other").write_bytes(b"x" * (2 * MB - used - room))
    code, said = _ingest(lake, path)
    assert code == 1
    assert str(lake) in said
    assert "No space left on device" in said
    # What is decided has its files, and waits for room to become visible.
    assert (numbers(lake), bool(leftovers(lake))) == (list(range(10)), is_decided)
    assert broken(lake) == {}
    _remount(disk, "size=50m")
    assert _ingest(lake, path)[0] == 0
    assert numbers(lake) == list(range(8000))
    assert leftovers(lake) == set()
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
