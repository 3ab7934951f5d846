"""A Parquet file opened so that its values come as Parquet has them."""

from __future__ import annotations

import contextlib
import io
import os
from typing import IO, TYPE_CHECKING

import duckdb
import pyarrow as pa

from ingest.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyarrow.parquet import ParquetFile

    from ingest.read.reader import Reader


MAGIC = b"PAR1"
ENGINE_ERRORS = (duckdb.Error, pa.ArrowException, MemoryError)
"""Whatever the engines raise at values that they cannot take, or that are too many for the memory there is."""

_TRAILER = 8
"""The bytes after the footer: its length, and the file's first four bytes once more."""

_ARROW_SCHEMA = b"ARROW:schema"
"""The key under which Arrow's writers put their own schema beside Parquet's."""


@contextlib.contextmanager
def opened(reader: Reader) -> Iterator[ParquetFile]:
    """The file of this source. SourceError for whatever the engines raise at it."""
    from pyarrow.parquet import ParquetFile

    try:
        # An INT96 is a day and nanoseconds of it: as nanoseconds since 1970 it would end in the year 2262.
        plain = _PlainFile(reader.file)
        with ParquetFile(plain, coerce_int96_timestamp_unit="us", arrow_extensions_enabled=False) as parquet:
            yield parquet
    except (*ENGINE_ERRORS, OSError, UnicodeError) as error:
        raise SourceError(
            f"{reader.name}: the Parquet file cannot be read ({type(error).__name__}); nothing of it was loaded"
        ) from error


class _PlainFile(io.RawIOBase):
    """A Parquet file without the schema that Arrow's writers put beside Parquet's own.

    It says how the writer held the values: in a dictionary, as views, in lists with long offsets. Arrow holds them so again when
    it reads them, which it can do for some values and for others not (a dictionary inside of an object, a dictionary with a text
    that is not UTF-8). Parquet's own schema says what the values are, except for durations.
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
def naming(name: str, column: str) -> Iterator[None]:
    """Name the column that cannot be read. The engine's own words may hold a value of the log, so they stay out."""
    try:
        yield
    except (*ENGINE_ERRORS, OSError, UnicodeError) as error:
        raise SourceError(
            f"{name}: the column {column} of the Parquet file cannot be read ({type(error).__name__}); nothing of it was loaded"
        ) from error
