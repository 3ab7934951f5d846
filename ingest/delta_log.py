"""The log of a Delta table as this lake writes it: entries, checkpoints, and what of it is no longer needed.

    calls/_delta_log/00000000000000000007.json                   what the commit adds, removes and reaches
                     00000000000000000100.checkpoint.parquet     where the table stood then
                     _last_checkpoint                            which of them is the last, and its hash

`deltalake` reads all of this. It would write it, too, but without bringing it to the disk: after a power cut an entry could be
empty, and a table with an empty entry or checkpoint cannot be read at all. So an entry gets its name when it is on the disk,
and a checkpoint when it has been read back besides. Only what such a checkpoint says is ever removed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import secrets
import shutil
import time
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from deltalake import DeltaTable

from ingest.durable import sync_file, sync_folder, write_anew, write_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ingest.data_file import DataFile, NewFile
    from ingest.ledger import StagedFile

KEPT_AGE = dt.timedelta(days=30)
"""Younger entries stay though a checkpoint says the same: who reads a table as it was, or what it has removed, needs them."""

_ENTRY = re.compile(r"(\d{20})\.(json|checkpoint\.parquet)")
_LAST = "_last_checkpoint"


def create(folder: Path, schema: pa.Schema) -> None:
    """Make a table without rows, unless there is one: it is there whole or not at all. OSError when it cannot be written."""
    folder.mkdir(exist_ok=True)
    with _aside(folder.parent) as aside:
        DeltaTable.create(aside.resolve().as_uri(), schema)
        log = aside / "_delta_log"
        for path in log.iterdir():
            sync_file(path)
        sync_folder(log)
        try:
            log.rename(folder / "_delta_log")
        except OSError:
            if not is_table(folder):
                raise
    sync_folder(folder)


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
    """Whether this is now the table's commit of that version; False where somebody else was faster.

    It takes the rows of some data files away and adds those of others, which are on the disk. Without `is_change` the rows
    are the same. `reaches` are the versions of application transactions. OSError when it cannot be written.
    """
    now_ms = time.time_ns() // 1_000_000
    actions: list[dict[str, Any]] = [
        {"commitInfo": {"timestamp": now_ms, "operation": "WRITE", "operationParameters": {"mode": "Append"}}}
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
    text = "".join(json.dumps(action, separators=(",", ":")) + "\n" for action in actions)
    return write_once(folder / "_delta_log" / f"{version:020}.json", text)


# -- checkpoints


def last_checkpoint(folder: Path) -> int:
    """The version of the last checkpoint that was read back when it was written; 0 where there is none."""
    return _last(folder)[0]


def write_checkpoint(folder: Path, table: DeltaTable) -> None:
    """Write down where the table stands, as it was read. OSError when that cannot be written; nothing has changed then.

    It is written aside and read back there, by itself: it becomes part of the table when it says the same.
    """
    version, log = table.version(), folder / "_delta_log"
    name = f"{version:020}.checkpoint.parquet"
    with _aside(folder.parent) as aside:
        copy, uri = aside / "_delta_log", aside.resolve().as_uri()
        copy.mkdir()
        if (log / name).exists():  # somebody else has written it, and perhaps not read it
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
            raise OSError(f"{log / name}: says something else than the table when it is read back")
        size, sha256 = sync_file(copy / name), hash_of(copy / name)
        with contextlib.suppress(FileExistsError):
            os.link(copy / name, log / name)
    if hash_of(log / name) != sha256:
        return  # another process was faster, and its rows stand in another order: it says so itself
    sync_folder(log)
    about = {"version": version, "size": _rows(log / name), "sizeInBytes": size, "tags": {"sha256": sha256}}
    write_anew(log / _LAST, json.dumps(about))


def damaged_checkpoints(folder: Path) -> Iterator[str]:
    """The checkpoints that cannot be read, or that are not what was written; each with its path and what is wrong."""
    from pyarrow.parquet import ParquetFile

    log = folder / "_delta_log"
    last, sha256 = _last(folder)
    for path in _entries(log):
        if path.suffix != ".parquet":
            continue
        try:
            with ParquetFile(path) as parquet:
                parquet.read()
            if _version(path) == last and hash_of(path) != sha256:
                yield f"{path}: is not what was written, its hash is another one"
        except (pa.ArrowException, OSError) as error:
            yield f"{path}: cannot be read: {error}"
    if last and not (log / f"{last:020}.checkpoint.parquet").exists():
        yield f"{log / f'{last:020}.checkpoint.parquet'}: missing"


def expire(folder: Path, *, before: dt.datetime) -> int:
    """Remove the entries from before that instant in whose place a checkpoint stands. Returns how many they were.

    A checkpoint that has changed since it was read back replaces nothing. OSError when they cannot be removed.
    """
    log = folder / "_delta_log"
    last, sha256 = _last(folder)
    old = [path for path in _entries(log) if _version(path) < last and path.stat().st_mtime < before.timestamp()]
    if old and hash_of(log / f"{last:020}.checkpoint.parquet") == sha256:
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)
    return 0


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, as it is read now."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _last(folder: Path) -> tuple[int, str]:
    """Version and hash of the last checkpoint that this lake has written; 0 where there is none."""
    try:
        about = json.loads((folder / "_delta_log" / _LAST).read_text(encoding="utf-8"))
        return int(about["version"]), str(about["tags"]["sha256"])
    except (OSError, ValueError, KeyError, TypeError):  # none, or one of another engine, which nobody has read back
        return 0, ""


def _said_by(table: DeltaTable) -> tuple[object, ...]:
    """All that counts of a table: its files with their bounds, its columns, and how far applications have come."""
    files = pa.table(table.get_add_actions(flatten=False))
    return (
        table.version(),
        table.metadata().id,
        table.schema().to_json(),
        tuple(table.transaction_version(name) for name in ("ledger", "rewrites")),
        sorted(files.to_pylist(), key=lambda file: str(file["path"])),
    )


def _entries(log: Path) -> Iterable[Path]:
    return sorted(path for path in log.iterdir() if _ENTRY.fullmatch(path.name))


def _version(path: Path) -> int:
    return int(path.name.partition(".")[0])


def _rows(checkpoint: Path) -> int:
    from pyarrow.parquet import read_metadata

    rows: int = read_metadata(checkpoint).num_rows
    return rows


@contextlib.contextmanager
def _aside(lake: Path) -> Iterator[Path]:
    """A folder beside the tables, on the same disk; it is gone in the end. What a crash leaves is a leftover."""
    folder = lake / f".{secrets.token_hex(8)}.tmp"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
