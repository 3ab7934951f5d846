"""Which findings somebody has said to know, and until when: a small file for each, beside the tables of the lake.

    lake/acknowledged/26b7b82f87.json      {"finding": "26b7b82f87", "until": "2026-12-31", "note": "...", "seal": "9f2c..."}

What a finding is, this floor does not know: it keeps an id, a day and a note. A file appears whole and is replaced as a whole, and
each finding has a file of its own. So no process waits for another one, and of two that say something about the same finding the
last one is right.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ingest.errors import LakeError
from ingest.lake.durable import make_folder, replace_file, sync_folder
from ingest.lake.seal import UNSEALED, sealed

if TYPE_CHECKING:
    from pathlib import Path

ID: Final = re.compile(r"[0-9a-f]{10}")
"""What the id of a finding looks like; it is the name of a file."""


@dataclass(frozen=True, kw_only=True, order=True)
class Acknowledged:
    """A finding is known until the end of a day, and why nobody needs to be told until then."""

    finding: str
    until: dt.date
    note: str


def acknowledge(lake: Path, said: Acknowledged) -> None:
    """Keep what was said about a finding, in place of what was said before. LakeError when it cannot be written."""
    path = _file(lake, said.finding)
    text = json.dumps({"finding": said.finding, "until": said.until.isoformat(), "note": said.note, "seal": UNSEALED})
    try:
        make_folder(path.parent)
        replace_file(path, sealed(f"{text}\n"))
    except OSError as error:
        raise LakeError(f"{path}: cannot be written: {error.strerror or error}") from error


def withdraw_acknowledged(lake: Path, finding: str) -> bool:
    """Forget what was said about a finding; False if nothing was. LakeError when it cannot be removed."""
    path = _file(lake, finding)
    try:
        path.unlink()
        sync_folder(path.parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise LakeError(f"{path}: cannot be removed: {error.strerror or error}") from error
    return True


def acknowledged(lake: Path) -> tuple[Acknowledged, ...]:
    """All that was said, by finding. LakeError names a file that cannot be read."""
    found = []
    for path in (lake / "acknowledged").glob("[!.]*.json"):
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            found.append(
                Acknowledged(
                    finding=str(said["finding"]), until=dt.date.fromisoformat(said["until"]), note=str(said["note"])
                )
            )
        except FileNotFoundError:  # withdrawn at this moment
            continue
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise LakeError(
                f"{path}: cannot be read, so koppelzicht does not know which finding was acknowledged: {error}; remove the file and"
                " acknowledge it again with 'koppelzicht findings acknowledge'"
            ) from error
    return tuple(sorted(found))


def _file(lake: Path, finding: str) -> Path:
    if not ID.fullmatch(finding):
        raise LakeError(f"{finding!r} is not the id of a finding: expected ten digits and letters from a to f")
    return lake / "acknowledged" / f"{finding}.json"
