"""Small files beside the tables, each with something that the operator has said: written whole, replaced whole, and withdrawn.

Each thing that is said has a file of its own. So no process waits for another one, and of two that say something about the same thing the
last one is right.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ingest.errors import LakeError
from ingest.lake.durable import make_folder, replace_file, sync_folder
from ingest.lake.seal import UNSEALED, sealed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def say(path: Path, what: Mapping[str, str]) -> None:
    """Keep what is said, in place of what was said before. LakeError when it cannot be written."""
    text = json.dumps({**what, "seal": UNSEALED})
    try:
        make_folder(path.parent)
        replace_file(path, sealed(f"{text}\n"))
    except OSError as error:
        raise LakeError(f"{path}: cannot be written: {error.strerror or error}") from error


def unsay(path: Path) -> bool:
    """Withdraw what was said; False where nothing was. LakeError when it cannot be removed."""
    try:
        path.unlink()
        sync_folder(path.parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise LakeError(f"{path}: cannot be removed: {error.strerror or error}") from error
    return True
