"""`lake.json`, the file that makes a folder a lake: its format, its random name, and the time zone of its days.

    {"format": 8, "id": "5e1f...", "time_zone": "Europe/Amsterdam"}

The time zone is fixed when the lake is made, because every stored `day` was computed with it. The random name stands in every
commit of the tables: files of another lake that were copied over these are found by it.
"""

from __future__ import annotations

import json
import secrets
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from ingest.errors import RESTORE, LakeError
from ingest.lake.durable import make_folder, write_once

if TYPE_CHECKING:
    from pathlib import Path

FORMAT_VERSION = 8

DEFAULT_TIME_ZONE = "Europe/Amsterdam"


def is_lake(path: Path) -> bool:
    """Whether this folder is a lake."""
    return (path / "lake.json").is_file()


def make_lake_folder(path: Path, *, time_zone: str | None) -> None:
    """Make the folder and its `lake.json` where they are missing. Safe in many processes at once.

    Without a time zone an existing lake keeps its own, and a new one gets Europe/Amsterdam. LakeError when the lake has another
    one, or when the folder cannot be written.
    """
    wanted = time_zone or DEFAULT_TIME_ZONE
    _refuse_path(path)
    try:
        ZoneInfo(wanted)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise LakeError(f"time zone {wanted!r} is not known; expected a name such as Europe/Amsterdam") from error
    try:
        make_folder(path, mode=0o700)  # a user who may enter it may read it, so only its owner may at first
        if not is_lake(path):
            settings = {"format": FORMAT_VERSION, "id": secrets.token_hex(16), "time_zone": wanted}
            write_once(path / "lake.json", json.dumps(settings) + "\n")
    except (FileExistsError, NotADirectoryError) as error:
        raise LakeError(f"{path}: is a file, or below one; expected a folder for the lake") from error
    except OSError as error:
        raise LakeError(f"{path}: the lake cannot be created: {error.strerror or error}") from error
    found = read_time_zone(path)
    if time_zone is not None and found != time_zone:
        raise LakeError(f"{path}: the lake's days are in {found}, not in {time_zone}; this is fixed when it is made")


def read_time_zone(path: Path) -> str:
    """The time zone of the lake's days. LakeError when there is no lake, or another version wrote it."""
    zone = _read(path).get("time_zone")
    if not isinstance(zone, str) or not _is_time_zone(zone):
        raise LakeError(
            f"{path / 'lake.json'}: the lake's time zone is {zone!r}; expected the one with which it was made, "
            f"such as {DEFAULT_TIME_ZONE}: its days are counted by it"
        )
    return zone


def read_id(path: Path) -> str:
    """The random name that the lake got when it was made. LakeError when there is none."""
    found = _read(path).get("id")
    if not isinstance(found, str):
        raise LakeError(f"{path / 'lake.json'}: does not say which lake it is; {RESTORE}")
    return found


def _read(path: Path) -> dict[str, Any]:
    _refuse_path(path)
    try:
        settings = json.loads((path / "lake.json").read_text(encoding="utf-8"))
    except NotADirectoryError:
        raise LakeError(f"{path}: is a file; expected the folder of a lake") from None
    except FileNotFoundError:
        raise LakeError(f"{path}: there is no lake here; 'koppelzicht ingest' creates one") from None
    except (OSError, ValueError) as error:
        raise LakeError(f"{path / 'lake.json'}: cannot be read: {error}; {RESTORE}") from error
    found = settings.get("format") if isinstance(settings, dict) else settings
    if found != FORMAT_VERSION:
        raise LakeError(
            f"{path}: the lake has format {found!r}, this version of koppelzicht reads {FORMAT_VERSION}; "
            "use the version that wrote it, or load the logs into a new lake"
        )
    return dict(settings)


def _refuse_path(path: Path) -> None:
    """LakeError where Delta Lake would look for another path, or for none: it takes %20 for a blank."""
    text = str(path)
    if not text.isprintable() or unquote(text) != text:
        raise LakeError(
            f"{text!r}: a lake cannot have this name: a control character, or % before two digits, means something else "
            "to Delta Lake; choose another one"
        )


@cache
def _is_time_zone(name: str) -> bool:
    # Listing all of them takes as long as opening the tables, and every command asks.
    return name == DEFAULT_TIME_ZONE or name in available_timezones()
