"""Sources that are one document instead of lines: HAR and Parquet. They do not grow: they are known by their whole content.

Their entries and rows become lines of JSON, and are understood as such.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ingest.errors import SourceError, UnknownFormatError
from ingest.formats import DOCUMENTS
from ingest.source import BLOCK_BYTES, MAX_LINE_BYTES, Block, Fingerprint, changed_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyarrow.parquet import ParquetFile

    from ingest.source import Reader

_PARQUET = b"PAR1"
_HAR = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"log"\s*:\s*\{')
_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_HEAD_BYTES = 1 << 20
_ROWS = 32_768
_NEEDED = {"timestamp", "method", "url", "status"}
PARQUET_COLUMNS = {
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


def document_format(reader: Reader, wanted: str | None) -> str | None:
    """Which document this source is; None where it consists of lines. SourceError when it is not what is wanted."""
    found = _document_format(reader)
    if wanted not in (None, found) and (found == "parquet" or wanted in DOCUMENTS):
        raise SourceError(f"{reader.name}: is {found or 'no document'}, not {wanted}; leave out --log-format {wanted}")
    if found == "parquet" and reader.is_compressed:
        raise SourceError(f"{reader.name}: is Parquet in a compressed file; decompress it first")
    return found if wanted in (None, found) else None


def _document_format(reader: Reader) -> str | None:
    head = reader.peek(len(_PARQUET))
    if head.startswith(_PARQUET):
        return "parquet"
    if _HAR.match(head if len(head) > 4096 else reader.peek(4096)) and _ENTRIES.search(
        reader.peek(_HEAD_BYTES).decode("utf-8", "replace")
    ):
        return "har"
    return None


def whole_content(reader: Reader) -> Fingerprint:
    """The hash of all of a document. SourceError when it cannot be read, or is cut off."""
    fingerprint = Fingerprint()
    for chunk in reader.chunks:
        fingerprint.advance(chunk)
    if reader.incomplete is not None:
        raise SourceError(
            f"{reader.name}: is cut off, and what is missing could not be added later; nothing was loaded"
        )
    return fingerprint


def document_context(kind: str, reader: Reader) -> Mapping[str, Any]:
    """What a document says about all of its lines: the columns of a Parquet file."""
    if kind == "har":
        return {}
    with _parquet(reader) as parquet:
        return {"columns": sorted(_columns_of(reader.name, parquet.schema_arrow.names).values())}


def document_blocks(kind: str, reader: Reader, hashed: Reader) -> Iterator[Block]:
    """The entries or rows of a document as blocks of JSON lines.

    SourceError when it cannot be read to its end, or is not any more what it was when it was opened to be hashed.
    """
    yield from _har_blocks(reader) if kind == "har" else _parquet_blocks(reader)
    if not reader.is_still(hashed):
        raise changed_error(reader.name)


def _har_blocks(reader: Reader) -> Iterator[Block]:
    """The entries of a HAR document: a line each, and where it stands."""
    text = _Text(reader)
    lines: list[bytes] = []
    places: list[int] = []
    size = 0
    for place, entry in text.entries():
        # A line end stands between values only, never inside a text.
        line = entry.replace(b"\r", b" ").replace(b"\n", b" ")
        lines.append(line)
        places.append(place)
        size += len(line)
        if size >= BLOCK_BYTES // 4:
            yield _block(lines, places)
            lines, places, size = [], [], 0
    if lines:
        yield _block(lines, places)


def _block(lines: list[bytes], places: list[int]) -> Block:
    return Block(b"\n".join((*lines, b"")), places[0], places=np.array(places, dtype=np.int64))


class _Text:
    """The text of a HAR document, of which no more is held than one entry."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        # What is no character, or half of one at the end of a chunk, comes back as the bytes it was.
        self._chunks = (chunk.decode("utf-8", "surrogateescape") for chunk in reader.chunks)
        self._held = ""
        self._at = 0
        self._place = 0
        # Numbers stay text: one of 5,000 digits is sound JSON, and Python would refuse to convert it.
        self._decoder = json.JSONDecoder(parse_int=str, parse_float=str)

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Each entry with its place in bytes. SourceError when the document is not sound to its end."""
        while (found := _ENTRIES.search(self._held)) is None:
            if len(self._held) > _HEAD_BYTES or not self._more():
                raise self._unsound("no entries begin in its first megabyte")
        self._move(found.end())
        while True:
            self._move(_BETWEEN.match(self._held, self._at).end())  # type: ignore[union-attr]  # it matches nothing, too
            if self._at == len(self._held):
                if not self._more():
                    raise self._unsound("it ends before its entries do")
            elif self._held[self._at] == "]":
                return
            else:
                end = self._end_of_entry()
                place, start = self._place, self._at
                self._move(end)
                yield place, _bytes(self._held[start:end])

    def _end_of_entry(self) -> int:
        while True:
            try:
                return self._decoder.raw_decode(self._held, self._at)[1]
            except RecursionError:
                raise self._unsound("an entry has too many objects and lists inside each other") from None
            except ValueError:
                held = len(self._held) - self._at
                if held > _ENTRY_CHARACTERS:
                    raise self._unsound("an entry is no sound JSON, or longer than any") from None
                # Twice as much, so that a long entry is not tried at every chunk of it.
                while len(self._held) - self._at < 2 * held and self._more():
                    pass
                if len(self._held) - self._at == held:
                    raise self._unsound("an entry is no sound JSON") from None

    def _move(self, to: int) -> None:
        self._place += len(_bytes(self._held[self._at : to]))
        self._at = to

    def _more(self) -> bool:
        chunk = next(self._chunks, None)
        if chunk is None:
            return False
        self._held, self._at = self._held[self._at :] + chunk, 0
        return True

    def _unsound(self, what: str) -> SourceError:
        return SourceError(
            f"{self._reader.name}: the HAR document cannot be read on at byte {self._place:,}: {what};"
            " nothing of it was loaded"
        )


_BETWEEN = re.compile(r"[\s,]*")
_ENTRY_CHARACTERS = 8 * MAX_LINE_BYTES


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _parquet_blocks(reader: Reader) -> Iterator[Block]:
    """The rows of a Parquet file as JSON: a line each; its place is the number of rows before it."""
    import duckdb

    done = 0
    with _parquet(reader) as parquet, duckdb.connect(config={"temp_directory": ""}) as connection:
        columns = _columns_of(reader.name, parquet.schema_arrow.names)
        for batch in parquet.iter_batches(batch_size=_ROWS, columns=list(columns)):
            names = [columns[name] for name in batch.schema.names]
            connection.register("records", pa.table([_in_json(array) for array in batch.columns], names))
            lines = connection.sql("select to_json(records)::varchar as line from records").to_arrow_table()["line"]
            data = "\n".join((*lines.to_pylist(), "")).encode("utf-8")
            yield Block(data, done, places=np.arange(done, done + len(lines), dtype=np.int64))
            done += len(lines)


@contextlib.contextmanager
def _parquet(reader: Reader) -> Iterator[ParquetFile]:
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(reader.file) as parquet:
            yield parquet
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{reader.name}: the Parquet file cannot be read ({type(error).__name__}); nothing of it was loaded"
        ) from error


def _columns_of(name: str, columns: list[str]) -> dict[str, str]:
    """The columns that say something about a call, and what our dialect calls them. UnknownFormatError without calls."""
    found = {column: column.lower() for column in columns if column.lower() in PARQUET_COLUMNS}
    missing = sorted(_NEEDED - set(found.values()))
    if missing or len(set(found.values())) < len(found):
        raise UnknownFormatError(
            f"{name}: unknown_format: the Parquet file has no table of calls: it lacks the columns {', '.join(missing)};"
            f" expected at least {', '.join(sorted(_NEEDED))}"
            if missing
            else f"{name}: unknown_format: columns of the Parquet file differ in upper and lower case only"
        )
    return found


def _in_json(array: pa.Array) -> pa.Array:
    """The values as JSON has them: instants as ISO 8601, numbers that are none as null, bytes as text."""
    import pyarrow.compute as pc

    if pa.types.is_timestamp(array.type):
        if array.type.tz is None:
            return pc.strftime(array, format="%Y-%m-%dT%H:%M:%S")
        return pc.binary_join_element_wise(
            pc.strftime(array.cast(pa.timestamp(array.type.unit, "UTC")), format="%Y-%m-%dT%H:%M:%S"), "Z", ""
        )
    if pa.types.is_floating(array.type):
        return pc.if_else(pc.is_finite(array), array, pa.scalar(None, array.type))
    if pa.types.is_binary(array.type) or pa.types.is_large_binary(array.type):
        return array.cast(pa.string())
    return array
