"""Which streams have ended, as the operator declares: a small file for each, beside the tables of the lake.

    lake/stream_ends/6f0c8a41d3b2957e.json      {"stream": "gateway", "ended_on": "2026-10-31", "seal": "9f2c..."}

Nothing in the logs tells a server that was switched off from one whose logs are no longer loaded. So the operator declares it, and
readers take what is declared at that moment. A file appears whole and is replaced as a whole, and each stream has a file of its
own. So no process waits for another one, and of two that declare something about the same stream the last one is right.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.errors import LakeError
from ingest.lake.durable import make_folder, replace_file, sync_folder
from ingest.lake.seal import UNSEALED, sealed

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, order=True)
class StreamEnd:
    """A stream's last day. From the next day on its silence is no gap, unless calls come after it."""

    stream: str
    ended_on: dt.date


def declare_stream_end(lake: Path, end: StreamEnd) -> None:
    """Declare that a stream has ended, which replaces an earlier declaration. LakeError when it cannot be written."""
    path = _file(lake, end.stream)
    text = json.dumps({"stream": end.stream, "ended_on": end.ended_on.isoformat(), "seal": UNSEALED})
    try:
        make_folder(path.parent)
        replace_file(path, sealed(f"{text}\n"))
    except OSError as error:
        raise LakeError(f"{path}: cannot be written: {error.strerror or error}") from error


def withdraw_stream_end(lake: Path, stream: str) -> bool:
    """Withdraw the declaration; False where there is none. LakeError when it cannot be removed."""
    path = _file(lake, stream)
    try:
        path.unlink()
        sync_folder(path.parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise LakeError(f"{path}: cannot be removed: {error.strerror or error}") from error
    return True


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
