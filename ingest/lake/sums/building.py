"""Building sums: which data files are added up together, and when.

Large data files stay as they are, so those of one month are added up once, and later ones are added to that. Small ones will be
compacted before long, and then their sums stand for nothing any more. They have sums of their own, which are soon built again.

Each kind of sums is one commit of its own table. Whoever reads in between finds that some sums are built and others are not, and reads
calls for these. Of two processes that build at once, one is refused, or both have built the same: readers use one of the two.
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from ingest.errors import LakeError
from ingest.lake.data_file import data_files, remove_files
from ingest.lake.rewriting import refuse_damaged
from ingest.lake.sums.adding_up import Group, connect, sums_of, write_sums
from ingest.lake.sums.files import BUILT_FROM, cover, is_built, name_of, sum_files
from ingest.lake.sums.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from deltalake import DeltaTable
    from duckdb import DuckDBPyConnection

    from ingest.lake.compaction import FileSizes
    from ingest.lake.data_file import DataFile, NewFile, SumTable
    from ingest.lake.sums.files import SumFile
    from ingest.lake.sums.kinds import Kind
    from ingest.lake.tables import Tables


def build_sums(store: Tables, sizes: FileSizes) -> bool:
    """Build the missing sums, and remove those whose data files are gone. False if other processes kept interfering.

    A lake with few calls gets none: its calls are read as quickly. LakeError when a data file is damaged, or the disk takes no more.
    """
    files = data_files(store.open("calls"), store.path / "calls")
    if sum(file.rows for file in files) < sizes.summed_rows and not has_sums(store):
        return True
    sound: set[Path] = set()
    built = [_build(store, kind, files, sizes, sound) for kind in KINDS.values()]
    return all(built)


def add_sums(store: Tables, sizes: FileSizes) -> None:
    """Add sums of the data files that came since sums were built, where there are enough calls in them.

    They are kept beside the existing sums until `build_sums` puts both together. So the time depends on the new calls, and not on all
    calls of their month. A lake without sums gets none. LakeError as in `build_sums`.
    """
    files = data_files(store.open("calls"), store.path / "calls")
    sound: set[Path] = set()
    for kind in KINDS.values():
        if not is_built(store, kind):
            continue
        rest = cover(files, sum_files(store, kind)).calls
        staying = tuple(file for file in rest if name_of(file) and file.rows > sizes.follower_rows("calls"))
        if sum(file.rows for file in staying) >= sizes.unsummed_rows:
            with connect(store.path) as connection:
                new = _write(connection, store, kind, Group((), staying), sound)
            store.replace(kind.table, store.open(kind.table), [], [new])


def drop_sums(store: Tables) -> None:
    """Remove all sums. Questions are answered from calls then, until sums are built again."""
    for kind in KINDS.values():
        if is_built(store, kind):
            table = _sound_table(store, kind)
            if files := data_files(table, store.path / kind.table):
                store.replace(kind.table, table, files, [])


def sum_tables(store: Tables) -> tuple[SumTable, ...]:
    """The tables of sums that the lake has, except those that cannot be read. Those are made again when sums are built."""
    tables = []
    for kind in KINDS.values():
        with contextlib.suppress(LakeError):
            if is_built(store, kind) and store.open(kind.table):
                tables.append(kind.table)
    return tuple(tables)


def has_sums(store: Tables) -> bool:
    """Whether the lake has sums of any kind."""
    return any(sum_files(store, kind) for kind in KINDS.values())


def groups_of(files: Sequence[DataFile], sums: Sequence[SumFile], sizes: FileSizes) -> list[Group]:
    """The data files that are added up together: the large ones of each month, and all small ones.

    Sums that reach over two of these groups are left out, and so are those of data files that are no longer there.
    """
    grouped: dict[str, list[DataFile]] = {}
    for file in files:
        if name_of(file) is None or file.rows == 0:
            continue  # the name of another engine's file does not identify its content
        is_small = file.rows < sizes.small_rows or file.min_day is None
        grouped.setdefault("" if is_small else f"{file.min_day:%Y-%m}", []).append(file)
    groups = []
    for _, together in sorted(grouped.items()):
        covered = cover(together, sums)
        groups.append(Group(covered.sums, covered.calls))
    return groups


def _build(store: Tables, kind: Kind, files: Sequence[DataFile], sizes: FileSizes, sound: set[Path]) -> bool:
    table = _sound_table(store, kind)
    there = data_files(table, store.path / kind.table)
    groups = groups_of(files, sum_files(store, kind), sizes)
    staying = {one.path for group in groups if group.is_built for one in group.sums}
    gone = [file for file in there if file.path not in staying]
    new: list[NewFile] = []
    try:
        with connect(store.path) as connection:
            # One by one, so that a process that is stopped knows what to remove.
            new.extend(_write(connection, store, kind, group, sound) for group in groups if not group.is_built)
    except BaseException:
        remove_files(file.path for file in new)
        raise
    return not (new or gone) or store.replace(kind.table, table, gone, new)


def _sound_table(store: Tables, kind: Kind) -> DeltaTable:
    """The table of these sums. If it cannot be read, it is made again: all that it holds follows from calls."""
    store.create_sums(kind)
    try:
        return store.open(kind.table)
    except LakeError as error:
        try:
            shutil.rmtree(store.path / kind.table)
        except OSError as its_own:
            raise LakeError(f"{error}; its folder cannot be removed either: {its_own.strerror or its_own}") from its_own
        store.create_sums(kind)
        return store.open(kind.table)


def _write(connection: DuckDBPyConnection, store: Tables, kind: Kind, group: Group, sound: set[Path]) -> NewFile:
    """Write the sums of these data files as one file. `sound` are data files that were found to be as they were written."""
    unknown = [file for file in (*group.calls, *(one.file for one in group.sums)) if file.path not in sound]
    refuse_damaged(unknown)
    sound.update(file.path for file in unknown)
    folder = store.path / kind.table
    try:
        return write_sums(
            connection,
            folder,
            secrets.token_hex(8),
            kind,
            sums_of(connection, kind, group),
            says={BUILT_FROM: " ".join(sorted(group.names))},
        )
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise LakeError(f"{folder}: the sums cannot be built: {error}") from error
