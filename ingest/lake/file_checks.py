"""Whether the files of a lake are as they were written: data files, the tables' logs, and the small files beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ingest.call import CALL_COLUMNS
from ingest.lake.data_file import BOUND_COLUMNS, TABLES, damage, data_files, read_files
from ingest.lake.durable import sha256_of
from ingest.lake.log_damage import damages
from ingest.lake.seal import breach
from ingest.reject import REJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb

    from ingest.call import Column
    from ingest.lake.data_file import Table
    from ingest.lake.lake import Lake


def damaged_data_files(store: Lake) -> tuple[list[str], dict[Path, str]]:
    """Data files that are missing, damaged or different from their entry in the table, each with its fault."""
    from pyarrow.parquet import read_metadata

    missing: list[str] = []
    broken: dict[Path, str] = {}
    for name in TABLES:
        for file in data_files(store.open(name), store.path / name):
            try:
                size = file.path.stat().st_size
                rows = read_metadata(file.path).num_rows
            except FileNotFoundError:
                missing.append(str(file.path))
                broken[file.path] = f"{file.path}: missing"
            except (pa.ArrowException, OSError, ValueError) as error:  # ValueError: a text is no longer UTF-8
                broken[file.path] = f"{file.path}: cannot be read: {error}"
            else:
                if (size, rows) != (file.size, file.rows):
                    broken[file.path] = (
                        f"{file.path}: has {rows:,} rows and {size:,} bytes, its table says {file.rows:,} and {file.size:,}"
                    )
                elif wrong := damage(file.path, file.size):
                    broken[file.path] = f"{file.path}: {wrong}"
    return missing, broken


def damaged_logs(store: Lake) -> Iterator[str]:
    """Entries and checkpoints of the tables' logs that are not as they were written."""
    for name in TABLES:
        yield from (f"{path}: {wrong}" for path, wrong, _ in damages(store.path / name))


def damaged_beside(lake: Path) -> Iterator[str]:
    """Files beside the tables that have changed: versions of the registry, declared ends of streams, and acknowledged findings."""
    said = [path for name in ("stream_ends", "acknowledged") for path in (lake / name).glob("[!.]*.json")]
    files = [*said, *(lake / "registry").glob("[0-9]*/version.json")]
    for path in sorted(files):
        try:
            content = path.read_bytes()
            if wrong := breach(content):
                yield f"{path}: {wrong}"
                continue
            for name, sha256 in json.loads(content).get("sha256", {}).items():
                if sha256_of(path.parent / name) != sha256:
                    yield f"{path.parent / name}: has changed since it was written, its hash is another one"
        except OSError as error:
            yield f"{error.filename or path}: cannot be read: {error.strerror or error}"


def outside_bounds(store: Lake, connection: duckdb.DuckDBPyConnection, unreadable: Iterable[Path]) -> Iterator[str]:
    """Data files with rows outside their minima and maxima, by which readers decide whether they need the file."""
    skipped = set(unreadable)
    tables: tuple[tuple[Table, Sequence[Column]], ...] = (("calls", CALL_COLUMNS), ("rejects", REJECT_COLUMNS))
    for name, columns in tables:
        bounded = [column.name for column in columns if column.name in BOUND_COLUMNS]
        actions = pa.table(store.open(name).get_add_actions(flatten=True)).to_pylist()
        said_of = {path: action for action in actions if (path := store.path / name / action["path"]) not in skipped}
        held_by = _extremes(connection, list(said_of), bounded)
        for path, action in said_of.items():
            for column, (low, high) in zip(bounded, held_by.get(path, ()), strict=False):
                said = action.get(f"min.{column}"), action.get(f"max.{column}")
                if None in (low, high) or None in said:
                    continue  # no values, or no bounds: no reader skips the file
                if low < said[0] or high > said[1]:
                    yield f"{path}: holds {column} {low} to {high}, its table says {said[0]} to {said[1]}"


def _extremes(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Path], columns: Sequence[str]
) -> dict[Path, list[tuple[Any, Any]]]:
    """The minimum and maximum of these columns in each file, from one query. A file without rows is not in the result."""
    if not files:
        return {}
    extremes = ", ".join(f"min({column}), max({column})" for column in columns)
    rows = read_files(connection, files, named=True).aggregate(f"filename, {extremes}").fetchall()
    found = {Path(name): list(zip(values[::2], values[1::2], strict=True)) for name, *values in rows}
    assert found.keys() <= set(files), "the engine names files by the paths that it was given"
    return found
