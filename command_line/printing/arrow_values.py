"""The values of an Arrow table as Python values, including those for which Python has no type.

Python's clock ends at microseconds and its calendar at the year 9999, and it knows no infinite day. A value outside of that
becomes text: in ISO 8601 if that can express it, and otherwise as the engine writes it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY_US = 86_400_000_000


def python_values(column: pa.ChunkedArray | pa.Array) -> list[object]:
    """The values of a column, in their order."""
    if not _holds(column.type, _is_less_in_python):
        with contextlib.suppress(OverflowError):
            return list(column.to_pylist())
    return [_value(scalar) for scalar in column]


def as_parquet_has_them(table: pa.Table) -> pa.Table:
    """The same table with text for what Parquet cannot hold, unions and structs of nothing, and its readers cannot: 39 digits."""
    import duckdb
    import pyarrow.types as kind

    for place, field in enumerate(table.schema):
        if _holds(field.type, _is_nothing_in_parquet):
            with duckdb.connect() as engine:
                value = engine.from_arrow(table.select([place]).rename_columns(["value"]))
                column = value.select("cast(value as varchar)").to_arrow_table().column(0)
        elif _holds(field.type, kind.is_decimal256):
            column = table.column(place).cast(_with_text_for_wide(field.type))
        else:
            continue
        table = table.set_column(place, field.name, column)
    return table


def _with_text_for_wide(dtype: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    def inside(field: pa.Field) -> pa.Field:
        return field.with_type(_with_text_for_wide(field.type))

    match dtype:
        case pa.Decimal256Type():
            return pa.string()
        case pa.MapType():
            return pa.map_(inside(dtype.key_field), inside(dtype.item_field))
        case pa.FixedSizeListType():
            return pa.list_(inside(dtype.value_field), dtype.list_size)
        case pa.ListType():
            return pa.list_(inside(dtype.value_field))
        case pa.StructType():
            return pa.struct([inside(dtype.field(place)) for place in range(dtype.num_fields)])
        case _:
            return dtype


def _holds(dtype: pa.DataType, is_so: Callable[[pa.DataType], bool]) -> bool:
    """Whether this type or one inside it is such a one."""
    return is_so(dtype) or any(_holds(dtype.field(place).type, is_so) for place in range(dtype.num_fields))


def _is_nothing_in_parquet(dtype: pa.DataType) -> bool:
    import pyarrow.types as kind

    is_empty_map = kind.is_map(dtype) and kind.is_null(dtype.key_type)  # of no pair: a key is never null
    return bool(kind.is_union(dtype) or (kind.is_struct(dtype) and dtype.num_fields == 0) or is_empty_map)


def _is_less_in_python(dtype: pa.DataType) -> bool:
    """Whether Arrow would change a value of this type on the way, or asks for pandas, without which we run."""
    import pyarrow.types as kind

    return bool(kind.is_float32(dtype) or kind.is_time(dtype) or (kind.is_timestamp(dtype) and dtype.unit == "ns"))


def _value(scalar: Any) -> object:
    import pyarrow.types as kind

    dtype = scalar.type
    if not scalar.is_valid:
        return None
    if kind.is_timestamp(dtype):
        return _instant(scalar)
    if kind.is_date(dtype):
        return _day(scalar)
    if kind.is_time(dtype):
        return _time(scalar)
    if kind.is_float32(dtype):  # its shortest digits; as a double it would show more than it has
        return float(scalar.cast("string").as_py())
    if kind.is_map(dtype):
        return [(_value(pair["key"]), _value(pair["value"])) for pair in scalar.values]
    if kind.is_struct(dtype):
        return {name: _value(part) for name, part in scalar.items()}
    if kind.is_union(dtype):
        return _value(scalar.value)
    if kind.is_nested(dtype):
        return [_value(item) for item in scalar.values]
    return scalar.as_py()


def _instant(scalar: Any) -> object:
    unit, zone, count = scalar.type.unit, scalar.type.tz, scalar.value
    if abs(count) == 2**63 - 1:
        return "infinity" if count > 0 else "-infinity"
    if unit == "ns":
        instant = _EPOCH + dt.timedelta(microseconds=count // 1000)
        if count % 1000:
            return f"{_iso(instant)}{count % 1000:03}{'Z' if zone else ''}"
        return instant if zone else instant.replace(tzinfo=None)
    try:
        return scalar.as_py()
    except OverflowError:
        return _as_engine_writes(scalar)


def _day(scalar: Any) -> object:
    if abs(scalar.value) == 2**31 - 1:
        return "infinity" if scalar.value > 0 else "-infinity"
    try:
        return scalar.as_py()
    except OverflowError:
        return _as_engine_writes(scalar)


def _time(scalar: Any) -> object:
    nanoseconds = scalar.value if scalar.type.unit == "ns" else scalar.cast("time64[ns]", safe=False).value
    microseconds, rest = divmod(nanoseconds, 1000)
    if microseconds == _DAY_US:
        return "24:00:00"
    instant = _EPOCH + dt.timedelta(microseconds=microseconds)
    return f"{_iso(instant).partition('T')[2]}{rest:03}" if rest else instant.time()


def _iso(instant: dt.datetime) -> str:
    return instant.replace(tzinfo=None).isoformat(timespec="microseconds")


def _as_engine_writes(scalar: Any) -> object:
    """The text of a day or an instant that is too far for Python: 0044-03-15 (BC)."""
    import duckdb
    import pyarrow as pa

    with duckdb.connect() as engine:
        engine.execute("set timezone = 'UTC'")
        table = pa.table({"value": pa.array([scalar])})
        return engine.from_arrow(table).select("cast(value as varchar)").fetchall()[0][0]
