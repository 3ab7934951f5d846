"""The process as a whole: help, version, signals, pipes, and closed streams."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.command_line.given import INSERT, ROOT

if TYPE_CHECKING:
    from tests.command_line.given import Run

MAKE_LAKE = "import pathlib, sys, ingest; ingest.Lake(pathlib.Path(sys.argv[1])).create()"
COMMANDS = [
    "ingest",
    "follow",
    "unload",
    "inspect",
    "status",
    "rejects",
    "verify",
    "maintain",
    "registry load",
    "registry missing",
    "registry versions",
    "metric",
    "sql",
    "customers",
    "branches",
    "check",
    "certification",
    "impact",
    "practices",
    "report partner",
    "report month",
    "dashboard",
    "demo",
]


def test_debug_shows_the_traceback_wherever_it_stands(run: Run) -> None:
    assert "Traceback" in run("--debug", "status")[2]
    assert "Traceback" in run("status", "--debug")[2]


def test_a_command_does_without_pandas(tmp_path: Path) -> None:
    """Arrow would import it, for a quarter of a second and nothing."""
    logs, lake = str(ROOT / "sample_logs" / "csv" / "calls-2026-10-12.csv"), str(tmp_path / "lake")
    program = (
        "import sys, koppelzicht\n"
        f"for command in (['ingest', {logs!r}], ['metric', 'calls_per_day', '--json'], ['status'], ['verify']):\n"
        f"    sys.argv = ['koppelzicht', *command, '--lake', {lake!r}]\n"
        "    try:\n"
        "        koppelzicht.main()\n"
        "    except SystemExit as done:\n"
        "        assert done.code == 0, command\n"
        "assert 'pyarrow' in sys.modules and 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, capture_output=True)


def test_help_needs_nothing_heavy() -> None:
    """So it is there at once, for every command."""
    program = (
        "import sys, koppelzicht\n"
        f"for command in {COMMANDS}:\n"
        "    assert koppelzicht.run([*command.split(), '--help']) == 0\n"
        "heavy = {'polars', 'duckdb', 'deltalake', 'streamlit', 'pyarrow', 'pandas', 'altair'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [command for command in COMMANDS if f"Usage: koppelzicht {command} " not in done.stdout] == []


def test_the_version_is_that_of_the_distribution(run: Run) -> None:
    assert run("--version") == (0, f"koppelzicht {metadata.version('koppelzicht')}\n", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run: Run, command: str) -> None:
    code, out, _ = run(*command.split(), "--help")
    assert code == 0
    assert "--lake" in out or command == "inspect"
    assert command.split(maxsplit=1)[0] in run("--help")[1]
    assert "<list" not in out
    assert "<=x" not in out
    assert "x>=" not in out


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_a_load_cleanly(tmp_path: Path, number: int, code: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "koppelzicht", "ingest", "-", "--lake", tmp_path / "lake"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        # The load is under way once it has taken more than a pipe holds.
        process.stdin.write(f"{INSERT}\n" * 2000)
        process.stdin.flush()
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == code, err
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_reader_who_has_seen_enough_is_no_error(loaded: Path, tmp_path: Path) -> None:
    many = "select range as number from range(200000)"
    command = f'"{sys.executable}" -m koppelzicht sql "{many}" --lake "{tmp_path}/lake" --format csv | head -1'
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "number\n", "")


@pytest.mark.skipif(os.name == "nt", reason="POSIX shells")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("sql <&-", "standard input is closed, so there is nothing to read"),
        ("ingest - <&-", "standard input is closed, so there is nothing to read"),
        ("--version >&-", ""),
        ("--version > /dev/full", "No space left on device"),
    ],
)
def test_streams_that_are_closed_or_full(tmp_path: Path, command: str, said: str) -> None:
    program = f'"{sys.executable}" -m koppelzicht {command}'
    environment = os.environ | {"PYTHONPATH": str(ROOT), "KOPPELZICHT_LAKE": str(tmp_path / "lake")}
    done = subprocess.run(
        ["bash", "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "should not" not in done.stderr
    assert (done.returncode == 0) == (said == "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_csv_is_harmless_in_a_terminal_and_exact_elsewhere(tmp_path: Path) -> None:
    import pty

    query = "select 'a' || chr(27) || ']0;x' || chr(7) || chr(8238) || chr(10) || chr(155) as \"k\x1b[31m\""
    command = [sys.executable, "-m", "koppelzicht", "sql", query, "--format", "csv", "--lake", str(tmp_path / "lake")]
    subprocess.run([sys.executable, "-c", MAKE_LAKE, str(tmp_path / "lake")], cwd=ROOT, check=True)
    piped = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    assert piped.decode() == 'k\x1b[31m\n"a\x1b]0;x\x07\u202e\n\x9b"\n'
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "rb", buffering=0) as screen:
        subprocess.run(command, cwd=ROOT, stdout=theirs, check=True)
        os.close(theirs)
        shown = screen.read(4096).decode()
    assert shown == "k\\x1b[31m\r\na\\x1b]0;x\\x07\\u202e\\n\\x9b\r\n"
