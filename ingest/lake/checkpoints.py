"""The checkpoints of a table's log: how they are written, and the removal of the entries that they replace.

Whoever opens a table lists its log, and reads the last checkpoint and the commits after it. So a log with the commits of a month is
slow to open, although hardly anything of it is read. As soon as a checkpoint is an hour old, older entries are removed. Three processes
could still need them:

- A reader that opened the table before the checkpoint was there reads the older commits one by one. That takes seconds, not an hour.
- `repair` needs them if a checkpoint is damaged. So the last checkpoint replaces nothing yet: the one before it and the commits in
  between are kept.
- `maintain` has to know which data files were removed, to keep them for a week for their readers. A checkpoint names them, too.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from ingest.lake.durable import replace_file, sha256_of, sync_file, sync_folder
from ingest.lake.log_files import LAST, aside, checkpoint_of, entries, version_of
from ingest.lake.seal import UNSEALED, breach, sealed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEPT_AGE = dt.timedelta(hours=1)
"""The age of a checkpoint at which older entries are removed."""

PORTION = 2000
"""A load removes at most this many files of a log, which takes less than a tenth of a second."""


def last_checkpoint(folder: Path) -> int:
    """The version of the last checkpoint that was read back after it was written; 0 where there is none."""
    return written_checkpoints(folder)[0]


def written_checkpoints(folder: Path) -> tuple[int, Mapping[int, str]]:
    """The version of the last checkpoint that this lake has written, and the hashes of all of them; 0 where there is none."""
    try:
        content = (folder / "_delta_log" / LAST).read_bytes()
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


def write_checkpoint(folder: Path, table: DeltaTable) -> None:
    """Write a checkpoint of the table, as it was read. OSError if it cannot be written: then nothing has changed.

    It is written in another folder and read back there, without the entries. It gets its name only if it says the same as the table.
    If another process has written a later checkpoint, nothing is written, because the entries before this one may be gone.
    """
    version, log = table.version(), folder / "_delta_log"
    since = last_checkpoint(folder)
    if since > version:
        return
    path = checkpoint_of(folder, version)
    with aside(folder.parent) as place:
        new, uri = checkpoint_of(place, version), place.resolve().as_uri()
        new.parent.mkdir()
        if path.exists():  # another process has written it, and perhaps not read it back
            shutil.copyfile(path, new)
        else:
            for entry in entries(log):
                if since <= version_of(entry) <= version:
                    with contextlib.suppress(FileNotFoundError):  # a checkpoint stands in its place
                        shutil.copyfile(entry, new.parent / entry.name)
            DeltaTable(uri, version=version).create_checkpoint()
            _set_removed_apart(new)
        for entry in new.parent.iterdir():
            if entry != new:
                entry.unlink()
        if _said_by(DeltaTable(uri)) != _said_by(table):
            raise OSError(f"{path}: differs from the table when it is read back")
        size, sha256 = sync_file(new), sha256_of(new)
        if last_checkpoint(folder) > version:
            return
        with contextlib.suppress(FileExistsError):
            os.link(new, path)
    if sha256_of(path) != sha256:
        return  # another process was faster, with the rows in another order; that process writes _last_checkpoint
    sync_folder(log)
    hashes = {
        str(before): found
        for before, found in written_checkpoints(folder)[1].items()
        if checkpoint_of(folder, before).exists()
    }
    about = {
        "version": version,
        "size": _rows(path),
        "sizeInBytes": size,
        "tags": {**hashes, str(version): sha256},
        "seal": UNSEALED,
    }
    replace_file(log / LAST, sealed(json.dumps(about)))


def shorten(folder: Path, *, before: dt.datetime, most: int | None = None) -> int:
    """Remove the files that are older than a checkpoint from before that moment, up to a number of files. Returns how many.

    The last checkpoint does not count, and neither does one that has changed since it was read back. OSError if the files cannot be
    removed.
    """
    last, hashes = written_checkpoints(folder)
    standing = [version for version in hashes if version < last and _stands(checkpoint_of(folder, version), before)]
    if not standing:
        return 0
    newest = max(standing)
    # The oldest first: whatever stops this, no commit is missing between those that are left and the checkpoint.
    old = [path for path in entries(folder / "_delta_log") if version_of(path) < newest][:most]
    if not old or sha256_of(checkpoint_of(folder, newest)) != hashes[newest]:
        return 0
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def removed_since(folder: Path, since: dt.datetime) -> set[Path]:
    """The data files that the table's commits have removed since then, which is a week ago or less. OSError if the log does not tell.

    Delta keeps the files that old commits have removed in the checkpoints for a week, for processes that clean up.
    """
    since_ms = int(since.timestamp() * 1000)
    while True:
        try:
            return {
                folder / unquote(name)
                for path in entries(folder / "_delta_log")
                for name in (_in_commit if path.suffix == ".json" else _in_checkpoint)(path, since_ms)
            }
        except FileNotFoundError:  # it has just become too old, so a checkpoint has what it said
            continue


def _in_commit(path: Path, since_ms: int) -> list[str]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith('{"remove"')]
    removed = [json.loads(line)["remove"] for line in lines]
    return [action["path"] for action in removed if action["deletionTimestamp"] >= since_ms]


def _in_checkpoint(path: Path, since_ms: int) -> list[str]:
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as parquet:
            removed = parquet.read(["remove.path", "remove.deletionTimestamp"])["remove"]
    except (pa.ArrowException, ValueError) as error:
        raise OSError(f"{path}: cannot be read: {error}") from error
    is_young = pc.greater_equal(pc.struct_field(removed, "deletionTimestamp"), since_ms)
    names: list[str] = pc.struct_field(removed, "path").filter(is_young).to_pylist()
    return names


def _stands(checkpoint: Path, before: dt.datetime) -> bool:
    try:
        return checkpoint.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def _set_removed_apart(checkpoint: Path) -> None:
    """Put the rows about removed data files into row groups of their own.

    A log that is followed for a week has 100,000 of them, and a reader of the table needs none. By the statistics it leaves their row
    groups out, and opens the table in a seventh of the time.
    """
    from pyarrow.parquet import ParquetFile, ParquetWriter

    with ParquetFile(checkpoint) as parquet:
        rows = parquet.read()
    is_removed = pc.is_valid(rows["remove"])
    if not pc.any(is_removed).as_py():
        return
    written = checkpoint.with_name(checkpoint.name + ".tmp")
    with ParquetWriter(written, rows.schema, compression="zstd", use_dictionary=False, store_schema=False) as writer:
        writer.write_table(rows.filter(pc.invert(is_removed)))
        writer.write_table(rows.filter(is_removed))
    written.replace(checkpoint)


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


def _rows(checkpoint: Path) -> int:
    from pyarrow.parquet import read_metadata

    rows: int = read_metadata(checkpoint).num_rows
    return rows
