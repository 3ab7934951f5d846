"""The rows of a Parquet file in batches that fit into memory."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.errors import SourceError
from ingest.formats.parquet.file import ENGINE_ERRORS, naming
from ingest.formats.parquet.pages import PagesError, sizes_of
from ingest.formats.parquet.values import in_seconds
from ingest.read.blocks import DENSE_BYTES, DENSE_RATIO
from ingest.read.compression import BOMB_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyarrow.parquet import ParquetFile

    from ingest.read.reader import Reader


_LONG_ROW_BYTES, _LONG_ROWS_BYTES = 8 << 10, 16 << 20
"""Rows that are this long on average are understood 16 MB at a time: the engine holds each step's results for 2,048 of them."""

MOST_TIMES = 1000
"""Rows that are more than this many times the bytes of their file, and more than BOMB_BYTES, are no log. Parquet stores repeated values
better than compression stores repeated lines, so the wall is higher than BOMB_RATIO."""

MOST_HELD, MOST_HELD_DENSE = 256 << 20, 64 << 20
"""The most bytes of pages that have to be unpacked as a whole to read one row: of all pages, and of those that grow fifty times."""

_LOGICAL = {"JSON": pa.json_(), "UUID": pa.uuid()}
"""Types of Parquet that tell more of a text or of bytes."""


def batches_of(reader: Reader, parquet: ParquetFile, types: Mapping[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
    """The rows in batches that are no larger than a block should be, their columns of these types."""
    columns = list(types)
    at_once, most = _rows_at_once(reader, parquet, columns)
    batches = _together(
        parquet.iter_batches(batch_size=at_once, columns=columns), at_once, most=most, most_rows=reader.limits.row_count
    )
    while True:
        try:
            batch = next(batches, None)
        except (*ENGINE_ERRORS, OSError, UnicodeError):
            for column in columns:  # nobody says which of them it was
                with naming(reader.name, column):
                    for _ in parquet.iter_batches(batch_size=at_once, columns=[column]):
                        pass
            raise
        if batch is None:
            return
        # By place, because a name with a point in it brings others along.
        found = [batch.column(batch.schema.names.index(column)) for column in columns]
        arrays = [_as_type(array, kind) for array, kind in zip(found, types.values(), strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, columns)


def types_of(reader: Reader, parquet: ParquetFile, columns: Iterable[str]) -> dict[str, pa.DataType]:
    """The types of these columns: as Parquet has them, but for what it has no type for, and for instants without a zone.

    An INT96 is an instant in UTC, as Spark writes it, whatever reads it: nothing in the file would say another zone.
    """
    from pyarrow.parquet import read_schema

    schema = parquet.schema_arrow
    described = {one.path: one for one in (parquet.schema.column(number) for number in range(len(parquet.schema)))}
    held: dict[str, pa.DataType] = {}
    with contextlib.suppress(*ENGINE_ERRORS, UnicodeError):  # whoever has written it, the values are there without it
        reader.file.seek(0)
        held = {field.name: field.type for field in read_schema(reader.file)}
    found = {}
    for column in columns:
        kind = schema.field(schema.names.index(column)).type
        there = held.get(column, kind)
        said = described.get(column)
        if said is not None and said.physical_type == "INT96":
            kind = pa.timestamp("us", "UTC")
        elif said is not None and said.converted_type == "INTERVAL":
            kind = pa.month_day_nano_interval()
        elif said is not None and said.logical_type.type in _LOGICAL:
            kind = _LOGICAL[said.logical_type.type]
        elif pa.types.is_timestamp(kind) and pa.types.is_timestamp(there) and there.tz is None:
            kind = pa.timestamp(kind.unit)
        elif pa.types.is_int64(kind) and pa.types.is_duration(there):
            kind = there
        found[column] = kind
    return found


def _as_type(array: pa.Array, kind: pa.DataType) -> pa.Array:
    if pa.types.is_interval(kind):
        return _interval(array)
    is_extension = isinstance(kind, pa.BaseExtensionType)
    return pa.ExtensionArray.from_storage(kind, array) if is_extension else array.cast(kind)


def _interval(array: pa.Array) -> pa.Array:
    """Parquet's INTERVAL (months, days and milliseconds, four bytes each) as a text that says its units: 0.087s.

    A month has no length, so one with months is no duration: it stays in words, and is counted among what is not read.
    """
    parts = np.frombuffer(b"".join(value or bytes(12) for value in array.to_pylist()), dtype="<u4").astype(np.int64)
    months, days, milliseconds = (pa.array(parts[place::3]) for place in range(3))
    lasting = in_seconds(pc.add(pc.multiply(days, 86_400_000), milliseconds), 3)
    with_months = pc.binary_join_element_wise(months.cast(pa.string()), "months", lasting, " ")
    texts = pc.if_else(pc.greater(months, 0), with_months, lasting)
    return pc.if_else(array.is_valid(), texts, pa.scalar(None, pa.string()))


def _rows_at_once(reader: Reader, parquet: ParquetFile, columns: Sequence[str]) -> tuple[int, int]:
    """How many rows of these columns can be read at once, and how many bytes of rows be understood together.

    SourceError where they are more than rows of their file can be.
    """
    try:
        sizes = sizes_of(reader.file, parquet.metadata, columns)
    except PagesError as error:
        raise SourceError(
            f"{reader.name}: the Parquet file cannot be read: the headers of its pages are invalid; nothing of it was loaded"
        ) from error
    frame = sum(len(column) + len('"":,') for column in columns)
    refuse_growth(reader, sizes.least + sizes.rows * frame, sizes.largest_column)
    if sizes.held > MOST_HELD or sizes.dense > MOST_HELD_DENSE:
        raise SourceError(
            f"{reader.name}: one row of the Parquet file cannot be read without {sizes.held:,} bytes of pages in memory, more than"
            f" {MOST_HELD_DENSE if sizes.dense > MOST_HELD_DENSE else MOST_HELD:,}; nothing of it was loaded;"
            " write it with smaller pages, such as the usual megabyte"
        )
    reader.is_dense = sizes.least > DENSE_RATIO * reader.file.seek(0, os.SEEK_END)
    rows = reader.limits.row_count
    while rows > 1 and sizes.most(rows) > _most_at_once(reader, sizes.most(rows), rows):
        rows //= 2
    return rows, _most_at_once(reader, sizes.least, sizes.rows)


def _most_at_once(reader: Reader, size: float, rows: int) -> int:
    """How many bytes of rows may be read at once that have this size."""
    if reader.is_dense:
        return DENSE_BYTES
    return _LONG_ROWS_BYTES if size > rows * _LONG_ROW_BYTES else reader.limits.row_bytes


def refuse_growth(reader: Reader, size: int, column: str | None = None) -> None:
    """SourceError where this is more than the rows of a log can be."""
    file_size = reader.file.seek(0, os.SEEK_END)
    if size > max(BOMB_BYTES, MOST_TIMES * file_size):
        mostly = "" if column is None else f", mostly of the column {column}"
        raise SourceError(
            f"{reader.name}: {file_size:,} bytes of Parquet become {'about' if column else 'more than'} {size:,} bytes of rows{mostly}: more than"
            f" {MOST_TIMES:,} times as many, which no log does; nothing of it was loaded; if it is a log, write it into several files:"
            f" {BOMB_BYTES:,} bytes of rows are always read"
        )


def _together(
    batches: Iterator[pa.RecordBatch], at_once: int, *, most: int, most_rows: int
) -> Iterator[pa.RecordBatch]:
    """The same rows in batches that are about as large as they may be, where they had to be read in smaller ones."""
    if at_once >= most_rows:
        yield from batches
        return
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        if held and (rows + len(batch) > most_rows or size + batch.nbytes > most):
            yield pa.concat_batches(held)
            held, rows, size = [], 0, 0
        held.append(batch)
        rows += len(batch)
        size += batch.nbytes
    if held:
        yield pa.concat_batches(held)
