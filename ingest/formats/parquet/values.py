"""The rows of a Parquet file as lines of JSON, whatever its columns are made of.

A row has a fate like any line, so every value of every type becomes JSON. Texts at any depth are made valid UTF-8. A number that JSON
does not have becomes null or text. If a map has a key twice, its values become a list. The engine's own conversion of Arrow is not
used for this: it refuses some types (a map with a key twice, wide decimals, half floats), and turns bytes that are not UTF-8 into an
empty text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.read.blocks import MAX_LINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb


_UNITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
"""The units of a duration, each with the number of decimals of a duration in seconds."""


_LEAVES = "select coalesce(to_json(value)::varchar, 'null') as json from leaves"
_JSON_TEXTS = """
    select
        case
            when value is null then 'null' when json_valid(value) then json(value)::varchar else to_json(value)::varchar
        end as json
    from leaves
"""


class JsonTexts:
    """Makes JSON of the values of an array: a text for each, 'null' for none."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def texts(self, array: pa.Array) -> pa.Array:
        """Any values."""
        kind = array.type
        if isinstance(kind, pa.JsonType):
            return self._parsed(sound_texts(array.storage))
        if pa.types.is_map(kind):
            pair = pa.struct([("key", kind.key_type), ("value", kind.item_type)])
            maps = array.cast(pa.list_(pair))  # a map is a list of pairs that few functions of Arrow take
            return self._of_pairs(maps, maps.flatten(), ("key", "value"))
        if pa.types.is_struct(kind):
            members = [self.texts(member) for member in array.flatten()]
            return _or_null(array, objects([field.name for field in kind], members, len(array)))
        if _is_list(kind):
            return _or_null(array, _bracketed(_joined(self.texts(array.flatten()), _lengths(array))))
        return self._of_leaves(_plain(array))

    def _of_leaves(self, array: pa.Array) -> pa.Array:
        return self._of(array, _LEAVES)

    def _parsed(self, array: pa.Array) -> pa.Array:
        """Texts that are JSON as what they say, others as texts."""
        return self._of(array, _JSON_TEXTS)

    def _of(self, array: pa.Array, query: str) -> pa.Array:
        self._connection.register("leaves", pa.table([array], ["value"]))
        found = self._connection.sql(query).to_arrow_table()["json"]
        self._connection.unregister("leaves")
        return _one(found.cast(pa.large_string()))

    def _of_pairs(self, array: pa.Array, pairs: pa.StructArray, names: tuple[str, str]) -> pa.Array:
        """An object for each list of pairs. `names` are the members of a pair that hold a name and its value.

        If a name comes twice, its values become a list, in their order. A value without a name is left out.
        """
        rows = np.repeat(np.arange(len(array)), _lengths(array))
        members = dict(zip([field.name for field in pairs.type], pairs.flatten(), strict=True))
        keys, values = (members[name] for name in names)
        is_named = keys.is_valid()
        rows, keys, values = (
            rows[is_named.to_numpy(zero_copy_only=False)],
            keys.filter(is_named),
            values.filter(is_named),
        )
        texts = self.texts(values)
        # A few names repeat all the time. Two of them may become one text when invalid UTF-8 is replaced.
        found = (keys if is_text(keys.type) else self.texts(keys)).dictionary_encode()
        names_found = self._of_leaves(sound_texts(found.dictionary)).dictionary_encode()
        codes = names_found.indices.take(found.indices)
        written = names_found.dictionary.take(codes)
        places = np.sort(rows * len(names_found.dictionary) + codes.to_numpy())
        if (places[1:] == places[:-1]).any():  # something comes twice
            table = pa.table({"row": rows, "key": written, "value": texts})
            by_name = table.group_by(["row", "key"], use_threads=False).aggregate([("value", "list")])
            lists = _one(by_name["value_list"])
            several = _bracketed(pc.binary_join(lists, literal(",")))
            texts = pc.if_else(pc.greater(pc.list_value_length(lists), 1), several, pc.list_element(lists, 0))
            rows, written = by_name["row"].to_numpy(), _one(by_name["key"])
        pair = pc.binary_join_element_wise(written, texts, literal(":"))
        joined = _joined(pair, np.bincount(rows, minlength=len(array)))
        return _or_null(array, pc.binary_join_element_wise(literal("{"), joined, literal("}"), literal("")))


def _plain(array: pa.Array) -> pa.Array:
    """Values that the engine writes as JSON: booleans, numbers that are some, or texts."""
    kind = array.type
    if is_text(kind):
        return sound_texts(_shortened(array))
    if pa.types.is_timestamp(kind):
        written = pc.strftime(
            array if kind.tz is None else array.cast(pa.timestamp(kind.unit, "UTC")), format="%Y-%m-%dT%H:%M:%S"
        )
        return written if kind.tz is None else pc.binary_join_element_wise(written, "Z", "")
    if pa.types.is_duration(kind):
        return in_seconds(array.cast(pa.int64()), _UNITS[kind.unit])
    if pa.types.is_floating(kind):
        wide = array.cast(pa.float32()) if pa.types.is_float16(kind) else array
        return pc.if_else(pc.is_finite(wide), wide, pa.scalar(None, wide.type))
    if pa.types.is_decimal(kind) or pa.types.is_time(kind) or pa.types.is_date(kind):
        return array.cast(pa.string())
    return array


def in_seconds(array: pa.Array, digits: int) -> pa.Array:
    """Durations as texts that say their unit: 0.087000s."""
    size = pc.abs(array)
    whole = pc.divide(size, 10**digits)
    rest = pc.subtract(size, pc.multiply(whole, 10**digits)).cast(pa.string())
    sign = pc.if_else(pc.less(array, 0), "-", "")
    fraction = pc.binary_join_element_wise(".", pc.utf8_lpad(rest, digits, "0"), "") if digits else ""
    return pc.binary_join_element_wise(sign, whole.cast(pa.string()), fraction, "s", "")


def _shortened(array: pa.Array) -> pa.Array:
    """The same texts, where one is longer than a line may be only what makes its line too long."""
    if array.nbytes <= MAX_LINE_BYTES:
        return array
    wide = array.cast(pa.large_binary())
    longest = pc.max(pc.binary_length(wide)).as_py() or 0
    return array if longest <= MAX_LINE_BYTES else pc.binary_slice(wide, 0, MAX_LINE_BYTES + 1)


def sound_texts(array: pa.Array) -> pa.Array:
    """Texts, or bytes that should be texts, with U+FFFD for whatever is not UTF-8. Arrow writes and reads texts unchecked."""
    wide = array.cast(pa.large_binary())
    texts = pa.Array.from_buffers(pa.large_string(), len(wide), wide.buffers(), offset=wide.offset)
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:  # rare, and so one by one
        sound = [None if value is None else value.decode("utf-8", "replace") for value in wide.to_pylist()]
        return pa.array(sound, pa.large_string())
    return texts


def is_text(kind: pa.DataType) -> bool:
    """Whether values of this type are texts, or bytes that should be texts."""
    return any(
        is_one(kind)
        for is_one in (
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_string_view,
            pa.types.is_binary,
            pa.types.is_large_binary,
            pa.types.is_binary_view,
            pa.types.is_fixed_size_binary,
        )
    )


def _is_list(kind: pa.DataType) -> bool:
    return any(
        is_one(kind)
        for is_one in (
            pa.types.is_list,
            pa.types.is_large_list,
            pa.types.is_fixed_size_list,
            pa.types.is_list_view,
            pa.types.is_large_list_view,
        )
    )


def objects(names: Sequence[str], members: Sequence[pa.Array], rows: int) -> pa.Array:
    """An object for each row; where a name stands twice among them, it has a list of the values."""
    by_name: dict[str, list[pa.Array]] = {}
    for name, member in zip(names, members, strict=True):
        by_name.setdefault(name, []).append(member)
    parts: list[pa.Array | pa.Scalar] = []
    for name, values in by_name.items():
        one = values[0] if len(values) == 1 else _bracketed(pc.binary_join_element_wise(*values, literal(",")))
        parts += [literal(f"{',' if parts else ''}{json.dumps(name)}:"), one]
    if not parts:
        return pa.repeat(literal("{}"), rows)
    return pc.binary_join_element_wise(literal("{"), *parts, literal("}"), literal(""))


def _or_null(array: pa.Array, texts: pa.Array) -> pa.Array:
    """These texts, and 'null' for each value that is absent."""
    return texts if array.null_count == 0 else pc.if_else(array.is_valid(), texts, literal("null"))


def _joined(texts: pa.Array, lengths: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Array:
    """The texts of each list with commas between them; the lists have these lengths."""
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    return pc.binary_join(pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), texts), literal(","))


def _lengths(array: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How many values each list of this array has; a null has none."""
    lengths = pc.if_else(array.is_valid(), pc.list_value_length(array).cast(pa.int64()), 0)
    return np.asarray(pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False), dtype=np.int64)


def _bracketed(texts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(literal("["), texts, literal("]"), literal(""))


def literal(text: str) -> pa.Scalar:
    """The text as the one type that all texts have on their way to a line."""
    return pa.scalar(text, pa.large_string())


def _one(array: pa.ChunkedArray) -> pa.Array:
    """All of it in one piece."""
    found = array.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def bytes_of(lines: pa.Array) -> bytes:
    """The texts, joined."""
    if not len(lines):
        return b""
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int64)[lines.offset : lines.offset + len(lines) + 1]
    return bytes(memoryview(lines.buffers()[2])[offsets[0] : offsets[-1]])
