"""The registry on disk: numbered versions, each with the day from which it holds.

    lake/registry/000001/partners.parquet
                        /version.json            the day from which it holds, the time of the load, the files that were loaded,
                                                 and hashes of itself and the lists, which 'koppelzicht verify' compares
    lake/registry/000002/customers.parquet
                        /version.json

A version holds the lists that were loaded at the same time. For each relation, a day has the version that began to hold last
before it; of two that began on the same day, the one that was loaded last. Days before the first version have that version: a
later list says more about them than no list.

A version is a folder. It is written under another name and then renamed to its number. No operating system renames a folder onto
one that exists. So a version appears as a whole or not at all. Of two loaders at the same time, one gets the number, and the other
starts again on top of it. A crash leaves at most a folder without a number, which is never read. Versions are never changed and
never removed here, so a process that reads one can go on reading it.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.errors import AnalyticsError
from analytics.registry.rows import RELATIONS, Relation, arrow_schema, columns
from ingest.engine.stored_names import stored_name
from ingest.errors import in_one_line
from ingest.lake.durable import make_folder, replace_file, sha256_of, sync_file, sync_folder
from ingest.lake.seal import UNSEALED, sealed
from ingest.patience import QUICK, Patience

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from analytics.registry.table import RegistryTable


@dataclass(frozen=True, kw_only=True)
class Version:
    """The lists of one load."""

    number: int
    valid_from: dt.date
    loaded_at: dt.datetime
    files: Mapping[Relation, Path]
    """The Parquet file of each loaded relation."""
    sources: Mapping[Relation, Sequence[str]]
    """The files that were loaded."""


@dataclass(frozen=True)
class RegistryFiles:
    """The Parquet file of each relation that holds now (None if it was never loaded), and all versions."""

    partners: Path | None = None
    integrations: Path | None = None
    customers: Path | None = None
    versions: tuple[Version, ...] = ()

    def on(self, day: dt.date) -> RegistryFiles:
        """The files that hold on this day."""
        return _counting(self.versions, day)

    @property
    def number(self) -> int:
        """The number of the last version. A registry with another number may hold something else."""
        return max((version.number for version in self.versions), default=0)


def registry_files(lake: Path) -> RegistryFiles:
    """The files of the registry as it is now; all None on a lake without a registry. They never change and never vanish."""
    return _counting(_versions(lake / "registry"), None)


def rows_of(files: RegistryFiles) -> dict[Relation, pa.Table]:
    """The rows of each loaded relation. AnalyticsError names a file that cannot be read."""
    paths: dict[Relation, Path | None] = {relation: getattr(files, relation) for relation in RELATIONS}
    return {relation: read_rows(path) for relation, path in paths.items() if path is not None}


def read_rows(path: Path) -> pa.Table:
    """The rows of one file of a version. AnalyticsError if it cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path, partitioning=None)
    except (OSError, pa.ArrowException) as error:
        raise AnalyticsError(_damaged(path, in_one_line(error))) from error


def damaged_version(files: RegistryFiles) -> str | None:
    """Which file of the registry cannot be read and what to do about it; None if all can be read."""
    for version in files.versions:
        for path in version.files.values():
            try:
                read_rows(path)
            except AnalyticsError as error:
                return str(error)
    return None


def _damaged(place: Path, why: object) -> str:
    folder = place.parent if place.suffix == ".parquet" else place
    return (
        f"{place}: this version of the registry is damaged: {why}; remove the folder {folder.name} and load the"
        " lists again: 'koppelzicht registry load'"
    )


def commit(
    lake: Path,
    tables: Sequence[RegistryTable],
    *,
    now: dt.datetime,
    valid_from: dt.date,
    adds: bool = False,
) -> tuple[dict[Relation, int], tuple[Relation, ...]]:
    """Add these tables as a new version. Returns the number of rows of each relation on that day, and the replaced relations.

    With `adds`, rows that hold until then stay, except those with the key of a new row. If the tables say what holds already, no
    version is added.
    """
    new = _arrow_tables(tables)
    sources = {
        relation: [stored_name(table.file) for table in tables if table.relation == relation] for relation in new
    }
    about = {"valid_from": valid_from.isoformat(), "loaded_at": now.astimezone(dt.UTC).isoformat(), "files": sources}
    registry = lake / "registry"
    try:
        make_folder(registry)
        patience = Patience(registry, f"adding a version that holds from {valid_from:%Y-%m-%d}", most=QUICK)
        while True:
            patience.spend()
            versions = _versions(registry)
            held = rows_of(_counting([version for version in versions if version.valid_from <= valid_from], None))
            stays = rows_of(_counting(versions, valid_from)) if adds else {}
            loaded = {relation: _added(stays.get(relation), rows, relation) for relation, rows in new.items()}
            number = max((version.number for version in versions), default=0) + 1
            if held | loaded == held or _publish(registry / f"{number:06}", loaded, about):
                break
    except OSError as error:
        raise AnalyticsError(f"{registry}: the registry cannot be written: {error.strerror or error}") from error
    holding = held | loaded
    return {relation: holding[relation].num_rows if relation in holding else 0 for relation in RELATIONS}, tuple(new)


def _versions(registry: Path) -> tuple[Version, ...]:
    """Every version, in the order of their loads."""
    folders = [path for path in registry.iterdir() if path.name.isdecimal()] if registry.is_dir() else []
    return tuple(_version(folder) for folder in sorted(folders, key=lambda path: int(path.name)))


def _version(folder: Path) -> Version:
    try:
        about = json.loads((folder / "version.json").read_bytes())
        loaded_at = dt.datetime.fromisoformat(about["loaded_at"])
        sources: dict[Relation, Sequence[str]] = about["files"]
        return Version(
            number=int(folder.name),
            valid_from=dt.date.fromisoformat(about["valid_from"]),
            loaded_at=loaded_at,
            files={relation: folder / f"{relation}.parquet" for relation in RELATIONS if relation in sources},
            sources=sources,
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AnalyticsError(_damaged(folder, error)) from error


def _counting(versions: Sequence[Version], day: dt.date | None) -> RegistryFiles:
    """The files that hold on a day; without a day, those that began to hold last."""
    files: dict[Relation, Path] = {}
    for relation in RELATIONS:
        holding = sorted(
            (version for version in versions if relation in version.files),
            key=lambda version: (version.valid_from, version.number),
        )
        if holding:
            counting = [version for version in holding if day is None or version.valid_from <= day]
            # If several versions hold from the first day, the one that was loaded last counts.
            first = [version for version in holding if version.valid_from == holding[0].valid_from]
            files[relation] = (counting or first)[-1].files[relation]
    return RegistryFiles(**files, versions=tuple(versions))


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


def _added(held: pa.Table | None, rows: pa.Table, relation: Relation) -> pa.Table:
    """The new rows, and the earlier rows whose key none of them has."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if held is None:
        return rows
    key = columns(relation)[0]
    return pa.concat_tables([held.filter(pc.invert(pc.is_in(held[key], value_set=rows[key]))), rows])


def _publish(version: Path, tables: dict[Relation, pa.Table], about: Mapping[str, object]) -> bool:
    """Publish the version. False if another loader took its number first."""
    import pyarrow.parquet as pq

    aside = version.with_name(f"staged-{uuid.uuid4().hex}")
    aside.mkdir()
    try:
        hashes = {}
        for relation, table in tables.items():
            path = aside / f"{relation}.parquet"
            pq.write_table(table, path)
            sync_file(path)
            hashes[path.name] = sha256_of(path)
        replace_file(
            aside / "version.json", sealed(json.dumps({**about, "sha256": hashes, "seal": UNSEALED}, indent=2))
        )
        try:
            aside.rename(version)
        except OSError:
            if not version.exists():
                raise
            return False
        sync_folder(version.parent)
        return True
    finally:
        shutil.rmtree(aside, ignore_errors=True)
