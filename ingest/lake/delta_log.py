"""The log of a Delta table as this lake writes it: entries, checkpoints, and the removal of old ones.

    calls/_delta_log/00000000000000000007.json                   what the commit adds, removes and reaches
                     00000000000000000100.checkpoint.parquet     the table as it was after commit 100
                     _last_checkpoint                            which checkpoint is the last, and their hashes

`deltalake` reads all of this and could write it, too. The lake writes it itself, because `deltalake` does not sync what it writes:
after a power cut an entry could be empty, and a table with an empty entry or checkpoint cannot be read at all. Here an entry gets its
name only when its content is on the disk, and a checkpoint only when it has been read back and says the same as the table. Old entries
are removed only where such a checkpoint stands in their place. Each entry carries its own hash, and `_last_checkpoint` carries those
of the checkpoints, so that a changed one is noticed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
import secrets
import shutil
import time
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
from deltalake import DeltaTable

from ingest.lake.durable import replace_file, sha256_of, sync_file, sync_folder, write_once
from ingest.lake.seal import UNSEALED, breach, sealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ingest.lake.data_file import DataFile, NewFile, StagedFile

KEPT_AGE = dt.timedelta(days=30)
"""Younger entries stay although a checkpoint stands in their place: reading a table as it was needs them, and so do leftovers."""

_ENTRY = re.compile(r"(\d{20})\.(json|checkpoint\.parquet)")
_LAST = "_last_checkpoint"
_IS_OURS = re.compile(rb'"seal"|"lake:')
"""Two marks of an entry that this lake has written: one flipped bit must not make it look like one of another engine."""


def create(folder: Path, schema: pa.Schema) -> None:
    """Make an empty table unless there is one. It appears complete or not at all. OSError when it cannot be written."""
    folder.mkdir(exist_ok=True)
    with _aside(folder.parent) as aside:
        DeltaTable.create(aside.resolve().as_uri(), schema)
        log = aside / "_delta_log"
        for path in _entries(log):
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


def is_table(folder: Path) -> bool:
    """Whether a folder holds a table."""
    log = folder / "_delta_log"
    return log.is_dir() and any(_ENTRY.fullmatch(path.name) for path in log.iterdir())


def append(
    folder: Path,
    version: int,
    *,
    gone: Sequence[DataFile],
    new: Sequence[NewFile | StagedFile],
    is_change: bool,
    reaches: Mapping[str, int],
) -> bool:
    """Write the table's commit of that version. Returns False where another process was faster, and wrote it first.

    The commit removes the data files in `gone` and adds those in `new`, which are on the disk. Without `is_change` the rows stay the
    same. `reaches` are the versions of application transactions. OSError when it cannot be written.
    """
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
    return write_once(folder / "_delta_log" / f"{version:020}.json", sealed(_text(actions)))


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
        return (folder / "_delta_log" / f"{version:020}.json").stat().st_size == 0
    except FileNotFoundError:  # a checkpoint stands in its place
        return False


Identity: TypeAlias = tuple[int, int, int, int]
"""Which file it is, and that nobody has written to it since: device, number, size and moment."""


def last_commit(folder: Path, version: int) -> Identity | None:
    """The file of the commit of that version, as long as it is the last one. None where another follows, or it is gone."""
    log = folder / "_delta_log"
    try:
        found = (log / f"{version:020}.json").stat()
    except OSError:
        return None
    if (log / f"{version + 1:020}.json").exists():
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def has_transaction_after(folder: Path, version: int, prefix: str) -> bool:
    """Whether a commit after that version carries an application whose name begins with `prefix`."""
    from pyarrow.parquet import read_table

    for path in _entries(folder / "_delta_log"):
        if _version(path) <= version:
            continue
        if path.suffix == ".json":
            actions = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            names = [action["txn"]["appId"] for action in actions if "txn" in action]
        else:
            names = [txn["appId"] for txn in read_table(path, columns=["txn"])["txn"].to_pylist() if txn]
        if any(name.startswith(prefix) for name in names):
            return True
    return False


def copy(folder: Path, target: Path, table: DeltaTable) -> None:
    """Copy the log of a table, as it was read, into another folder. OSError when that is not possible."""
    log, copied = folder / "_delta_log", target / "_delta_log"
    copied.mkdir()
    last = last_checkpoint(folder)
    for path in [*_entries(log), log / _LAST]:
        if path.name != _LAST and _version(path) > table.version():
            continue
        if path.name == _LAST and last > table.version():
            continue  # it was written meanwhile; without it checkpoints are found by their names
        with contextlib.suppress(FileNotFoundError):  # there was none, or a checkpoint stands in its place by now
            shutil.copy2(path, copied / path.name)
            sync_file(copied / path.name)
    sync_folder(copied)


# -- checkpoints


def last_checkpoint(folder: Path) -> int:
    """The version of the last checkpoint that was read back after it was written; 0 where there is none."""
    return _last(folder)[0]


def write_checkpoint(folder: Path, table: DeltaTable) -> None:
    """Write a checkpoint of the table, as it was read. OSError when it cannot be written: then nothing has changed.

    It is written in another folder and read back there, without the entries. Only if it says the same as the table, it gets its name.
    """
    version, log = table.version(), folder / "_delta_log"
    name = _checkpoint(log, version).name
    with _aside(folder.parent) as aside:
        copy, uri = aside / "_delta_log", aside.resolve().as_uri()
        copy.mkdir()
        if (log / name).exists():  # another process has written it, and perhaps not read it back
            shutil.copyfile(log / name, copy / name)
        else:
            since = last_checkpoint(folder)
            for path in _entries(log):
                if since <= _version(path) <= version:
                    shutil.copyfile(path, copy / path.name)
            DeltaTable(uri, version=version).create_checkpoint()
        for path in copy.iterdir():
            if path.name != name:
                path.unlink()
        if _said_by(DeltaTable(uri)) != _said_by(table):
            raise OSError(f"{log / name}: differs from the table when it is read back")
        size, sha256 = sync_file(copy / name), sha256_of(copy / name)
        with contextlib.suppress(FileExistsError):
            os.link(copy / name, log / name)
    if sha256_of(log / name) != sha256:
        return  # another process was faster, with the rows in another order; that process writes _last_checkpoint
    sync_folder(log)
    hashes = {str(before): found for before, found in _last(folder)[1].items() if _checkpoint(log, before).exists()}
    about = {
        "version": version,
        "size": _rows(log / name),
        "sizeInBytes": size,
        "tags": {**hashes, str(version): sha256},
        "seal": UNSEALED,
    }
    replace_file(log / _LAST, sealed(json.dumps(about)))


def damages(folder: Path) -> Iterator[tuple[Path, str, bool]]:
    """The damaged files of a table's log, what is wrong with each, and whether the other files say all that it said."""
    log = folder / "_delta_log"
    broken = dict(_broken(log)) | dict(_broken_checkpoints(folder))
    sound = [path for path in _entries(log) if path not in broken]
    checkpoints = [_version(path) for path in sound if path.suffix == ".parquet"]
    begin = max(checkpoints, default=-1) + 1
    there = {_version(path) for path in sound if path.suffix == ".json"}
    end = max((_version(path) for path in _entries(log)), default=-1)
    gaps = [log / f"{version:020}.json" for version in range(begin, end + 1) if version not in there]
    for path in gaps:
        # The last commit of a table that follows the ledger is written again when the table is rolled forward.
        is_last = _version(path) == end and folder.name != "loads" and len(gaps) == 1
        yield path, broken.pop(path, "is missing"), is_last
    for path, wrong in sorted(broken.items()):
        yield path, wrong, not gaps or gaps == [log / f"{end:020}.json"]
    if (changed := _breach_of_last(log)) is not None:
        yield log / _LAST, changed, True


def mend(folder: Path) -> list[Path]:
    """Remove the damaged files of a table's log whose content the others have, too. Returns these files."""
    mended = [path for path, _, can_be_mended in damages(folder) if can_be_mended]
    for path in mended:
        (folder / "_delta_log" / _LAST).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    sync_folder(folder / "_delta_log")
    return mended


def _broken(log: Path) -> Iterator[tuple[Path, str]]:
    for path in _entries(log):
        if path.suffix == ".json":
            try:
                found = path.read_bytes()
                for line in found.splitlines():
                    json.loads(line)
                if not found:
                    yield path, "is empty"
                # Another engine may have written an entry without a hash; but none of them has created these tables.
                elif (changed := breach(found)) and (_version(path) == 0 or _IS_OURS.search(found)):
                    yield path, changed
            except (OSError, ValueError) as error:
                yield path, f"cannot be read: {error}"


def _broken_checkpoints(folder: Path) -> Iterator[tuple[Path, str]]:
    from pyarrow.parquet import ParquetFile

    log = folder / "_delta_log"
    last, hashes = _last(folder)
    for path in _entries(log):
        if path.suffix != ".parquet":
            continue
        try:
            with ParquetFile(path) as parquet:
                parquet.read()
            if sha256_of(path) != hashes.get(_version(path), sha256_of(path)):
                yield path, "has changed since it was written, its hash is another one"
        except (pa.ArrowException, OSError, ValueError) as error:
            yield path, f"cannot be read: {error}"
    if last and not (path := _checkpoint(log, last)).exists():
        yield path, "is missing"


def expire(folder: Path, *, before: dt.datetime) -> int:
    """Remove the entries from before that moment for which a checkpoint stands. Returns how many.

    A checkpoint that has changed since it was read back stands for nothing. OSError when the entries cannot be removed.
    """
    log = folder / "_delta_log"
    last, hashes = _last(folder)
    old = [path for path in _entries(log) if _version(path) < last and path.stat().st_mtime < before.timestamp()]
    if old and sha256_of(_checkpoint(log, last)) == hashes[last]:
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)
    return 0


def _last(folder: Path) -> tuple[int, Mapping[int, str]]:
    """The version of the last checkpoint that this lake has written, and the hashes of all of them; 0 where there is none."""
    try:
        content = (folder / "_delta_log" / _LAST).read_bytes()
        if breach(content) is None:
            about = json.loads(content)
            hashes = {int(version): str(sha256) for version, sha256 in about["tags"].items()}
            return int(about["version"]), hashes
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ):  # another engine wrote it, and did not read it back
        pass
    return 0, {}


def _breach_of_last(log: Path) -> str | None:
    try:
        content = (log / _LAST).read_bytes()
        return breach(content) if b'"seal"' in content or b'"tags"' in content else None
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"


def _checkpoint(log: Path, version: int) -> Path:
    return log / f"{version:020}.checkpoint.parquet"


def _said_by(table: DeltaTable) -> tuple[object, ...]:
    """All that matters about a table: its files with their bounds, its columns, and its application transactions."""
    files = pa.table(table.get_add_actions(flatten=False))
    return (
        table.version(),
        table.metadata().id,
        table.schema().to_json(),
        tuple(table.transaction_version(name) for name in ("ledger", "rewrites")),
        sorted(files.to_pylist(), key=lambda file: str(file["path"])),
    )


def _entries(log: Path) -> Iterable[Path]:
    if not log.is_dir():
        return []
    return sorted(path for path in log.iterdir() if _ENTRY.fullmatch(path.name))


def _version(path: Path) -> int:
    return int(path.name.partition(".")[0])


def _rows(checkpoint: Path) -> int:
    from pyarrow.parquet import read_metadata

    rows: int = read_metadata(checkpoint).num_rows
    return rows


@contextlib.contextmanager
def _aside(lake: Path) -> Iterator[Path]:
    """A folder beside the tables, on the same disk. It is removed in the end; after a crash it is a leftover."""
    folder = lake / f".{secrets.token_hex(8)}.tmp"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
