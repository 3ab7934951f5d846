"""The size of a Parquet file's rows with every value written out, computed from the headers of its pages.

A dictionary may hold one text of a megabyte, and an index may name it seven thousand times: two kilobytes of file become seven
gigabytes of rows. The footer does not show this. It has the sizes of the encoded values, two kilobytes, and its writer may have put any
sizes there. So this module reads the headers of the pages, which Arrow's reader relies on too, and the longest value of a dictionary.
Nothing else is unpacked before its size is known to be allowed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Collection

    from pyarrow.parquet import ColumnChunkMetaData, FileMetaData


_DATA_PAGE, _DICTIONARY_PAGE, _DATA_PAGE_V2 = 0, 2, 3
_PLAIN_DICTIONARY, _DELTA_BYTE_ARRAY, _RLE_DICTIONARY = 2, 7, 8
_HEADER_BYTES = 512
_MOST_HEADER_BYTES = 16 << 20  # as Arrow has it: a header may hold the least and the greatest value of its page
_DEEPEST = 16
_NUMBER_BYTES = 24
"""The bytes of a number or a time as text, with room for the text around it."""
_ELEMENT_BYTES = 48
"""The same for a value inside a list or a map: each becomes many small texts on its way to JSON."""
_SHORT = 256
_MUCH = 50


class PagesError(Exception):
    """The headers of the pages are not as the format defines them."""


@dataclass(frozen=True)
class Chunk:
    """The pages of one column in one row group."""

    column: str
    values: np.ndarray[Any, np.dtype[np.int64]]
    """How many values each page has, those that are null included."""
    most: np.ndarray[Any, np.dtype[np.float64]]
    """The most bytes that the values of each page can have."""
    least: float
    """About how many bytes all values have: an estimate that is rather too low than too high."""
    held: int
    """The bytes of the largest page and the dictionary, which are in memory at the same time."""
    dense: int
    """The same if they were compressed to a fiftieth or less, and otherwise 0."""

    def within(self, share: float) -> float:
        """The most bytes that this share of the values can have, wherever it begins."""
        places = np.concatenate((np.zeros(1), np.cumsum(self.values)))
        sums = np.concatenate((np.zeros(1), np.cumsum(self.most)))
        size = places[-1] * share
        ends, begins = np.minimum(places + size, places[-1]), np.maximum(places - size, 0)
        behind, before = np.interp(ends, places, sums) - sums, sums - np.interp(begins, places, sums)
        return float(max(behind.max(), before.max()))


@dataclass(frozen=True)
class Group:
    """One row group, of the columns that are read."""

    rows: int
    chunks: tuple[Chunk, ...]

    def most(self, rows: int) -> float:
        """The most bytes that this many of its rows can be."""
        share = min(1.0, rows / max(self.rows, 1))
        return sum(chunk.within(share) for chunk in self.chunks)


@dataclass(frozen=True)
class Sizes:
    """The sizes of a Parquet file's columns when every value is written out."""

    groups: tuple[Group, ...]

    @property
    def rows(self) -> int:
        """How many there are."""
        return sum(group.rows for group in self.groups)

    @property
    def least(self) -> int:
        """About how many bytes their values are, rather too few than too many."""
        return int(sum(chunk.least for group in self.groups for chunk in group.chunks))

    @property
    def largest_column(self) -> str:
        """The column that most of them are of."""
        sums: dict[str, float] = {}
        for group in self.groups:
            for chunk in group.chunks:
                sums[chunk.column] = sums.get(chunk.column, 0.0) + chunk.least
        return max(sums, key=lambda column: sums[column], default="")

    @property
    def held(self) -> int:
        """The bytes that have to be in memory to read any row."""
        return max((sum(chunk.held for chunk in group.chunks) for group in self.groups), default=0)

    @property
    def dense(self) -> int:
        """The same, of pages that have been made a fiftieth or less."""
        return max((sum(chunk.dense for chunk in group.chunks) for group in self.groups), default=0)

    def most(self, rows: int) -> float:
        """The most bytes that this many rows can be, wherever they begin."""
        return max((group.most(rows) for group in self.groups), default=0.0)


def sizes_of(file: IO[bytes], metadata: FileMetaData, columns: Collection[str]) -> Sizes:
    """The sizes of these columns. PagesError where the headers of their pages are invalid."""
    end = file.seek(0, os.SEEK_END)
    paths = {metadata.schema.column(place).path: metadata.schema.column(place) for place in range(metadata.num_columns)}
    groups = []
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        chunks = [group.column(place) for place in range(group.num_columns)]
        read = [
            one for one in chunks if one.path_in_schema.partition(".")[0] in columns or one.path_in_schema in columns
        ]
        groups.append(
            Group(group.num_rows, tuple(_chunk(file, end, one, paths.get(one.path_in_schema)) for one in read))
        )
    return Sizes(tuple(groups))


def _chunk(file: IO[bytes], end: int, chunk: ColumnChunkMetaData, column: Any) -> Chunk:
    is_text = chunk.physical_type in ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")
    frame = _ELEMENT_BYTES if column is not None and column.max_repetition_level else 0
    fixed = int(column.length) if column is not None and chunk.physical_type == "FIXED_LEN_BYTE_ARRAY" else 0
    longest, mean, dictionary, dense = 0, 0.0, 0, 0
    values, most = [0], [0.0]
    least, largest, densest = 0.0, 0, 0
    place = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset and chunk.dictionary_page_offset < place:
        place = chunk.dictionary_page_offset
    stop = min(end, place + chunk.total_compressed_size)
    seen = 0
    while place < stop and seen < chunk.num_values:
        header, begin = _header(file, place, stop)
        kind, unpacked, packed = (_number(header, field) for field in (1, 2, 3))
        if unpacked < 0 or packed < 0 or begin + packed > end:
            raise PagesError
        place = begin + packed
        page = {_DATA_PAGE: header.get(5), _DATA_PAGE_V2: header.get(8), _DICTIONARY_PAGE: header.get(7)}.get(kind)
        if page is None:
            continue
        is_dense = unpacked > _MUCH * max(packed, 1)
        count = _number(page, 1)
        if kind == _DICTIONARY_PAGE:
            longest, mean = (fixed, float(fixed)) if fixed else (unpacked, unpacked / max(count, 1))
            if is_text and not fixed and unpacked > _SHORT:
                file.seek(begin)
                longest, mean = _lengths(_unpacked(file.read(packed), chunk.compression, unpacked), unpacked, count)
            dictionary, dense = unpacked, unpacked if is_dense else 0
            continue
        encoding = _number(page, 4 if kind == _DATA_PAGE_V2 else 2)
        seen += count
        there = count * frame
        if not is_text:
            most_of_page = least_of_page = float(count * _NUMBER_BYTES)
        elif encoding in (_PLAIN_DICTIONARY, _RLE_DICTIONARY):
            most_of_page, least_of_page = float(count * longest), count * mean
        elif encoding == _DELTA_BYTE_ARRAY:  # each value may repeat all of the one before it
            most_of_page, least_of_page = float(count * unpacked), float(unpacked)
        else:
            most_of_page = least_of_page = float(max(unpacked, count * fixed))
        values.append(count)
        most.append(most_of_page + there)
        least += least_of_page + there
        largest, densest = max(largest, unpacked), max(densest, unpacked if is_dense else 0)
    return Chunk(
        chunk.path_in_schema.partition(".")[0],
        np.array(values, np.int64),
        np.array(most, np.float64),
        least,
        largest + dictionary,
        densest + dense,
    )


def _unpacked(data: bytes, compression: str, size: int) -> bytes | None:
    """The content of a page; None where it would be much, or cannot be had here."""
    if size > max(_MOST_HEADER_BYTES, 2 * len(data)):
        return None
    if compression == "UNCOMPRESSED":
        return data
    try:
        codec = pa.Codec("lz4_raw" if compression == "LZ4" else compression.lower())
        return bytes(codec.decompress(data, decompressed_size=size, asbytes=True))
    except (pa.ArrowException, ValueError, OSError):
        return None


def _lengths(dictionary: bytes | None, size: int, count: int) -> tuple[int, float]:
    """The length of the longest text in a dictionary of this size, and of all on average. One that cannot be read is one text."""
    if dictionary is None or count < 1:
        return size, size / max(count, 1)
    place = longest = found = 0
    while place + 4 <= len(dictionary) and found < count:
        length = int.from_bytes(dictionary[place : place + 4], "little")
        place += 4 + length
        found += 1
        longest = max(longest, length)
    return min(longest, size), max(size / count - 4, 0.0)


def _number(header: dict[int, Any], field: int) -> int:
    value = header.get(field, 0)
    if not isinstance(value, int):
        raise PagesError
    return value


def _header(file: IO[bytes], place: int, stop: int) -> tuple[dict[int, Any], int]:
    """The header of the page that begins here, and where it ends."""
    size = _HEADER_BYTES
    while True:
        file.seek(place)
        data = file.read(min(size, stop - place))
        try:
            header, length = _struct(data, 0, 0)
        except IndexError:
            if size >= min(stop - place, _MOST_HEADER_BYTES):
                raise PagesError from None
            size *= 8
        else:
            return header, place + length


def _struct(data: bytes, at: int, depth: int) -> tuple[dict[int, Any], int]:
    """A struct of Thrift's compact protocol: its numbers and structs by their ids. IndexError if it goes on after the end of the data."""
    if depth > _DEEPEST:
        raise PagesError
    found: dict[int, Any] = {}
    field = 0
    while (begin := data[at]) != 0:
        at += 1
        if begin >> 4:
            field += begin >> 4
        else:
            field, at = _varint(data, at)
            field = (field >> 1) ^ -(field & 1)
        found[field], at = _value(data, at, begin & 15, depth)
    return found, at + 1


def _value(data: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    match kind:
        case 1 | 2:
            return kind == 1, at
        case 3:
            return data[at], at + 1
        case 4 | 5 | 6:
            number, at = _varint(data, at)
            return (number >> 1) ^ -(number & 1), at
        case 7:
            return None, _inside(data, at + 8)
        case 8:
            length, at = _varint(data, at)
            return None, _inside(data, at + length)
        case 12:
            return _struct(data, at, depth + 1)
        case _:  # no header of a page has a list or a map
            raise PagesError


def _inside(data: bytes, at: int) -> int:
    if at > len(data):
        raise IndexError
    return at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
        shift += 7
        if shift > 63:
            raise PagesError
