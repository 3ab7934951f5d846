"""Which streams have ended, as the operator declares: a small file for each, beside the tables of the lake.

    lake/stream_ends/6f0c8a41d3b2957e.json      {"stream": "gateway", "ended_on": "2026-10-31", "seal": "9f2c..."}

Nothing in the logs tells a server that was switched off from one whose logs are no longer loaded. So the operator declares it, and
readers take what is declared at that moment (said.py).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.errors import LakeError
from ingest.lake.said import say, unsay

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, order=True)
class StreamEnd:
    """A stream's last day. From the next day on its silence is no gap, unless calls come after it."""

    stream: str
    ended_on: dt.date


def declare_stream_end(lake: Path, end: StreamEnd) -> None:
    """Declare that a stream has ended, which replaces an earlier declaration. LakeError when it cannot be written."""
    say(_file(lake, end.stream), {"stream": end.stream, "ended_on": end.ended_on.isoformat()})


def withdraw_stream_end(lake: Path, stream: str) -> bool:
    """Withdraw the declaration; False where there is none. LakeError when it cannot be removed."""
    return unsay(_file(lake, stream))


def stream_ends(lake: Path) -> tuple[StreamEnd, ...]:
    """All declarations, sorted by stream. LakeError names a file that cannot be read."""
    ends = []
    for path in (lake / "stream_ends").glob("[!.]*.json"):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            ends.append(StreamEnd(stream=str(said["stream"]), ended_on=dt.date.fromisoformat(said["ended_on"])))
        except FileNotFoundError:  # withdrawn at this moment
            continue
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LakeError(
                f"{path}: cannot be read, so koppelzicht does not know when a stream ended: {error}; remove the file and declare the end"
                " again with 'koppelzicht streams end'"
            ) from error
    return tuple(sorted(ends))


def _file(lake: Path, stream: str) -> Path:
    # A stream may have any name, a file may not.
    return lake / "stream_ends" / f"{hashlib.sha256(stream.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}.json"
