"""follow: a line for each load, until somebody stops it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.command_line.given import INSERT, ROOT

if TYPE_CHECKING:
    from tests.command_line.given import Run


def _waits_for_changes(process: subprocess.Popen[str]) -> bool:
    """Whether it has asked the system to tell of changes and sleeps; only Linux shows that."""
    shown = Path(f"/proc/{process.pid}")
    if not shown.is_dir():
        return True
    has_asked = any("inotify" in str(file.resolve()) for file in (shown / "fd").iterdir())
    states = ((shown / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] for _ in range(1000))
    return has_asked and all(state == "S" for state in states)


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(("number", "code", "as_json"), [(signal.SIGINT, 130, False), (signal.SIGTERM, 143, True)])
def test_each_load_is_a_line_and_a_signal_ends_it_cleanly(
    tmp_path: Path, number: int, code: int, *, as_json: bool
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "access.log").write_text(INSERT + "\n{\n", encoding="utf-8")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "koppelzicht",
        "follow",
        logs,
        "--lake",
        tmp_path / "lake",
        "--every",
        "600",
    ]
    with subprocess.Popen(
        [*command, *(["--json"] if as_json else [])],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        while not _waits_for_changes(process):  # then a library gets the signal, not Python
            assert process.poll() is None
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert "Traceback" not in errors
    if as_json:
        load = json.loads(line)
        assert list(load)[:3] == ["at", "source", "stream"]
        assert (load["status"], load["lines"], load["calls"], load["rejects"]) == ("loaded", 2, 1, 1)
    else:
        assert re.fullmatch(r"\S+Z loaded \S+access\.log: 2 lines: 1 call, 1 reject\n", line)


def test_only_folders_are_followed(run: Run, tmp_path: Path) -> None:
    (tmp_path / "access.log").write_bytes(b"")
    code, out, errors = run("follow", str(tmp_path / "access.log"), "--lake", str(tmp_path / "lake"))
    assert (code, out) == (1, "")
    assert "is not a folder; 'koppelzicht follow' watches folders" in errors


def _command(logs: Path, lake: Path, *more: str) -> list[str | Path]:
    return [sys.executable, "-m", "koppelzicht", "follow", logs, "--lake", lake, "--every", "1", *more]


@pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux changes another process's limits, and has names that are no UTF-8"
)
def test_at_a_quota_it_waits_until_there_is_room_and_reads_files_of_any_name(run: Run, tmp_path: Path) -> None:
    import resource

    logs, lake = tmp_path / "logs", tmp_path / "lake"
    logs.mkdir()
    with subprocess.Popen(
        _command(logs, lake, "--json"), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for number, name in enumerate((b"a.log", b"caf\xe9.log", b"caf\xe9.log")):
            with Path(os.fsdecode(os.fsencode(logs) + b"/" + name)).open("a", encoding="utf-8") as file:
                file.write(INSERT.replace("KnSubject", f"KnSubject{number}") + "\n")
            load = json.loads(process.stdout.readline())
            assert (load["status"], load["calls"]) == ("loaded", 1)
        assert load["source"].endswith("/logs/caf\\xe9.log")
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (2000, hard))
        (logs / "b.log").write_text(INSERT.replace("KnSubject", "KnSubject9") + "\n", encoding="utf-8")
        said = next(line for line in process.stderr if "File too large" in line)
        assert "nothing new is loaded until this is over, koppelzicht keeps trying" in said
        [follower] = json.loads(run("status", "--lake", str(lake), "--json")[1])["followers"]
        assert (follower["state"], "File too large" in follower["waiting_for"]) == ("waiting", True)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard, hard))
        load = json.loads(process.stdout.readline())
        assert (load["source"], load["calls"]) == (str(logs / "b.log"), 1)
        process.terminate()
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in errors) == (143, False)
    assert json.loads(run("status", "--lake", str(lake), "--json")[1])["followers"] == []
    assert json.loads(run("verify", "--lake", str(lake), "--json")[1])["ok"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a place that is always full")
def test_where_nobody_can_be_told_it_goes_on(run: Run, tmp_path: Path) -> None:
    logs, lake = tmp_path / "logs", tmp_path / "lake"
    logs.mkdir()
    (logs / "a.log").write_text(INSERT + "\n", encoding="utf-8")
    with (
        Path("/dev/full").open("w", encoding="utf-8") as full,
        subprocess.Popen(_command(logs, lake), cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True) as process,
    ):
        _until_calls(run, lake, 1)
        (logs / "b.log").write_text(INSERT.replace("KnSubject", "KnSubject9") + "\n", encoding="utf-8")
        _until_calls(run, lake, 2)
        process.terminate()
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in errors) == (143, False)


def _until_calls(run: Run, lake: Path, calls: int) -> None:
    """Ask until the lake has this number of calls."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        code, out, _ = run("status", "--lake", str(lake), "--json")
        if code == 0 and json.loads(out)["calls"] == calls:
            return
    pytest.fail(f"{calls} calls were not loaded")
