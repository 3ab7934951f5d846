"""The registry on disk: numbered versions, of which the highest counts.

    lake/registry/000001/partners.parquet
                        /version.json            when it was loaded, and from which files
    lake/registry/000002/partners.parquet        kept from 000001
                        /customers.parquet       new
                        /version.json

A version is a folder that is written aside and then renamed to its number. A folder cannot be renamed onto one that
exists, on any operating system: so a version appears whole or not at all, of two loaders at a time one gets the number
and the other starts again on top of it, and a crash leaves at most a folder without a number, which nobody reads. Versions
are never changed and never removed here, so whoever reads one keeps reading it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from analytics.errors import AnalyticsError
from analytics.registry.rows import RELATIONS, Relation, arrow_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from analytics.registry.table import RegistryTable


@dataclass(frozen=True)
class RegistryFiles:
    """The Parquet file of each relation, None where it was never loaded. One consistent version."""

    partners: Path | None = None
    integrations: Path | None = None
    customers: Path | None = None


def registry_files(lake: Path) -> RegistryFiles:
    """The files of the registry as it is now; all None on a lake without one. They never change and never vanish."""
    return _files(_newest(lake / "registry"))


def commit(
    lake: Path, tables: Sequence[RegistryTable], *, now: dt.datetime
) -> tuple[dict[Relation, int], tuple[Relation, ...]]:
    """The rows of each relation with these tables as the newest version, and the relations they replaced.

    Where they say what the newest version says already, no version is added.
    """
    new = _arrow_tables(tables)
    sources = {relation: [table.file for table in tables if table.relation == relation] for relation in new}
    about = {"loaded_at": now.astimezone(dt.UTC).isoformat(), "files": sources}
    registry = lake / "registry"
    try:
        registry.mkdir(parents=True, exist_ok=True)
        while True:
            newest = _newest(registry)
            kept = _read(newest)
            merged = kept | new
            number = 1 if newest is None else int(newest.name) + 1
            if merged == kept or _publish(registry / f"{number:06}", merged, about):
                break
    except OSError as error:
        raise AnalyticsError(f"{registry}: the registry cannot be written: {error.strerror or error}") from error
    return {relation: merged[relation].num_rows if relation in merged else 0 for relation in RELATIONS}, tuple(new)


def _newest(registry: Path) -> Path | None:
    versions = [path for path in registry.iterdir() if path.name.isdecimal()] if registry.is_dir() else []
    return max(versions, key=lambda path: int(path.name), default=None)


def _files(version: Path | None) -> RegistryFiles:
    if version is None:
        return RegistryFiles()
    paths = {relation: version / f"{relation}.parquet" for relation in RELATIONS}
    return RegistryFiles(**{relation: path for relation, path in paths.items() if path.exists()})


def _read(version: Path | None) -> dict[Relation, pa.Table]:
    import pyarrow.parquet as pq

    files = _files(version)
    paths: dict[Relation, Path | None] = {relation: getattr(files, relation) for relation in RELATIONS}
    return {relation: pq.read_table(path, partitioning=None) for relation, path in paths.items() if path is not None}


def _arrow_tables(tables: Sequence[RegistryTable]) -> dict[Relation, pa.Table]:
    import pyarrow as pa

    return {
        relation: pa.Table.from_pylist(
            [placed.row.model_dump() for table in tables if table.relation == relation for placed in table.rows],
            schema=arrow_schema(relation),
        )
        for relation in RELATIONS
        if any(table.relation == relation for table in tables)
    }


def _publish(version: Path, tables: dict[Relation, pa.Table], about: Mapping[str, object]) -> bool:
    """Whether the version is ours now; False where another loader was first."""
    import pyarrow.parquet as pq

    aside = version.with_name(f"staged-{uuid.uuid4().hex}")
    aside.mkdir()
    try:
        for relation, table in tables.items():
            with (aside / f"{relation}.parquet").open("wb") as file:
                pq.write_table(table, file)
                _to_disk(file)
        with (aside / "version.json").open("wb") as file:
            file.write(json.dumps(about, indent=2).encode())
            _to_disk(file)
        try:
            aside.rename(version)
        except OSError:
            if not version.exists():
                raise
            return False
        return True
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
