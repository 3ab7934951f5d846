"""The log of a Delta table as this lake writes it. `ingest.lake.log_files` names its files.

`deltalake` reads all of this and could write it, too. The lake writes it itself, because `deltalake` does not sync what it writes:
after a power cut an entry could be empty, and a table with an empty entry or checkpoint cannot be read at all. Here an entry gets its
name only when its content is on the disk, and a checkpoint only when it has been read back and says the same as the table. Old entries
are removed only where such a checkpoint stands in their place. Each entry carries its own hash, and `_last_checkpoint` carries those
of the checkpoints, so that a changed one is noticed.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from typing import TYPE_CHECKING, Any, TypeAlias

from deltalake import DeltaTable

from ingest.lake.checkpoints import last_checkpoint
from ingest.lake.durable import sync_file, sync_folder, write_once
from ingest.lake.log_files import LAST, aside, checkpoint_of, commit_of, entries, is_table, version_of
from ingest.lake.seal import UNSEALED, sealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from ingest.lake.data_file import DataFile, NewFile, StagedFile


def create(folder: Path, schema: pa.Schema) -> None:
    """Make an empty table unless there is one. It appears complete or not at all. OSError when it cannot be written."""
    folder.mkdir(exist_ok=True)
    with aside(folder.parent) as place:
        DeltaTable.create(place.resolve().as_uri(), schema)
        log = place / "_delta_log"
        for path in entries(log):
            _seal(path)
        for path in log.iterdir():
            sync_file(path)
        sync_folder(log)
        try:
            log.rename(folder / "_delta_log")
        except OSError:
            if not is_table(folder):
                raise
    sync_folder(folder)
    sync_folder(folder.parent)  # the next table is made only after the name of this one is on the disk


def append(
    folder: Path,
    version: int,
    *,
    gone: Sequence[DataFile],
    new: Sequence[NewFile | StagedFile],
    is_change: bool,
    reaches: Mapping[str, int],
) -> bool:
    """Write the table's commit of that version. Returns False where the table is further already, so that it has to be read again.

    Each version is written once: the name is taken by the first process. But the log of a table that is followed is shortened, and a
    process may be slow (it loads a large file, or its machine sleeps). Then the name of an old commit is free again, and a commit
    under it would never be seen. Commits are removed in their order. So as long as the commit before is there, this one was not
    removed. That is looked up before, so that such a commit is not written, and afterwards, so that nobody relies on it.

    The commit removes the data files in `gone` and adds those in `new`, which are on the disk. Without `is_change` the rows stay the
    same. `reaches` are the versions of application transactions. OSError when it cannot be written.
    """
    if not ends_with(folder, version - 1):
        return False
    now_ms = time.time_ns() // 1_000_000
    actions: list[dict[str, Any]] = [
        {
            "commitInfo": {
                "timestamp": now_ms,
                "operation": "WRITE",
                "operationParameters": {"mode": "Append"},
                "seal": UNSEALED,
            }
        }
    ]
    actions += [{"txn": {"appId": name, "version": reached}} for name, reached in reaches.items()]
    actions += [
        {
            "remove": {
                "path": file.path.name,
                "deletionTimestamp": now_ms,
                "dataChange": is_change,
                "extendedFileMetadata": True,
                "partitionValues": {},
                "size": file.size,
            }
        }
        for file in gone
    ]
    actions += [
        {
            "add": {
                "path": file.name,
                "partitionValues": {},
                "size": file.size,
                "modificationTime": file.modified_at_ms,
                "dataChange": is_change,
                "stats": file.stats,
            }
        }
        for file in new
    ]
    is_first = write_once(commit_of(folder, version), sealed(_text(actions)))
    if is_first and not _holds(folder, version - 1):
        raise OSError("the table's log was shortened meanwhile, so the commit may be too late")
    return is_first


def _text(actions: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(action, separators=(",", ":")) + "\n" for action in actions)


def _seal(entry: Path) -> None:
    """Add its hash to an entry that Delta has written."""
    actions = [json.loads(line) for line in entry.read_text(encoding="utf-8").splitlines()]
    about = next((action["commitInfo"] for action in actions if "commitInfo" in action), None)
    if about is None:
        actions.insert(0, {"commitInfo": (about := {})})
    about["seal"] = UNSEALED
    entry.write_text(sealed(_text(actions)), encoding="utf-8")


def ends_empty(folder: Path, version: int) -> bool:
    """Whether the entry of that version is empty: Delta takes an empty entry for a commit without changes."""
    try:
        return commit_of(folder, version).stat().st_size == 0
    except FileNotFoundError:  # a checkpoint stands in its place
        return False


def ends_with(folder: Path, version: int) -> bool:
    """Whether no commit has ever followed the one of that version."""
    # In this order: if the next one has come and gone, this one has gone before it.
    return not commit_of(folder, version + 1).exists() and _holds(folder, version)


def _holds(folder: Path, version: int) -> bool:
    # A commit that was damaged is removed when a checkpoint says the same.
    return commit_of(folder, version).exists() or checkpoint_of(folder, version).exists()


Identity: TypeAlias = tuple[int, int, int, int]
"""The identity of a file, and the sign that it was not written since: device, number, size and time."""


def last_commit(folder: Path, version: int) -> Identity | None:
    """The file of the commit of that version, as long as it is the last one. None where another follows, or it is gone."""
    try:
        found = commit_of(folder, version).stat()
    except OSError:
        return None
    if commit_of(folder, version + 1).exists():
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def has_transaction_after(folder: Path, version: int, prefix: str) -> bool:
    """Whether an application whose name begins with `prefix`, and that counts the table's versions, has committed after that one."""
    after = (path for path in entries(folder / "_delta_log") if version_of(path) > version)
    return any(name.startswith(prefix) and reached > version for path in after for name, reached in _transactions(path))


def _transactions(path: Path) -> Iterator[tuple[str, int]]:
    """The applications that a commit or a checkpoint names, with their versions."""
    from pyarrow.parquet import read_table

    with contextlib.suppress(FileNotFoundError):  # a checkpoint stands in its place
        if path.suffix == ".json":
            actions = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            found = [action.get("txn") for action in actions]
        else:
            found = read_table(path, columns=["txn"])["txn"].to_pylist()
        yield from ((txn["appId"], txn["version"]) for txn in found if txn)


def copy(folder: Path, target: Path, table: DeltaTable) -> None:
    """Copy the log of a table, as it was read, into another folder. OSError when that is not possible."""
    log, copied = folder / "_delta_log", target / "_delta_log"
    copied.mkdir()
    last = last_checkpoint(folder)
    for path in [*entries(log), log / LAST]:
        if path.name != LAST and version_of(path) > table.version():
            continue
        if path.name == LAST and last > table.version():
            continue  # it was written meanwhile; without it checkpoints are found by their names
        with contextlib.suppress(FileNotFoundError):  # there was none, or a checkpoint stands in its place by now
            shutil.copy2(path, copied / path.name)
            sync_file(copied / path.name)
    sync_folder(copied)
