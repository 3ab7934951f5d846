"""Sources that are one document instead of lines: HAR and Parquet. They do not grow: they are known by their whole content.

Their entries and rows become lines of JSON, and are understood as such.

HAR is cut into its entries here, with the decoder of the standard library, and not by a streaming parser. An entry has to reach
the engine exactly as it stands in the file and with its place: a key that stands twice, half of a surrogate pair and a number of
5,000 digits are each told apart from what they resemble. ijson 3.6 was tried. It gives values and no places, keeps one of two
equal keys, replaces half a surrogate pair by a question mark, refuses a file for one byte that is not UTF-8, takes more than a
minute for 200,000 nested lists, and its quick backend ends the whole process at a number of 5,000 digits. `json.loads` of the
whole file would need a limit on its size; here no more than one entry is held.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from ingest.errors import SourceError
from ingest.formats import DOCUMENTS
from ingest.formats.parquet.file import MAGIC
from ingest.formats.parquet.rows import blocks_of_rows, columns_of
from ingest.formats.unread import OTHERS
from ingest.read.blocks import DENSE_BYTES, MAX_LINE_BYTES, Block
from ingest.read.fingerprint import Fingerprint
from ingest.read.source import changed_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ingest.read.reader import Reader

_HAR = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"log"\s*:\s*\{')
_ENTRIES = re.compile(r'"entries"\s*:\s*\[')
_HEAD_BYTES = 1 << 20


def document_format(reader: Reader, wanted: str | None) -> str | None:
    """The kind of document, or None if the source consists of lines. SourceError if it is not of the wanted format."""
    found = _document_format(reader)
    if wanted not in (None, found) and (found == "parquet" or wanted in DOCUMENTS):
        raise SourceError(f"{reader.name}: is {found or 'no document'}, not {wanted}; leave out --log-format {wanted}")
    if found == "parquet" and reader.is_compressed:
        raise SourceError(f"{reader.name}: is Parquet in a compressed file; decompress it first")
    return found if wanted in (None, found) else None


def _document_format(reader: Reader) -> str | None:
    head = reader.peek(len(MAGIC))
    if head.startswith(MAGIC):
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
            f"{reader.name}: is cut off, and the missing part could not be added later; nothing was loaded"
        )
    return fingerprint


def document_context(kind: str, reader: Reader) -> Mapping[str, Any]:
    """What a document tells about all of its lines: for Parquet, the columns."""
    if kind == "har":
        return {}
    read, others = columns_of(reader)
    return {"columns": read, OTHERS: others}


def document_blocks(kind: str, reader: Reader, hashed: Reader) -> Iterator[Block]:
    """The entries or rows of a document as blocks of JSON lines.

    SourceError when it cannot be read to its end, or is not any more what it was when it was opened to be hashed.
    """
    yield from _har_blocks(reader) if kind == "har" else blocks_of_rows(reader)
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
        if size >= (DENSE_BYTES if reader.is_dense else reader.limits.block_bytes // 4):
            yield _block(lines, places, is_dense=reader.is_dense)
            lines, places, size = [], [], 0
    if lines:
        yield _block(lines, places, is_dense=reader.is_dense)


def _block(lines: list[bytes], places: list[int], *, is_dense: bool) -> Block:
    return Block(b"\n".join((*lines, b"")), places[0], places=np.array(places, dtype=np.int64), is_dense=is_dense)


class _Text:
    """The text of a HAR document. Memory holds one entry at a time."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        # Bytes that are no character, or half of one at the end of a chunk, become the same bytes again in `_bytes`.
        self._chunks = (chunk.decode("utf-8", "surrogateescape") for chunk in reader.chunks)
        self._held = ""
        self._at = 0
        self._place = 0
        # Numbers stay text: one of 5,000 digits is sound JSON, and Python would refuse to convert it.
        # Only where an entry ends is asked, so of its objects nothing is kept: three bytes may be one.
        self._decoder = json.JSONDecoder(parse_int=str, parse_float=str, object_pairs_hook=lambda _: None)

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
                raise self._unsound("an entry nests objects and lists too deeply") from None
            except ValueError:
                held = len(self._held) - self._at
                if held > _ENTRY_CHARACTERS:
                    raise self._unsound("an entry is not valid JSON, or longer than any entry is") from None
                # Twice as much, so that a long entry is not tried at every chunk of it.
                while len(self._held) - self._at < 2 * held and self._more():
                    pass
                if len(self._held) - self._at == held:
                    raise self._unsound("an entry is not valid JSON") from None

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
            f"{self._reader.name}: the HAR document cannot be read beyond byte {self._place:,}: {what};"
            " nothing of it was loaded"
        )


_BETWEEN = re.compile(r"[\s,]*")
_ENTRY_CHARACTERS = 4 * MAX_LINE_BYTES


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
