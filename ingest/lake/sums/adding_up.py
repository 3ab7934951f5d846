"""Adding up: one statement that makes sums of calls, and of sums that were made before."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from ingest.arrow import arrow_schema, in_milliseconds
from ingest.errors import LakeError
from ingest.lake.data_file import read_files, write_file
from ingest.lake.sums.files import name_of
from ingest.lake.sums.kinds import SUM_MACROS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from ingest.lake.data_file import DataFile, NewFile
    from ingest.lake.sums.files import Name, SumFile
    from ingest.lake.sums.kinds import Kind

_BATCH_ROWS = 128 * 1024

_MEMORY = "1GB"
"""The engine keeps this much of the distinct values in memory, and the rest on the disk."""


@dataclass(frozen=True)
class Group:
    """Data files that are added up together: those of sums that are there already, and others whose calls are read."""

    sums: tuple[SumFile, ...]
    calls: tuple[DataFile, ...]

    @property
    def is_built(self) -> bool:
        """Whether one file of sums covers all of them already."""
        return not self.calls and len(self.sums) == 1

    @property
    def names(self) -> frozenset[Name]:
        """The data files that are added up."""
        of_calls = (name_of(file) for file in self.calls)
        return frozenset(name for one in self.sums for name in one.built_from).union(filter(None, of_calls))


@contextlib.contextmanager
def connect(near: Path | None = None) -> Iterator[DuckDBPyConnection]:
    """An engine that knows the rules by which calls are added up.

    Calls may have more distinct values than fit into memory. Then the engine writes to a temporary folder. It is inside the folder
    `near`, where `maintain` finds it if this process is killed, or in the system's folder for such files. LakeError if it cannot be made.
    """
    try:
        if near is None:
            folder = Path(tempfile.mkdtemp(prefix="koppelzicht-"))
        else:
            folder = near / f".{secrets.token_hex(8)}.tmp"
            folder.mkdir(mode=0o700)
    except OSError as error:
        raise LakeError(
            f"{error.filename or near}: calls cannot be added up here: {error.strerror or error}"
        ) from error
    try:
        with duckdb.connect(":memory:", config={"temp_directory": str(folder), "memory_limit": _MEMORY}) as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(SUM_MACROS)
            yield connection
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_sums(
    connection: DuckDBPyConnection,
    folder: Path,
    name: str,
    kind: Kind,
    sums: DuckDBPyRelation,
    *,
    says: Mapping[str, str] | None = None,
) -> NewFile:
    """Write sums as one data file, as `write_file` does: those that `sums_of` or `sums_of_parts` has made last."""
    schema = _schema_of_parts(connection, kind)
    batches = (pa.Table.from_batches([batch]).cast(schema) for batch in sums.to_arrow_reader(_BATCH_ROWS))
    return write_file(folder, name, schema, batches, is_thorough=True, says=says)


def _schema_of_parts(connection: DuckDBPyConnection, kind: Kind) -> pa.Schema:
    """The schema of what is added up. Its times are kept in milliseconds if none has a fraction of one."""
    schema = arrow_schema(kind.columns)
    times = [field.name for field in schema if pa.types.is_timestamp(field.type)]
    if not times:
        return schema
    are_whole = " and ".join(f"coalesce(bool_and(epoch_us({name}) % 1000 = 0), true)" for name in times)
    [(is_whole,)] = connection.execute(f"select {are_whole} from parts").fetchall()  # noqa: S608 - names of our own
    return in_milliseconds(schema) if is_whole else schema


def sums_of(connection: DuckDBPyConnection, kind: Kind, group: Group) -> DuckDBPyRelation:
    """The sums of these data files as a relation. It has to be read before the next one is made."""
    sent = read_files(connection, [file.path for file in group.calls]) if group.calls else None
    return sums_of_parts(connection, kind, sent, [one.path for one in group.sums])


def sums_of_parts(
    connection: DuckDBPyConnection, kind: Kind, sent: DuckDBPyRelation | None, stored: Sequence[Path]
) -> DuckDBPyRelation:
    """The sums of these calls and of the sums in these files together: one of the two at least, sorted by `kind.order`."""
    parts = []
    columns = ", ".join(column.name for column in kind.columns)
    if sent is not None:
        sent.create_view("sent", replace=True)
        parts.append(f"({kind.of_calls})")
    if stored:
        read_files(connection, stored).create_view("sums", replace=True)
        parts.append(f"(select {columns} from sums)")  # noqa: S608 - names of our own
    connection.execute(f"create or replace view parts as {' union all '.join(parts)}")
    keys = ", ".join(column.name for column in kind.keys)
    measures = ", ".join(
        f"cast({one.aggregate}({one.column.name}) as {one.column.sql_type}) as {one.column.name}"
        for one in kind.measures
    )
    order = ", ".join(str(kind.columns.index(column) + 1) for column in kind.order)
    return connection.sql(f"select {keys}, {measures} from parts group by {keys} order by {order}")  # noqa: S608 - names of our own
