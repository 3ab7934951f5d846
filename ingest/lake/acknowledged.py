"""Which findings somebody has said to know, and until when: a small file for each, beside the tables of the lake.

    lake/acknowledged/26b7b82f87.json      {"finding": "26b7b82f87", "until": "2026-12-31", "note": "...", "seal": "9f2c..."}

What a finding is, this floor does not know: it keeps an id, a day and a note (said.py).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ingest.errors import LakeError
from ingest.lake.said import say, unsay

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
    say(_file(lake, said.finding), {"finding": said.finding, "until": said.until.isoformat(), "note": said.note})


def withdraw_acknowledged(lake: Path, finding: str) -> bool:
    """Forget what was said about a finding; False if nothing was. LakeError when it cannot be removed."""
    return unsay(_file(lake, finding))


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
