"""The columns of a table as Arrow types, which are also Parquet's and Delta's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

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
    "smallint": pa.int16(),
    "timestamptz": pa.timestamp("us", "UTC"),
    "varchar": pa.string(),
    "varchar[]": pa.list_(pa.string()),
}


def arrow_schema(columns: Sequence[Column]) -> pa.Schema:
    """The Arrow schema of these columns."""
    return pa.schema([pa.field(column.name, _TYPES[column.sql_type]) for column in columns])


def encoded_schema(columns: Sequence[Column], found: pa.Schema) -> pa.Schema:
    """The Arrow schema of these columns. Texts that are encoded by a dictionary in `found` stay encoded."""
    fields = zip(arrow_schema(columns), found, strict=True)
    return pa.schema([there if pa.types.is_dictionary(there.type) else wanted for wanted, there in fields])


def decoded(rows: pa.Table) -> pa.Table:
    """The same rows without dictionaries."""
    types = [field.type.value_type if pa.types.is_dictionary(field.type) else field.type for field in rows.schema]
    return rows.cast(pa.schema(zip(rows.column_names, types, strict=True)))
