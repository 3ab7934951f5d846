"""The damaged files of a table's log, and which of them the other files can do without."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.lake.checkpoints import written_checkpoints
from ingest.lake.durable import sha256_of, sync_folder
from ingest.lake.log_files import LAST, checkpoint_of, commit_of, entries, version_of
from ingest.lake.seal import breach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_IS_OURS = re.compile(rb'"seal"|"lake:')
"""Two marks of an entry that this lake has written: one flipped bit must not make it look like one of another engine."""


def damages(folder: Path) -> Iterator[tuple[Path, str, bool]]:
    """The damaged files of a table's log, the fault of each, and whether the other files make up for it."""
    log = folder / "_delta_log"
    last, hashes = written_checkpoints(folder)
    found = entries(log)  # once: what others remove meanwhile is older than a checkpoint that is found
    broken = {path: wrong for path in found if (wrong := _wrong_with(path, hashes))}
    if last and not (path := checkpoint_of(folder, last)).exists():
        broken[path] = "is missing"
    sound = [path for path in found if path not in broken]
    checkpoints = [version_of(path) for path in sound if path.suffix == ".parquet"]
    begin = max(checkpoints, default=-1) + 1
    there = {version_of(path) for path in sound if path.suffix == ".json"}
    end = max((version_of(path) for path in found), default=-1)
    gaps = [commit_of(folder, version) for version in range(begin, end + 1) if version not in there]
    for path in gaps:
        # The last commit of a table that follows the ledger is written again when the table is rolled forward.
        is_last = version_of(path) == end and folder.name != "loads" and len(gaps) == 1
        yield path, broken.pop(path, "is missing"), is_last
    for path, wrong in sorted(broken.items()):
        yield path, wrong, not gaps or gaps == [commit_of(folder, end)]
    if (changed := _breach_of_last(log)) is not None:
        yield log / LAST, changed, True


def mend(folder: Path) -> list[Path]:
    """Remove the damaged files of a table's log whose content the others have, too. Returns these files."""
    mended = [path for path, _, can_be_mended in damages(folder) if can_be_mended]
    for path in mended:
        (folder / "_delta_log" / LAST).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    sync_folder(folder / "_delta_log")
    return mended


def _wrong_with(path: Path, hashes: Mapping[int, str]) -> str | None:
    """The fault of a commit or checkpoint. None if it is unchanged, or was removed because of its age."""
    try:
        return _breach_of_commit(path) if path.suffix == ".json" else _breach_of_checkpoint(path, hashes)
    except FileNotFoundError:
        return None
    except (pa.ArrowException, OSError, ValueError) as error:
        return f"cannot be read: {error}"


def _breach_of_commit(path: Path) -> str | None:
    content = path.read_bytes()
    for line in content.splitlines():
        json.loads(line)
    if not content:
        return "is empty"
    # Another engine may have written an entry without a hash; but none of them has created these tables.
    if (changed := breach(content)) and (version_of(path) == 0 or _IS_OURS.search(content)):
        return changed
    return None


def _breach_of_checkpoint(path: Path, hashes: Mapping[int, str]) -> str | None:
    from pyarrow.parquet import ParquetFile

    with ParquetFile(path) as parquet:
        parquet.read()
    if sha256_of(path) != hashes.get(version_of(path), sha256_of(path)):
        return "has changed since it was written, its hash is another one"
    return None


def _breach_of_last(log: Path) -> str | None:
    try:
        content = (log / LAST).read_bytes()
        return breach(content) if b'"seal"' in content or b'"tags"' in content else None
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
