"""Parquet with columns of any type: a row is a call or a reject, is never ignored, and spoils no other file."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyarrow.parquet import write_table

from ingest.formats.parquet.columns import COLUMNS
from tests.ingest import lakes
from tests.ingest.formats.parquet_tables import URL, table_of

if TYPE_CHECKING:
    import pytest

FEW = settings(
    max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)

_TEXTS = (pa.string(), pa.large_string(), pa.binary(), pa.large_binary())
_NUMBERS = (
    *(pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
    *(
        pa.float16(),
        pa.float32(),
        pa.float64(),
        pa.date32(),
        pa.time32("s"),
        pa.time32("ms"),
        pa.time64("us"),
        pa.time64("ns"),
    ),
    *(
        pa.timestamp(unit, zone)
        for unit in ("s", "ms", "us", "ns")
        for zone in (None, "UTC", "Europe/Amsterdam", "-03:30")
    ),
    *(pa.duration(unit) for unit in ("s", "ms", "us", "ns")),
)
_DECIMALS = (pa.decimal32(5, 2), pa.decimal64(15, 0), pa.decimal128(38, 9), pa.decimal256(76, 30), pa.decimal256(40, 0))
_VIEWS = (pa.string_view(), pa.binary_view())
_LEAVES = st.sampled_from([*_TEXTS, *_NUMBERS, *_DECIMALS, pa.bool_(), pa.binary(16), pa.uuid(), pa.json_()])


def _nested(inner: st.SearchStrategy[pa.DataType]) -> st.SearchStrategy[pa.DataType]:
    return st.one_of(
        st.builds(pa.list_, inner),
        st.builds(pa.large_list, inner),
        st.builds(pa.list_, inner, st.just(2)),
        st.builds(pa.map_, st.sampled_from([pa.string(), pa.binary(), pa.int32(), pa.date32()]), inner),
        st.lists(
            st.tuples(st.sampled_from(["name", "value", "a", "A", 'q"', "IntegrationId", "integrationid"]), inner),
            min_size=1,
            max_size=3,
        ).map(lambda members: pa.struct([pa.field(*member) for member in members])),
        st.builds(
            pa.dictionary, st.just(pa.int8()), st.sampled_from([*_TEXTS[:2], pa.int32(), pa.timestamp("ms", "UTC")])
        ),
    )


TYPES = st.sampled_from([pa.null(), *_VIEWS]) | st.recursive(_LEAVES, _nested, max_leaves=3)


def _bytes(chance: random.Random) -> bytes:
    whole = [
        b"4321_1",
        b"200",
        URL.encode(),
        b"GET",
        b'{"IntegrationId": "4321_1"}',
        b"{",
        b"[1",
        b"",
        b"\n#\r\n",
        b"\0",
    ]
    return chance.choice([*whole, chance.randbytes(chance.randrange(9)), b"caf\xe9", b"\xed\xa0\x80", b"\xff" * 3])


def _array(kind: pa.DataType, rows: int, chance: random.Random) -> pa.Array:
    """Any values of this type that a file may hold, also those that no sound program writes."""
    mask = np.array([chance.random() < 0.2 for _ in range(rows)], dtype=bool)
    if kind in (*_TEXTS, *_VIEWS):
        values = [None if is_null else _bytes(chance) for is_null in mask]
        small = pa.array(values, pa.binary())
        return (small if "binary" in str(kind) else small.view(pa.string())).cast(kind)
    if isinstance(kind, (pa.UuidType, pa.JsonType)):
        return pa.ExtensionArray.from_storage(kind, _array(kind.storage_type, rows, chance))
    if pa.types.is_fixed_size_binary(kind):
        return pa.array([None if is_null else chance.randbytes(16) for is_null in mask], kind)
    if pa.types.is_null(kind):
        return pa.nulls(rows)
    if pa.types.is_boolean(kind):
        return pa.array([None if is_null else chance.random() < 0.5 for is_null in mask], kind)
    if pa.types.is_decimal(kind):
        numbers = [chance.randrange(10**kind.precision) // 10 ** chance.randrange(kind.precision) for _ in mask]
        signs = [chance.random() < 0.1 for _ in mask]
        decimals = [
            None if is_null else Decimal((sign, tuple(map(int, str(number))), -kind.scale))
            for is_null, sign, number in zip(mask, signs, numbers, strict=True)
        ]
        return pa.array(decimals, kind)
    if pa.types.is_nested(kind) or pa.types.is_dictionary(kind):
        return _nested_array(kind, mask, chance)
    return _of_any_bits(kind, mask, chance)


def _nested_array(kind: pa.DataType, mask: np.ndarray[Any, np.dtype[np.bool_]], chance: random.Random) -> pa.Array:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind):
        lengths = [0 if is_null else chance.randrange(4) for is_null in mask]
        offsets = np.concatenate(([0], np.cumsum(lengths)))
        size = int(offsets[-1])
        if pa.types.is_map(kind):
            keys = _array(kind.key_type, size, chance)
            keys = keys.fill_null(keys.drop_null()[0]) if keys.null_count and len(keys.drop_null()) else keys
            if keys.null_count:
                return pa.nulls(len(mask), kind)
            return pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), keys, _array(kind.item_type, size, chance))
        values = _array(kind.value_type, size, chance)
        of = pa.LargeListArray if pa.types.is_large_list(kind) else pa.ListArray
        starts = pa.array(offsets, pa.int64() if pa.types.is_large_list(kind) else pa.int32())
        return of.from_arrays(starts, values, mask=pa.array(mask, pa.bool_()))
    if pa.types.is_fixed_size_list(kind):
        return pa.FixedSizeListArray.from_arrays(
            _array(kind.value_type, 2 * len(mask), chance), 2, mask=pa.array(mask, pa.bool_())
        )
    if pa.types.is_struct(kind):
        members = [_array(field.type, len(mask), chance) for field in kind]
        return pa.StructArray.from_arrays(members, fields=list(kind), mask=pa.array(mask, pa.bool_()))
    values = _array(kind.value_type, 9, chance).drop_null().unique()
    if len(values) < 3:
        return pa.nulls(len(mask), kind)
    return pa.DictionaryArray.from_arrays(pa.array([chance.randrange(3) for _ in mask], pa.int8(), mask=mask), values)


def _of_any_bits(kind: pa.DataType, mask: np.ndarray[Any, np.dtype[np.bool_]], chance: random.Random) -> pa.Array:
    in_seconds = pa.types.is_timestamp(kind) and kind.unit == "s"
    width = 5 if in_seconds else kind.bit_width // 8  # writers refuse what does not fit into milliseconds
    plain = chance.choice([None, 0, 200, 87])
    values = [chance.randbytes(width) if plain is None else plain.to_bytes(2, "little")[:width] for _ in mask]
    whole = pa.Array.from_buffers(
        kind, len(mask), [None, pa.py_buffer(b"".join(value.ljust(kind.bit_width // 8, b"\0") for value in values))]
    )
    parts = [pa.nulls(1, kind) if is_null else whole.slice(number, 1) for number, is_null in enumerate(mask)]
    return pa.concat_arrays([pa.nulls(0, kind), *parts])


_FILES = st.lists(
    st.dictionaries(st.sampled_from(sorted(COLUMNS)), TYPES, min_size=1, max_size=4), min_size=5, max_size=9
)


@FEW
@given(files=_FILES, seed=st.integers(0, 10**6))
def test_a_row_of_any_types_and_values_is_a_call_or_a_reject_and_spoils_no_other_file(
    tmp_path_factory: pytest.TempPathFactory, files: list[dict[str, pa.DataType]], seed: int
) -> None:
    folder, chance = tmp_path_factory.mktemp("parquet"), random.Random(seed)
    logs = folder / "logs"
    logs.mkdir()
    tables: dict[str, pa.Table] = {}
    for number, columns in enumerate(files):
        rows, path = chance.randrange(1, 12), logs / f"{number}.parquet"
        table = table_of(rows)
        for name, kind in columns.items():
            table = table.drop_columns([name]) if name in table.column_names else table
            table = table.append_column(name, _array(kind, rows, chance))
        can_be_cut = not {*table.schema.types} & {*_VIEWS}  # by their writer
        write_table(table, path, row_group_size=chance.choice([1, 3, 100]) if can_be_cut else 100)
        tables[str(path)] = table
    (logs / "good.json").write_bytes(lakes.lines(1, 2))
    *found, good = lakes.load(folder / "lake", logs).sources
    assert lakes.fate(good) == ("loaded", 2, 0, 0, 0)
    assert {one.source for one in found} == set(tables)
    for one in found:
        table = tables[one.source]
        assert (one.status, one.error) == ("loaded", None), table.schema
        assert (one.lines, one.calls + one.rejects, one.ignored) == (len(table), len(table), 0), table.schema
    assert lakes.broken(folder / "lake") == {}
