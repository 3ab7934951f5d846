"""Writing the rows of data files into new ones: fewer files, or files without removed rows.

Memory holds the rows of about one data file, however many there are.
"""

from __future__ import annotations

import datetime as dt
import itertools
import secrets
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from duckdb import ColumnExpression, ConstantExpression

from ingest.arrow import MILLISECONDS, arrow_schema, in_milliseconds
from ingest.call import CALL_COLUMNS
from ingest.errors import REPAIR, LakeError
from ingest.lake.data_file import NewFile, damage, read_files, remove_files, write_file
from ingest.lake.ledger_row import LEDGER_COLUMNS
from ingest.reject import REJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from ingest.lake.data_file import DataFile, Table, TableName
    from ingest.lake.ledger_row import LedgerRow

SCHEMAS: Mapping[TableName, pa.Schema] = {
    "calls": arrow_schema(CALL_COLUMNS),
    "rejects": arrow_schema(REJECT_COLUMNS),
    "loads": arrow_schema(LEDGER_COLUMNS),
}

_STAYING: Mapping[Table, str] = {
    "calls": "from found anti join leaving on found.load_id = leaving.load_id and found.day < leaving.before",
    "rejects": """
        select * replace (
            case when load_id not in (from textless) then detail end as detail,
            case when load_id not in (from textless) then sample end as sample
        )
        from found anti join leaving on found.load_id = leaving.load_id
    """,
}
"""The rows of a data file that stay, in the form in which they stay."""

_LOSES_TEXTS = """
    select true from found semi join textless on found.load_id = textless.load_id
    where detail is not null or sample is not null
    limit 1
"""
"""One row if a data file of rejects has a text to remove. A file without any is not rewritten."""

_BATCH_ROWS = 128 * 1024
"""This many rows are written at once, as a row group."""


def without(
    files: Sequence[DataFile], name: Table, decided: Sequence[LedgerRow], held: Callable[[], Mapping[str, int]]
) -> tuple[list[DataFile], list[NewFile]]:
    """The data files with rows that these decisions remove from a table, and new ones with the rest of their rows.

    Removed texts of rejects are null in the new files. `held` says how many rows of each load the table must have before. Where the
    readable files have fewer of the rows to remove, the missing ones are in damaged files. Then the damaged files are removed
    entirely: the decision holds, and `verify` names what else they held. A damaged file that only has to lose texts stays: `verify`
    names it, and its texts go with the loads that `repair` takes back.
    """
    gone: list[DataFile] = []
    lost: list[DataFile] = []
    new: list[NewFile] = []
    leaving = _leaving(name, decided)
    textless = _textless(name, decided)
    if not leaving and not textless:
        return [], []
    with connect() as connection:
        connection.execute(
            "create table leaving as select unnest(?::varchar[]) as load_id, unnest(?::date[]) as before",
            [list(leaving), list(leaving.values())],
        )
        connection.execute("create table textless as select unnest(?::varchar[]) as load_id", [textless])
        try:
            for file in files:
                if file.min_day is not None and file.min_day >= max(leaving.values(), default=dt.date.max):
                    continue
                staying, rows, is_changed = _staying(connection, file, name)
                if staying is None:
                    lost.append(file)
                elif is_changed:
                    gone.append(file)
                    if rows:
                        new.append(write_rows(file.path.parent, _schema_of(file, name), [staying]))
            if lost and not _has_all(connection, [file for file in files if file not in lost], leaving, held()):
                gone += lost
        except duckdb.Error as error:
            remove_files(file.path for file in new)
            raise failed(files[0].path.parent, error) from error
        except BaseException:
            remove_files(file.path for file in new)
            raise
    return gone, new


def renamed(
    files: Sequence[DataFile], name: Table, merges: Iterable[Mapping[str, Sequence[str]]]
) -> tuple[list[DataFile], list[NewFile]]:
    """The data files with rows of merged loads, and new ones in which these rows carry the merged load's name.

    A damaged file is removed entirely: its rows would belong to loads that nobody knows, and a new file would hide the damage.
    """
    parts = {part: first for merge in merges for first, ones in merge.items() for part in ones}
    gone: list[DataFile] = []
    new: list[NewFile] = []
    with connect() as connection:
        try:
            for file in files_of(connection, files, parts):
                gone.append(file)
                if not damage(file.path, file.size):
                    new.append(_with_names(file, name, parts))
        except BaseException:
            remove_files(file.path for file in new)
            raise
    return gone, new


def files_of(connection: DuckDBPyConnection, files: Sequence[DataFile], load_ids: Iterable[str]) -> Iterator[DataFile]:
    """The data files with rows of these loads, and the damaged ones, which may have such rows."""
    connection.execute("create or replace table wanted as select unnest(?::varchar[]) as load_id", [list(load_ids)])
    for file in files:
        try:
            rows = read_files(connection, [file.path]).project("load_id")
            if rows.join(connection.table("wanted"), "load_id", how="semi").limit(1).fetchall():
                yield file
        except duckdb.Error as error:
            if not damage(file.path, file.size):
                raise failed(file.path.parent, error) from error
            yield file


def _with_names(file: DataFile, name: Table, names: Mapping[str, str]) -> NewFile:
    """The same rows in the same order, those of the loads in `names` with other names."""
    from pyarrow.parquet import ParquetFile

    schema = _schema_of(file, name)
    old, new = pa.array(names.keys(), pa.string()), pa.array(names.values(), pa.string())

    def batches() -> Iterator[pa.Table]:
        with ParquetFile(file.path) as parquet:
            for batch in parquet.iter_batches(_BATCH_ROWS):
                rows = _lake_table(batch, schema)
                load_ids = rows["load_id"].cast(pa.string())
                changed = pc.coalesce(new.take(pc.index_in(load_ids, old)), load_ids)
                place = schema.get_field_index("load_id")
                yield rows.set_column(place, schema.field(place), changed.cast(schema.field(place).type))

    try:
        return write_file(file.path.parent, _new_name(), schema, batches())
    except (pa.ArrowException, OSError) as error:
        raise failed(file.path.parent, error) from error


def _staying(connection: DuckDBPyConnection, file: DataFile, name: Table) -> tuple[DuckDBPyRelation | None, int, bool]:
    """The rows of a data file that stay, how many they are, and whether anything changes; None where the file is damaged."""
    try:
        read_files(connection, [file.path]).create_view("found", replace=True)
        staying = connection.sql(_STAYING[name])
        [(rows,)] = staying.count("*").fetchall()
        is_changed = rows != file.rows or (name == "rejects" and bool(connection.execute(_LOSES_TEXTS).fetchall()))
    except duckdb.Error:
        if damage(file.path, file.size):
            return None, 0, False
        raise
    if is_changed and damage(file.path, file.size):
        return None, 0, False
    return staying, rows, is_changed


def _has_all(
    connection: DuckDBPyConnection, files: Sequence[DataFile], load_ids: Iterable[str], held: Mapping[str, int]
) -> bool:
    """Whether these data files hold all rows of these loads."""
    found = rows_by_load(connection, files)
    return all(found.get(load_id, 0) >= held.get(load_id, 0) for load_id in load_ids)


def rows_by_load(connection: DuckDBPyConnection, files: Sequence[DataFile]) -> dict[str, int]:
    """How many rows these data files hold of each load."""
    if not files:
        return {}
    rows = read_files(connection, [file.path for file in files])
    return dict(rows.aggregate("load_id, count(*) as rows").fetchall())


def _leaving(name: Table, decided: Sequence[LedgerRow]) -> dict[str, dt.date]:
    """The loads that lose rows of a table by these decisions, and before which day calls are removed."""
    leaving: dict[str, dt.date] = {}
    for row in decided:
        if row.removed is not None:
            found = row.removed.calls if name == "calls" else row.removed.rejects
            leaving |= {load_id: max(row.removed.before, leaving.get(load_id, dt.date.min)) for load_id in found}
        all_of_them = row.unloaded if name == "calls" else (*row.unloaded, *row.retried)
        leaving |= dict.fromkeys(all_of_them, dt.date.max)
    return leaving


def _textless(name: Table, decided: Sequence[LedgerRow]) -> list[str]:
    """The loads whose rejects lose their texts by these decisions."""
    if name == "calls":
        return []
    return [load_id for row in decided if row.removed is not None for load_id in row.removed.texts]


def refuse_damaged(files: Sequence[DataFile]) -> None:
    """LakeError names a data file that has changed since it was written: a new file would hide its damage."""
    for file in files:
        if wrong := damage(file.path, file.size):
            raise LakeError(f"{file.path}: {wrong}; its rows were not rewritten, {REPAIR}")


def old_files(files: Sequence[DataFile], before: dt.date) -> list[DataFile]:
    """The data files that may hold calls of days before this one."""
    return [file for file in files if file.min_day is None or file.min_day < before]


def calls_before(files: Sequence[DataFile], before: dt.date) -> dict[str, int]:
    """How many calls of days before this one these data files hold of each load."""
    old = [file.path for file in files]
    if not old:
        return {}
    with connect() as connection:
        try:
            rows = read_files(connection, old).filter(ColumnExpression("day") < ConstantExpression(before))
            return dict(rows.aggregate("load_id, count(*) as calls").fetchall())
        except duckdb.Error as error:
            raise LakeError(f"{old[0].parent}: calls cannot be read: {error}") from error


def merged_rejects(files: Sequence[DataFile]) -> NewFile:
    """The rows of all these files of rejects in one, in their order."""
    folder = files[0].path.parent
    with connect() as connection:
        return write_rows(folder, SCHEMAS["rejects"], [read_files(connection, [file.path for file in files])])


def merged_ledger(files: Sequence[DataFile]) -> NewFile:
    """The rows of all these files of the ledger in one, in its order."""
    from pyarrow.parquet import ParquetFile

    schema = SCHEMAS["loads"]
    tables = [schema.empty_table()]
    try:
        for file in files:
            with ParquetFile(file.path) as parquet:
                tables.append(parquet.read())
        rows = pa.concat_tables(tables, promote_options="default").select(schema.names).cast(schema)
        # The sort is stable, and the rows of one decision stand together in one file: so they keep their order.
        rows = rows.take(pc.array_sort_indices(rows["decision"]))
        return write_file(files[0].path.parent, _new_name(), schema, [rows])
    except (pa.ArrowException, OSError) as error:
        raise failed(files[0].path.parent, error) from error


def connect() -> DuckDBPyConnection:
    """An engine in memory that puts nothing on a disk."""
    connection = duckdb.connect(":memory:", config={"temp_directory": ""})
    connection.execute("set TimeZone = 'UTC'")
    return connection


def write_rows(
    folder: Path, schema: pa.Schema, slices: Sequence[DuckDBPyRelation], *, sorted_by: Sequence[str] = ()
) -> NewFile:
    """Write the rows of these slices, one after the other, to a data file that no table names yet."""

    def batches() -> Iterator[pa.Table]:
        # The engine returns rows in pieces of any size. A row group for the rest of each piece would be slow to read.
        left = schema.empty_table()
        for batch in itertools.chain.from_iterable(rows.to_arrow_reader(_BATCH_ROWS) for rows in slices):
            left = pa.concat_tables([left, _lake_table(batch, schema)])
            while len(left) >= _BATCH_ROWS:
                yield left.slice(0, _BATCH_ROWS).combine_chunks()
                left = left.slice(_BATCH_ROWS)
        if len(left):
            yield left.combine_chunks()

    try:
        return write_file(folder, _new_name(), schema, batches(), sorted_by=sorted_by, is_thorough=bool(sorted_by))
    except (pa.ArrowException, duckdb.Error, OSError) as error:
        raise failed(folder, error) from error


def _schema_of(file: DataFile, name: Table) -> pa.Schema:
    """The schema in which a data file is written again: its times stay in milliseconds if they are."""
    from pyarrow.parquet import read_schema

    schema = SCHEMAS[name]
    return in_milliseconds(schema) if read_schema(file.path).field("called_at").type == MILLISECONDS else schema


def _lake_table(batch: pa.RecordBatch, schema: pa.Schema) -> pa.Table:
    return pa.Table.from_batches([batch]).select(schema.names).cast(schema)


def _new_name() -> str:
    return secrets.token_hex(8)


def failed(folder: Path, error: Exception) -> LakeError:
    """Why nothing was rewritten."""
    return LakeError(f"{folder}: data files could not be rewritten, nothing was changed: {error}")
