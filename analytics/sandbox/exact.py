"""Carries the rows of a query to Arrow without losing a digit, a bit or an offset.

DuckDB alone would hand over less than it found. A time loses its offset, bits become padded bytes, an integer of 128 bits fails
from the 39th digit on, and few readers of Arrow or Parquet know an interval, a variant or an integer of any length. So such
values leave the engine as its own text, at any depth of nesting. On this side the integers among them become numbers again, as
decimals of Arrow that are wide enough.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from duckdb import ColumnExpression
from duckdb.sqltypes import DuckDBPyType

from analytics.errors import SqlError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TEXT, _INSTANT = duckdb.type("varchar"), duckdb.type("timestamp")
_INTEGERS = frozenset({"hugeint", "uhugeint"})
_AS_TEXT = _INTEGERS | {"time with time zone", "bit", "interval", "bignum", "variant", "geometry", "enum"}
_DEEPEST = 60
"""Levels of nested lists, structs and the like. Arrow reads only four more."""
_COARSE = frozenset({"timestamp_s", "timestamp_ms"})
"""Instants that are carried as finer ones: Parquet cannot hold an infinite one of whole seconds."""
_WIDE, _WIDEST = pa.decimal128(38, 0), pa.decimal256(39, 0)
"""The first is known to every reader of Arrow and Parquet, the second holds any integer of 128 bits."""


def carried(rows: duckdb.DuckDBPyRelation) -> duckdb.DuckDBPyRelation:
    """The same rows with types that Arrow can hold. The columns may lose their names, which `restored` gives back."""
    types = [_carried(dtype) for dtype in rows.types]
    if types == rows.types:
        return rows
    # Two columns of a query may have the same name. Only their places tell them apart.
    places = [f"c{place}" for place in range(len(types))]
    placed = rows.query(
        "found", f"from found as found({', '.join(places)})"
    )  # no part of the user's query is in this text
    assert placed is not None, "a select has rows"
    return placed.select(
        *(
            ColumnExpression(place) if before == after else ColumnExpression(place).cast(after).alias(place)
            for place, before, after in zip(places, rows.types, types, strict=True)
        )
    )


def restored(table: pa.Table, names: Sequence[str], types: Sequence[DuckDBPyType]) -> pa.Table:
    """The carried rows under their names, with integers as numbers again: decimals without a fraction."""
    columns = [_restored(column, dtype) for column, dtype in zip(table.columns, types, strict=True)]
    return pa.table(columns, names=list(names)) if columns else table


def _restored(column: pa.ChunkedArray, dtype: DuckDBPyType) -> pa.ChunkedArray:
    widest = _with_integers(column.type, dtype, _WIDEST)
    if widest == column.type:
        return column
    # First from text to the widest decimal: Arrow does not check whether a text has more digits than a decimal can hold.
    integers = column.cast(widest)
    try:
        return integers.cast(_with_integers(column.type, dtype, _WIDE))
    except pa.ArrowInvalid:
        return integers


def _carried(dtype: DuckDBPyType, level: int = 0) -> DuckDBPyType:
    if dtype.id in _AS_TEXT:
        return _TEXT
    if dtype.id in _COARSE:
        return _INSTANT
    if level > _DEEPEST:
        raise SqlError(
            f"a value of its result is nested more than {_DEEPEST} levels deep; select a part of it, or its JSON text"
        )
    inside: Callable[[DuckDBPyType], DuckDBPyType] = functools.partial(_carried, level=level + 1)
    match dtype.id:
        case "list":
            return duckdb.list_type(inside(_child(dtype, "child")))
        case "array":
            return duckdb.array_type(inside(_child(dtype, "child")), _size(dtype))
        case "map":  # a list of pairs
            deeper: Callable[[DuckDBPyType], DuckDBPyType] = functools.partial(_carried, level=level + 2)
            return duckdb.map_type(deeper(_child(dtype, "key")), deeper(_child(dtype, "value")))
        case "struct":
            return duckdb.struct_type({name: inside(child) for name, child in _children(dtype)})
        case "tuple":
            children = enumerate(_children(dtype), start=1)
            return duckdb.struct_type({f"element{place}": inside(child) for place, (_, child) in children})
        case "union":
            return duckdb.union_type({name: inside(child) for name, child in _children(dtype) if name})
        case _:
            return dtype


def _with_integers(found: pa.DataType, dtype: DuckDBPyType, integer: pa.DataType) -> pa.DataType:
    """The found type, with `integer` in the places of integers that were carried as text. In unions they stay text."""
    if dtype.id in _INTEGERS:
        return integer
    match dtype.id:
        case "list":
            return pa.list_(_field(found.value_field, _child(dtype, "child"), integer))
        case "array":
            return pa.list_(_field(found.value_field, _child(dtype, "child"), integer), found.list_size)
        case "map":
            return pa.map_(
                _field(found.key_field, _child(dtype, "key"), integer),
                _field(found.item_field, _child(dtype, "value"), integer),
            )
        case "struct" | "tuple":
            children = enumerate(_children(dtype))
            return pa.struct([_field(found.field(place), child, integer) for place, (_, child) in children])
        case _:
            return found


def _field(found: pa.Field, dtype: DuckDBPyType, integer: pa.DataType) -> pa.Field:
    return found.with_type(_with_integers(found.type, dtype, integer))


def _children(dtype: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    return [(name, child) for name, child in dtype.children if isinstance(child, DuckDBPyType)]


def _child(dtype: DuckDBPyType, name: str) -> DuckDBPyType:
    return dict(_children(dtype))[name]


def _size(dtype: DuckDBPyType) -> int:
    return next(size for _, size in dtype.children if isinstance(size, int))
