"""The rows of a Parquet file as lines of JSON, whatever its columns are made of.

A row has a fate like any line, so every value of every type becomes JSON: what is text somewhere below is made sound, what
JSON has no number for becomes null or text, and what stands in a map twice is a list of both. Nothing of that is left to the
engine's own conversion of Arrow, which refuses some types (a map with a key twice, wide decimals, half floats) and makes an empty
text of what is no UTF-8.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
from typing import IO, TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.catalogue.platform_host import places_of_hosts
from ingest.errors import AmbiguousHostError, SourceError, UnknownFormatError
from ingest.formats.id_name import is_id_name
from ingest.formats.parquet_pages import PagesError, sizes_of
from ingest.read.blocks import DENSE_BYTES, DENSE_RATIO, MAX_LINE_BYTES, Block
from ingest.read.compression import BOMB_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pyarrow.parquet import ParquetFile

    from ingest.read.reader import Reader

MAGIC = b"PAR1"
_ENGINE_ERRORS = (duckdb.Error, pa.ArrowException, MemoryError)
"""Whatever the engines raise at values that they cannot take, or that are too many for the memory there is."""

_TRAILER = 8
"""So many bytes stand behind the footer: its length, and the first four bytes of the file once more."""

_ARROW_SCHEMA = b"ARROW:schema"
"""What the writers of Arrow call the schema that they put beside Parquet's own."""

_ROWS = 32_768
"""How many rows are understood together, if they are no more than _BATCH_BYTES."""

_BATCH_BYTES = 32 << 20
"""So much may the values of rows be that Arrow reads at once. On their way to lines of JSON they are there several times."""

_LONG_ROW_BYTES, _LONG_ROWS_BYTES = 8 << 10, 16 << 20
"""Rows that are so long on average are understood so many bytes at a time: the engine has each step's results for 2,048 of them."""

MOST_TIMES = 1000
"""Rows that are so many times the bytes of their file, and more than BOMB_BYTES, are no log. What repeats costs less here than in lines."""

MOST_HELD, MOST_HELD_DENSE = 256 << 20, 64 << 20
"""So much may the pages be that have to be unpacked as a whole to read one row: in general, and of those that become fifty times as much."""

_NEEDED = {"timestamp", "method", "url", "status"}
COLUMNS = {
    *_NEEDED,
    "integration_id",
    "headers",
    "duration_ms",
    "request_bytes",
    "response_bytes",
    "user_agent",
    "request_id",
    "body",
}
"""The columns of a Parquet file that are read, in any case: the names of our JSON dialect."""

HOST = "called_host"
"""What a row calls the host, where a URL is a path and another column holds the hosts of the platform."""

_ROWS_TO_DETECT = 1000

_LOGICAL = {"JSON": pa.json_(), "UUID": pa.uuid()}
"""Types of Parquet that tell more of a text or of bytes."""

_UNITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
"""The units of a duration: how many digits stand behind the point where it is written in seconds."""


def columns_of(reader: Reader) -> tuple[list[str], list[tuple[str, bool]]]:
    """What our dialect calls the columns of a Parquet file that are read; the others, and whether one may say the host.

    SourceError when it is no table of calls.
    """
    with _opened(reader) as parquet:
        read = _read_columns(reader.name, parquet)
        return sorted(read.values()), [
            (field.name, _may_say_host(field)) for field in parquet.schema_arrow if field.name not in read
        ]


def blocks_of_rows(reader: Reader) -> Iterator[Block]:
    """The rows of a Parquet file as JSON: a line each; its place is the number of rows before it.

    SourceError, naming the column where that is known, when it cannot be read to its end.
    """
    done = written_bytes = 0
    with _opened(reader) as parquet, duckdb.connect(config={"temp_directory": ""}) as connection:
        names = _with_host(reader, parquet, _read_columns(reader.name, parquet))
        written = _Json(connection)
        for batch in _batches(reader, parquet, _types(reader, parquet, names)):
            texts = []
            for column in names:
                with _naming(reader.name, column):
                    texts.append(written.texts(batch.column(column)))
            lines = pc.binary_join_element_wise(
                _object(list(names.values()), texts, len(batch)), _text("\n"), _text("")
            )
            data = _bytes_of(lines)
            written_bytes += len(data)
            _refuse_growth(reader, written_bytes)
            places = np.arange(done, done + len(batch), dtype=np.int64)
            yield Block(data, done, places=places, is_dense=reader.is_dense)
            done += len(batch)


@contextlib.contextmanager
def _opened(reader: Reader) -> Iterator[ParquetFile]:
    from pyarrow.parquet import ParquetFile

    try:
        # An INT96 is a day and nanoseconds of it: as nanoseconds since 1970 it would end in the year 2262.
        plain = _PlainFile(reader.file)
        with ParquetFile(plain, coerce_int96_timestamp_unit="us", arrow_extensions_enabled=False) as parquet:
            yield parquet
    except (*_ENGINE_ERRORS, OSError, UnicodeError) as error:
        raise SourceError(
            f"{reader.name}: the Parquet file cannot be read ({type(error).__name__}); nothing of it was loaded"
        ) from error


class _PlainFile(io.RawIOBase):
    """A Parquet file without the schema that Arrow's writers put beside Parquet's own.

    It says how the writer held the values: in a dictionary, as views, in lists with long offsets. Arrow holds them so again when
    it reads them, which it can do for some values and for others not (a dictionary inside of an object, a dictionary with a text
    that is no UTF-8). What the values are is in Parquet's schema, durations apart.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._size = file.seek(0, os.SEEK_END)
        trailer = self._at(max(self._size - _TRAILER, 0), _TRAILER)
        # Where a file was cut off anything stands there, four gigabytes for example.
        length = int.from_bytes(trailer[:4], "little") if trailer.endswith(MAGIC) else 0
        self._footer_at = max(self._size - _TRAILER - length, 0)
        footer = self._at(self._footer_at, min(length, self._size))
        # Of the same length, so that nothing else of the footer moves.
        self._footer = footer.replace(_ARROW_SCHEMA, b"-" * len(_ARROW_SCHEMA))
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begin = {os.SEEK_SET: 0, os.SEEK_CUR: self._place, os.SEEK_END: self._size}[whence]
        self._place = begin + offset
        return self._place

    def tell(self) -> int:
        return self._place

    def read(self, size: int = -1) -> bytes:
        data = self._at(self._place, self._size - self._place if size < 0 else size)
        start, end = self._place, self._place + len(data)
        self._place = end
        behind = self._footer_at + len(self._footer)
        if end <= self._footer_at or start >= behind:
            return data
        first, last = max(start, self._footer_at), min(end, behind)
        footer = self._footer[first - self._footer_at : last - self._footer_at]
        return data[: first - start] + footer + data[last - start :]

    def _at(self, place: int, size: int) -> bytes:
        self._file.seek(place)
        return self._file.read(size)


@contextlib.contextmanager
def _naming(name: str, column: str) -> Iterator[None]:
    """Say which column it is that cannot be read. What the engines say may hold a value of the log, so it stays out."""
    try:
        yield
    except (*_ENGINE_ERRORS, OSError, UnicodeError) as error:
        raise SourceError(
            f"{name}: the column {column} of the Parquet file cannot be read ({type(error).__name__}); nothing of it was loaded"
        ) from error


def _read_columns(name: str, parquet: ParquetFile) -> dict[str, str]:
    """The columns that say something about a call, and what our dialect calls them. UnknownFormatError without calls."""
    columns = [column for column in parquet.schema_arrow.names if column.lower() in COLUMNS or is_id_name(column)]
    found = {column: column.lower() if column.lower() in COLUMNS else column for column in columns}
    missing = sorted(_NEEDED - set(found.values()))
    if missing:
        raise UnknownFormatError(
            f"{name}: unknown_format: the Parquet file has no table of calls: it lacks the columns {', '.join(missing)};"
            f" expected at least {', '.join(sorted(_NEEDED))}"
        )
    if len(set(found.values())) < len(columns):
        read = [column.lower() if column.lower() in COLUMNS else column for column in columns]
        twice = sorted({column for column in read if read.count(column) > 1})
        raise UnknownFormatError(
            f"{name}: unknown_format: the Parquet file has the column {', '.join(twice)} more than once, in upper or lower case"
        )
    return found


def _with_host(reader: Reader, parquet: ParquetFile, names: Mapping[str, str]) -> dict[str, str]:
    """The columns to be read, with all others that may say the host where a URL is a path. AmbiguousHostError where several do.

    The one that holds hosts of the platform in most rows is the host. The others are in the line as in JSON, so that no row
    that names a host in one of them is counted for another.
    """
    url = next(column for column, name in names.items() if name == "url")
    if not any(pc.any(_are_paths(batch.column(url))).as_py() for batch in _of(reader, parquet, [url])):
        return dict(names)
    others = [field.name for field in parquet.schema_arrow if field.name not in names and _may_say_host(field)]
    for batch in _of(reader, parquet, [url, *others]):
        rows = batch.filter(_are_paths(batch.column(url))).slice(0, _ROWS_TO_DETECT)
        if len(rows):
            break
    texts = {column: _sound(rows.column(column)) for column in others if _is_text(rows.schema.field(column).type)}
    said = {column: pc.fill_null(array, "").to_pylist() for column, array in texts.items()}
    found = places_of_hosts(
        [{column: values[row] for column, values in said.items()} for row in range(len(rows))], said
    )
    if len(found) > 1:
        error = AmbiguousHostError(found)
        raise SourceError(f"{reader.name}: {error}; leave the others out of the Parquet file")
    return {**names, **{column: HOST if column in found else column for column in others}}


def _may_say_host(field: pa.Field) -> bool:
    return not pa.types.is_primitive(field.type) and not pa.types.is_boolean(field.type)


def _of(reader: Reader, parquet: ParquetFile, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    return _batches(reader, parquet, _types(reader, parquet, columns))


def _are_paths(urls: pa.Array) -> pa.Array:
    """Which of these are paths, without a host."""
    if not _is_text(urls.type):
        return pa.array(np.zeros(len(urls), np.bool_))
    return pc.fill_null(pc.starts_with(_sound(urls), "/"), pa.scalar(value=False))


def _batches(reader: Reader, parquet: ParquetFile, types: Mapping[str, pa.DataType]) -> Iterator[pa.RecordBatch]:
    """The rows in batches that are no larger than a block should be, their columns of these types."""
    columns = list(types)
    at_once, most = _rows_at_once(reader, parquet, columns)
    batches = _together(parquet.iter_batches(batch_size=at_once, columns=columns), at_once, most)
    while True:
        try:
            batch = next(batches, None)
        except (*_ENGINE_ERRORS, OSError, UnicodeError):
            for column in columns:  # nobody says which of them it was
                with _naming(reader.name, column):
                    for _ in parquet.iter_batches(batch_size=at_once, columns=[column]):
                        pass
            raise
        if batch is None:
            return
        # By place, because a name with a point in it brings others along.
        found = [batch.column(batch.schema.names.index(column)) for column in columns]
        arrays = [_as_type(array, kind) for array, kind in zip(found, types.values(), strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, columns)


def _types(reader: Reader, parquet: ParquetFile, columns: Iterable[str]) -> dict[str, pa.DataType]:
    """The types of these columns: as Parquet has them, but for what it has no type for, and for instants without a zone.

    An INT96 is an instant in UTC, as Spark writes it, whatever reads it: nothing in the file would say another zone.
    """
    from pyarrow.parquet import read_schema

    schema = parquet.schema_arrow
    described = {one.path: one for one in (parquet.schema.column(number) for number in range(len(parquet.schema)))}
    held: dict[str, pa.DataType] = {}
    with contextlib.suppress(*_ENGINE_ERRORS, UnicodeError):  # whoever has written it, the values are there without it
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
    lasting = _seconds(pc.add(pc.multiply(days, 86_400_000), milliseconds), 3)
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
            f"{reader.name}: the Parquet file cannot be read: the headers of its pages are unsound; nothing of it was loaded"
        ) from error
    frame = sum(len(column) + len('"":,') for column in columns)
    _refuse_growth(reader, sizes.least + sizes.rows * frame, sizes.largest_column)
    if sizes.held > MOST_HELD or sizes.dense > MOST_HELD_DENSE:
        raise SourceError(
            f"{reader.name}: one row of the Parquet file cannot be read without {sizes.held:,} bytes of pages in memory, more than"
            f" {MOST_HELD_DENSE if sizes.dense > MOST_HELD_DENSE else MOST_HELD:,}; nothing of it was loaded;"
            " write it with smaller pages, a megabyte as is usual"
        )
    reader.is_dense = sizes.least > DENSE_RATIO * reader.file.seek(0, os.SEEK_END)
    rows = _ROWS
    while rows > 1 and sizes.most(rows) > _most_at_once(reader, sizes.most(rows), rows):
        rows //= 2
    return rows, _most_at_once(reader, sizes.least, sizes.rows)


def _most_at_once(reader: Reader, size: float, rows: int) -> int:
    """How many bytes of rows may be read at once that have this size."""
    if reader.is_dense:
        return DENSE_BYTES
    return _LONG_ROWS_BYTES if size > rows * _LONG_ROW_BYTES else _BATCH_BYTES


def _refuse_growth(reader: Reader, size: int, column: str | None = None) -> None:
    """SourceError where so many bytes are more than the rows of a log can be."""
    file_size = reader.file.seek(0, os.SEEK_END)
    if size > max(BOMB_BYTES, MOST_TIMES * file_size):
        mostly = "" if column is None else f", mostly of the column {column}"
        raise SourceError(
            f"{reader.name}: {file_size:,} bytes of Parquet become {'about' if column else 'more than'} {size:,} bytes of rows{mostly}: more than"
            f" {MOST_TIMES:,} times as many, which no log does; nothing of it was loaded; if it is one, write it into several files:"
            f" {BOMB_BYTES:,} bytes of rows are always read"
        )


def _together(batches: Iterator[pa.RecordBatch], at_once: int, most: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches that are about as large as they may be, where they had to be read in smaller ones."""
    if at_once >= _ROWS:
        yield from batches
        return
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        if held and (rows + len(batch) > _ROWS or size + batch.nbytes > most):
            yield pa.concat_batches(held)
            held, rows, size = [], 0, 0
        held.append(batch)
        rows += len(batch)
        size += batch.nbytes
    if held:
        yield pa.concat_batches(held)


_LEAVES = "select coalesce(to_json(value)::varchar, 'null') as json from leaves"
_JSON_TEXTS = """
    select
        case
            when value is null then 'null' when json_valid(value) then json(value)::varchar else to_json(value)::varchar
        end as json
    from leaves
"""


class _Json:
    """Makes JSON of the values of an array: a text for each, 'null' for none."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def texts(self, array: pa.Array) -> pa.Array:
        """Any values."""
        kind = array.type
        if isinstance(kind, pa.JsonType):
            return self._parsed(_sound(array.storage))
        if pa.types.is_map(kind):
            pair = pa.struct([("key", kind.key_type), ("value", kind.item_type)])
            maps = array.cast(pa.list_(pair))  # a map is a list of pairs that few functions of Arrow take
            return self._of_pairs(maps, maps.flatten(), ("key", "value"))
        if pa.types.is_struct(kind):
            members = [self.texts(member) for member in array.flatten()]
            return _or_null(array, _object([field.name for field in kind], members, len(array)))
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
        """An object for each list of pairs, whose members have these names: what names the other, and its value.

        The values of a name that comes twice are a list, in their order. What has no name is left out.
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
        # Few names come again and again. Two of them may be one text once what is no UTF-8 is replaced.
        found = (keys if _is_text(keys.type) else self.texts(keys)).dictionary_encode()
        names_found = self._of_leaves(_sound(found.dictionary)).dictionary_encode()
        codes = names_found.indices.take(found.indices)
        written = names_found.dictionary.take(codes)
        places = np.sort(rows * len(names_found.dictionary) + codes.to_numpy())
        if (places[1:] == places[:-1]).any():  # something comes twice
            table = pa.table({"row": rows, "key": written, "value": texts})
            by_name = table.group_by(["row", "key"], use_threads=False).aggregate([("value", "list")])
            lists = _one(by_name["value_list"])
            several = _bracketed(pc.binary_join(lists, _text(",")))
            texts = pc.if_else(pc.greater(pc.list_value_length(lists), 1), several, pc.list_element(lists, 0))
            rows, written = by_name["row"].to_numpy(), _one(by_name["key"])
        pair = pc.binary_join_element_wise(written, texts, _text(":"))
        joined = _joined(pair, np.bincount(rows, minlength=len(array)))
        return _or_null(array, pc.binary_join_element_wise(_text("{"), joined, _text("}"), _text("")))


def _plain(array: pa.Array) -> pa.Array:
    """Values that the engine writes as JSON: booleans, numbers that are some, or texts."""
    kind = array.type
    if _is_text(kind):
        return _sound(_shortened(array))
    if pa.types.is_timestamp(kind):
        written = pc.strftime(
            array if kind.tz is None else array.cast(pa.timestamp(kind.unit, "UTC")), format="%Y-%m-%dT%H:%M:%S"
        )
        return written if kind.tz is None else pc.binary_join_element_wise(written, "Z", "")
    if pa.types.is_duration(kind):
        return _seconds(array.cast(pa.int64()), _UNITS[kind.unit])
    if pa.types.is_floating(kind):
        wide = array.cast(pa.float32()) if pa.types.is_float16(kind) else array
        return pc.if_else(pc.is_finite(wide), wide, pa.scalar(None, wide.type))
    if pa.types.is_decimal(kind) or pa.types.is_time(kind) or pa.types.is_date(kind):
        return array.cast(pa.string())
    return array


def _seconds(array: pa.Array, digits: int) -> pa.Array:
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


def _sound(array: pa.Array) -> pa.Array:
    """Texts, or bytes that should be some, with U+FFFD for what is no UTF-8. Arrow writes and reads such texts unchecked."""
    wide = array.cast(pa.large_binary())
    texts = pa.Array.from_buffers(pa.large_string(), len(wide), wide.buffers(), offset=wide.offset)
    try:
        texts.validate(full=True)
    except pa.ArrowInvalid:  # rare, and so one by one
        sound = [None if value is None else value.decode("utf-8", "replace") for value in wide.to_pylist()]
        return pa.array(sound, pa.large_string())
    return texts


def _is_text(kind: pa.DataType) -> bool:
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


def _object(names: Sequence[str], members: Sequence[pa.Array], rows: int) -> pa.Array:
    """An object for each row; where a name stands twice among them, it has a list of the values."""
    by_name: dict[str, list[pa.Array]] = {}
    for name, member in zip(names, members, strict=True):
        by_name.setdefault(name, []).append(member)
    parts: list[pa.Array | pa.Scalar] = []
    for name, values in by_name.items():
        one = values[0] if len(values) == 1 else _bracketed(pc.binary_join_element_wise(*values, _text(",")))
        parts += [_text(f"{',' if parts else ''}{json.dumps(name)}:"), one]
    if not parts:
        return pa.repeat(_text("{}"), rows)
    return pc.binary_join_element_wise(_text("{"), *parts, _text("}"), _text(""))


def _or_null(array: pa.Array, texts: pa.Array) -> pa.Array:
    """These texts, of the values that are none 'null'."""
    return texts if array.null_count == 0 else pc.if_else(array.is_valid(), texts, _text("null"))


def _joined(texts: pa.Array, lengths: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Array:
    """The texts of each list, of which these are the lengths, with commas between them."""
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    return pc.binary_join(pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), texts), _text(","))


def _lengths(array: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """How many values each list of this array has; a null has none."""
    lengths = pc.if_else(array.is_valid(), pc.list_value_length(array).cast(pa.int64()), 0)
    return np.asarray(pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False), dtype=np.int64)


def _bracketed(texts: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(_text("["), texts, _text("]"), _text(""))


def _text(text: str) -> pa.Scalar:
    return pa.scalar(text, pa.large_string())


def _one(array: pa.ChunkedArray) -> pa.Array:
    """All of it in one piece."""
    found = array.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def _bytes_of(lines: pa.Array) -> bytes:
    """The texts one behind the other."""
    if not len(lines):
        return b""
    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int64)[lines.offset : lines.offset + len(lines) + 1]
    return bytes(memoryview(lines.buffers()[2])[offsets[0] : offsets[-1]])
