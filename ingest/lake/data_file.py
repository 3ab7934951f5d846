"""Parquet files below the lake's tables: how they are written, and what is known of one without opening it.

    calls/16654c4c1c3fad9a-0-9f86d081884c7d659a2feaa0c55ad015.parquet

A data file never changes, and its name ends in its hash. So anybody who has the file can tell whether it is as it was written.
Without the hash a bit that a disk has flipped could be read as another value, and no reader would notice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import glob
import itertools
import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow import MILLISECONDS
from ingest.errors import REPAIR
from ingest.lake.durable import sha256_of, sync_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from deltalake import DeltaTable
    from duckdb import DuckDBPyConnection, DuckDBPyRelation
    from pyarrow.parquet import SortingColumn

Table: TypeAlias = Literal["calls", "rejects"]
TableName: TypeAlias = Literal["calls", "rejects", "loads"]
SumTable: TypeAlias = Literal[
    "sums/daily_calls",
    "sums/customer_months",
    "sums/customer_days",
    "sums/daily_senders",
    "sums/daily_durations",
    "sums/stream_hours",
    "sums/customer_hours",
    "sums/connector_hours",
    "sums/error_hours",
]
SealedTable: TypeAlias = Literal[
    "sealed/daily_calls",
    "sealed/customer_months",
    "sealed/customer_days",
    "sealed/daily_senders",
    "sealed/daily_durations",
    "sealed/stream_hours",
    "sealed/customer_hours",
    "sealed/connector_hours",
    "sealed/error_hours",
]
AnyTable: TypeAlias = TableName | SumTable | SealedTable
TABLES: tuple[TableName, ...] = ("calls", "rejects", "loads")


_HASH = re.compile(r".*-([0-9a-f]{32})\.parquet")

BOUND_COLUMNS = ("day", "partner", "customer", "load_id", "decision")
"""The columns whose minima and maxima a table keeps with each data file that has them."""

_ROW_GROUP = 128 * 1024
"""Readers read or skip this many rows together, by their minima and maxima."""

_ENDS = {"first_call", "last_call", "last_served"}
"""Times of a day, in no order. In milliseconds, they take 28 bits each if their differences are kept, and 31 if they are compressed."""
_UNREPEATED = {
    "called_at",
    "duration_ms",
    "request_bytes",
    "response_bytes",
    "request_id",
    "line_number",
    "byte_offset",
    "inner_ends",
    "duration_micros",
    *_ENDS,
}
_NESTED = {"filter_fields", "operator_types"}
_MAY_REPEAT = {"duration_ms"}
_OFTEN = 8
"""Values that come back this often in a row group are kept in a dictionary."""
_SCATTERED = {"customer"}
"""In a sorted file these are in many places, so that minima and maxima say little. Bloom filters tell where a value is not."""
_BLOOM = {"ndv": 4096, "fpp": 0.05}
_SKIPPED_BY = {
    "called_at",
    "day",
    "month",
    "customer",
    "integration",
    "partner",
    "project",
    "connector",
    "status",
    "load_id",
}


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of a table, with its minima and maxima; None where they are not known."""

    path: Path
    rows: int
    min_day: dt.date | None
    max_day: dt.date | None
    min_partner: int | None
    max_partner: int | None
    min_customer: str | None
    max_customer: str | None
    size: int = 0
    modified_at_ms: int = 0


@dataclass(frozen=True)
class NewFile:
    """One data file that is written and that no table names yet. `stats` is JSON, as Delta wants it."""

    path: Path
    rows: int
    size: int
    modified_at_ms: int
    stats: str

    @property
    def name(self) -> str:
        """Its name in the table."""
        return self.path.name


@dataclass(frozen=True)
class StagedFile:
    """One data file that a decision names. No reader sees it before that decision is followed."""

    table: Table | SealedTable
    path: str
    size: int
    modified_at_ms: int
    stats: str

    @property
    def name(self) -> str:
        """Its name in the table."""
        return self.path


def data_files(table: DeltaTable, folder: Path) -> tuple[DataFile, ...]:
    """The data files of a table, as it was opened."""
    actions = pa.table(table.get_add_actions(flatten=True))
    names = ["path", "num_records", *(f"{end}.{name}" for name in BOUND_COLUMNS[:3] for end in ("min", "max"))]
    names += ["size_bytes", "modification_time"]
    # A table without statistics of a column (rejects have no day) has no such column here.
    columns = [actions[name].to_pylist() if name in actions.column_names else [None] * len(actions) for name in names]
    found = [
        DataFile(folder / path, rows, *bounds_and_size) for path, rows, *bounds_and_size in zip(*columns, strict=True)
    ]
    return tuple(sorted(found, key=lambda file: file.path.name))


def read_files(connection: DuckDBPyConnection, files: Sequence[Path], *, named: bool = False) -> DuckDBPyRelation:
    """The rows of these data files (at least one), whatever characters are in their paths. `named` adds the column `filename`."""
    return connection.read_parquet([glob.escape(str(file)) for file in files], hive_partitioning=False, filename=named)


def write_file(
    folder: Path,
    name: str,
    schema: pa.Schema,
    tables: Iterable[pa.Table],
    *,
    sorted_by: Sequence[str] = (),
    is_thorough: bool = False,
    says: Mapping[str, str] | None = None,
) -> NewFile:
    """Write rows as one data file whose name begins with `name`. Its content is on the disk when this returns.

    Memory holds one of the tables at a time. The file says that it is sorted by the columns `sorted_by`, nulls first, and in its
    footer the texts `says`. With `is_thorough` it takes less room and more time. OSError or ArrowException when it cannot be written:
    then nothing is left.
    """
    from pyarrow.parquet import ParquetWriter

    rest = iter(tables)
    first = list(itertools.islice(rest, 1))
    # Dictionaries pay where values repeat, statistics where a reader skips by them.
    repeated = [name for name in schema.names if name not in _UNREPEATED and name not in _NESTED]
    repeated += [name for table in first for name in _MAY_REPEAT & set(schema.names) if _repeats(table[name])]
    bounds = _Bounds()
    unfinished = folder / f".{name}.tmp"
    try:
        with ParquetWriter(
            unfinished,
            schema,
            store_schema=False,  # otherwise readers get the dictionaries of the writer
            **_compression(schema, repeated, is_thorough=is_thorough),
            use_dictionary=repeated,
            column_encoding=dict.fromkeys(_differences(schema), "DELTA_BINARY_PACKED"),
            write_statistics=[name for name in schema.names if name in _SKIPPED_BY],
            sorting_columns=_sorting_columns(schema, sorted_by),
            bloom_filter_options={name: _BLOOM for name in sorted_by if name in _SCATTERED},
        ) as writer:
            for table in itertools.chain(first, rest):
                writer.write_table(table.unify_dictionaries(), row_group_size=_ROW_GROUP)
                bounds.include(table)
            writer.add_key_value_metadata(dict(says or {}))
        size = sync_file(unfinished)
        path = folder / f"{name}-{sha256_of(unfinished)[:32]}.parquet"
        unfinished.replace(path)
    except BaseException:
        remove_files([unfinished])
        raise
    return NewFile(path, bounds.rows, size, time.time_ns() // 1_000_000, json.dumps(bounds.stats()))


def is_sorted(path: Path, schema: pa.Schema, sorted_by: Sequence[str]) -> bool:
    """Whether a data file says that it is sorted by these columns. ArrowException or OSError when it cannot be read."""
    from pyarrow.parquet import read_metadata

    said = read_metadata(path).row_group(0).sorting_columns
    return bool(said == _sorting_columns(schema, sorted_by))


def damage(path: Path, size: int | None = None) -> str | None:
    """The fault of a data file that was written with this size. None if it is unchanged. Reads the whole file.

    A file that another engine has written has no hash in its name, so only its size is compared.
    """
    written = _HASH.fullmatch(path.name)
    try:
        found = path.stat().st_size
        if size is not None and found != size:
            return f"has {found:,} bytes, {size:,} were written"
        if written and not sha256_of(path).startswith(written[1]):
            return "has changed since it was written, its hash is another one"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    return None


def damage_among(paths: Iterable[Path]) -> str | None:
    """The first damaged one of these data files, its fault and the remedy. None if none is damaged."""
    for path in paths:
        if wrong := damage(path):
            return f"{path}: {wrong}; {REPAIR}"
    return None


def remove_files(files: Iterable[Path]) -> None:
    """Remove files without readers. A file that cannot be removed is an invisible leftover, as after a crash."""
    for file in files:
        with contextlib.suppress(OSError):
            file.unlink()


def _repeats(values: pa.ChunkedArray) -> bool:
    """Whether values come back so often that a dictionary takes less room: durations in whole milliseconds do."""
    values = values.slice(0, _ROW_GROUP)
    return bool(pc.count_distinct(values).as_py() * _OFTEN <= len(values))


def _compression(schema: pa.Schema, repeated: Sequence[str], *, is_thorough: bool) -> dict[str, Any]:
    """How each column is compressed. `is_thorough` is for files that are written once and read often.

    Numbers that look random take more room on a higher level, times and the indices of dictionaries less.
    """
    if not is_thorough:
        return {"compression": "zstd", "compression_level": 1}
    levels = {name: 9 if name in repeated else 6 if name == "called_at" else 1 for name in schema.names}
    paths = {name: f"{name}.list.element" if name in _NESTED else name for name in schema.names}
    return {
        "compression": dict.fromkeys(paths.values(), "zstd"),
        "compression_level": {paths[name]: level for name, level in levels.items()},
    }


def _differences(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if field.name in _ENDS and field.type == MILLISECONDS]


def _sorting_columns(schema: pa.Schema, names: Sequence[str]) -> tuple[SortingColumn, ...]:
    from pyarrow.parquet import SortingColumn

    order = [(name, "ascending") for name in names]
    return SortingColumn.from_ordering(schema, order, null_placement="at_start") if order else ()


class _Bounds:
    """Minima and maxima of rows that come piece by piece. Readers find out by them which files they do not need."""

    def __init__(self) -> None:
        self.rows = 0
        self._low: dict[str, Any] = {}
        self._high: dict[str, Any] = {}

    def include(self, rows: pa.Table) -> None:
        """Include these rows of the file."""
        self.rows += len(rows)
        for column in BOUND_COLUMNS:
            if column not in rows.column_names:
                continue
            values = rows[column]
            if pa.types.is_dictionary(values.type):
                values = values.unify_dictionaries().cast(values.type.value_type)
            bounds = pc.min_max(values).as_py()
            if bounds["min"] is not None:
                self._low[column] = min(self._low.get(column, bounds["min"]), bounds["min"])
                self._high[column] = max(self._high.get(column, bounds["max"]), bounds["max"])

    def stats(self) -> dict[str, Any]:
        """The bounds as Delta keeps them."""
        low, high = (
            {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in bounds.items()}
            for bounds in (self._low, self._high)
        )
        return {"numRecords": self.rows, "minValues": low, "maxValues": high, "nullCount": {}}
