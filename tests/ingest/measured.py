"""The cost of a command: koppelzicht in a process of its own, and the most memory that it had."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
MB = 1 << 20
DEADLINE = 1800.0

needs_measuring = pytest.mark.skipif(
    sys.platform not in ("linux", "darwin"), reason="nobody says here how much memory a process has had"
)

# Not `getrusage` on Linux, where a process inherits the peak of the one that started it.
_RUN = """
import re, resource, sys
from pathlib import Path
import koppelzicht
code = koppelzicht.run(sys.argv[1:])
if sys.platform == "linux":
    peak = int(re.search(r"VmHWM:\\s+([0-9]+) kB", Path("/proc/self/status").read_text())[1]) / 1024
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
print(f"\\n{peak:.0f}", file=sys.stderr)
sys.exit(code)
"""


@dataclass(frozen=True)
class Run:
    """What a command said, and its most memory in megabytes."""

    code: int
    out: str
    err: str
    peak_mb: int


def run(*arguments: str | Path, standard_input: IO[bytes] | None = None) -> Run:
    """Run one command to its end."""
    done = subprocess.run(
        _command(arguments),
        stdin=standard_input or subprocess.DEVNULL,
        capture_output=True,
        cwd=ROOT,
        check=False,
        timeout=DEADLINE,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    said, _, peak = err.rstrip().rpartition("\n")
    assert peak.isdecimal(), err
    return Run(done.returncode, out, said, int(peak))


def start(*arguments: str | Path) -> subprocess.Popen[bytes]:
    """Begin a command that is fed through its standard input; `finish` waits for it."""
    return subprocess.Popen(
        _command(arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    )


def finish(process: subprocess.Popen[bytes]) -> Run:
    """Wait until a command that was started has come to its end."""
    out, err = process.communicate(timeout=DEADLINE)
    said, _, peak = err.decode().rstrip().rpartition("\n")
    assert peak.isdecimal(), err
    return Run(process.returncode, out.decode(), said, int(peak))


def _command(arguments: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-c", _RUN, *map(str, arguments)]
