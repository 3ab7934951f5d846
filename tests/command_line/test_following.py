"""follow: a line for each load, until somebody stops it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
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
    assert "is no folder; follow watches folders" in errors
