"""The columns of a table as Arrow types, from which those of Parquet and Delta follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.call import Column

_TYPES: dict[str, pa.DataType] = {
    "bigint": pa.int64(),
    "blob": pa.binary(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "double": pa.float64(),
    "integer": pa.int32(),
    "integer[]": pa.list_(pa.int32()),
    "smallint": pa.int16(),
    "timestamptz": pa.timestamp("us", "UTC"),
    "varchar": pa.string(),
    "varchar[]": pa.list_(pa.string()),
}


def arrow_schema(columns: Sequence[Column]) -> pa.Schema:
    """The Arrow schema of these columns."""
    return pa.schema([pa.field(column.name, _TYPES[column.sql_type]) for column in columns])


MILLISECONDS: pa.DataType = pa.timestamp("ms", "UTC")
"""The type of times in a data file in which none has a fraction of a millisecond."""


def in_milliseconds(schema: pa.Schema) -> pa.Schema:
    """The same schema, but its times are kept in milliseconds.

    Most logs say no more. In microseconds, each byte of a time looks random, so a data file takes 1.5 bytes a call more. Readers
    of Parquet see instants in either unit.
    """
    return pa.schema(
        [pa.field(field.name, MILLISECONDS) if pa.types.is_timestamp(field.type) else field for field in schema]
    )


def in_coarsest_unit(calls: pa.Table) -> pa.Table:
    """The same calls. Their times are kept in milliseconds if none of them has a fraction of one."""
    micros = calls["called_at"].cast(pa.int64())
    # Arrow has no remainder.
    whole = pc.multiply(pc.divide(micros, 1000), 1000)
    return calls.cast(in_milliseconds(calls.schema)) if micros.equals(whole) else calls


def encoded_schema(columns: Sequence[Column], found: pa.Schema) -> pa.Schema:
    """The Arrow schema of these columns. Texts that are encoded by a dictionary in `found` stay encoded."""
    fields = zip(arrow_schema(columns), found, strict=True)
    return pa.schema([there if pa.types.is_dictionary(there.type) else wanted for wanted, there in fields])


def lines_numbered(rows: pa.Table, numbers: pa.ChunkedArray) -> pa.Table:
    """Those of the rows that have one of these line numbers.

    Where few lines are asked about, this costs less than to let the engine join: it would look at the texts of all lines first.
    """
    return rows.filter(pc.is_in(rows["line_number"], numbers.combine_chunks()))


_FEW = 500


def without(rows: pa.Table, is_left_out: pa.ChunkedArray) -> pa.Table:
    """The rows but these. Where few are left out, slices between them cost less than a filter, which copies."""
    if pc.sum(is_left_out).as_py() > _FEW:
        return rows.filter(pc.invert(is_left_out))
    ends = [*pc.indices_nonzero(is_left_out).to_pylist(), len(rows)]
    starts = [0, *(end + 1 for end in ends)]
    return pa.concat_tables([rows.slice(start, end - start) for start, end in zip(starts, ends, strict=False)])


def in_lines_order(many: pa.Table, few: pa.Table) -> pa.Table:
    """The rows of two tables by line number. Both are in that order."""
    if len(few) > _FEW:
        both = pa.concat_tables([many, few])
        return both.take(pa.array(np.argsort(both["line_number"].to_numpy(), kind="stable")))
    places = np.searchsorted(many["line_number"].to_numpy(), few["line_number"].to_numpy()).tolist()
    pieces, start = [], 0
    for number, end in enumerate(places):
        pieces += [many.slice(start, end - start), few.slice(number, 1)]
        start = end
    return pa.concat_tables([*pieces, many.slice(start)])


def decoded(rows: pa.Table) -> pa.Table:
    """The same rows without dictionaries."""
    types = [field.type.value_type if pa.types.is_dictionary(field.type) else field.type for field in rows.schema]
    return rows.cast(pa.schema(zip(rows.column_names, types, strict=True)))
