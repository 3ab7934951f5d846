"""Opening a source: a file or standard input becomes chunks of plain UTF-8.

bytes of the file  ->  unpacked (compression.py)  ->  without NULs in front, as UTF-8 (encoding.py)  ->  blocks of lines (blocks.py)

Nothing in this room reads a log by its path except `open_source`: a block needs the place of every line and the hash of
every byte before it, and an engine that opens the file itself tells neither.
"""

from __future__ import annotations

import itertools
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from ingest.errors import NoLogError, PassingError, SourceError
from ingest.read.compression import codec_of, decompressed
from ingest.read.encoding import behind_nuls, decoded
from ingest.read.names import STANDARD_INPUT, written_name
from ingest.read.reader import Reader, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_CHUNK: Final = 1 << 20
_HEAD_BYTES: Final = 4 << 10

_REFUSED = {
    b"PK\x03\x04": "a zip archive",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x1f\x9d": "compress (.Z)",
}


def open_source(
    path: str, *, is_final: bool = False, count: Callable[[int], None] | None = None, start: int = 0, nuls: int = 0
) -> Reader:
    """Open a file, or standard input for '-'. SourceError names the path and says what is wrong.

    A plain file whose beginning is known may be read from a later `start` on, before which so many `nuls` stand in front.

    The size of a plain file is taken here, so whoever needs the ledger's state from before has to have read it.
    `count` is told of every number of bytes read from it, before decompression.
    """
    name = written_name(path)
    file, size = _open(path, name)
    state = None if size is None else replace(State.of(os.fstat(file.fileno())), size=size)
    reader = Reader(
        name=name, size=size, is_final=is_final, chunks=iter(()), file=file, state=state, start=start, nuls=nuls
    )
    try:
        _begin(reader, count)
    except SourceError:
        reader.close()
        raise
    return reader


def _begin(reader: Reader, count: Callable[[int], None] | None) -> None:
    """Find out from its first bytes what a source is, and so what its chunks are."""
    chunks = _raw(reader, count)
    if reader.start:
        reader.chunks = chunks
        return
    first = next(chunks, b"")
    while 0 < len(first) < 512 and (more := next(chunks, b"")):
        first += more
    refused = next((what for magic, what in _REFUSED.items() if first.startswith(magic)), None)
    if first[257:262] == b"ustar":
        refused = "a tar archive"
    if refused is not None:
        raise NoLogError(f"{reader.name}: is {refused}, which is not read; expected plain text, gzip, zstd or bzip2")
    codec = codec_of(first)
    # Only a plain file grows and stops being read at the size it had; a compressed one is read whole.
    reader.is_compressed = codec is not None
    whole = itertools.chain([first] if first else [], chunks)
    content = whole if codec is None else decompressed(reader, codec, whole)
    reader.chunks = decoded(reader, behind_nuls(reader, content))


def _raw(reader: Reader, count: Callable[[int], None] | None) -> Iterator[bytes]:
    """The bytes of a source as they are, up to the size it had when it was opened."""
    file, size = reader.file, reader.size
    begin = reader.start + reader.nuls
    left = None if size is None else size - begin
    head, head_at = b"", 0
    try:
        if size is not None:
            file.seek(0)
            head = file.read(min(_HEAD_BYTES, size))
            file.seek(begin)
        while left is None or left > 0:
            chunk = file.read(_CHUNK if left is None else min(_CHUNK, left))
            if left is not None:
                if not chunk or not _is_still(file, head, head_at, size):
                    raise changed_error(reader.name)
                left -= len(chunk)
                if not head.strip(b"\0") and (text := chunk.lstrip(b"\0")):
                    head, head_at = text[:_HEAD_BYTES], file.tell() - len(text)  # all NULs look alike
            if not chunk:
                return
            reader.raw_bytes += len(chunk)
            if count is not None:
                count(len(chunk))
            yield chunk
    except OSError as error:
        raise PassingError(f"{reader.name}: cannot be read: {error.strerror or error}") from error


def _is_still(file: IO[bytes], head: bytes, head_at: int, size: int | None) -> bool:
    """Whether a file is as long as it was, and begins as it did: with this head, at this place.

    One that is emptied and filled anew meanwhile is two logs: what was read before that and after it would be taken for one.
    """
    place = file.tell()
    file.seek(head_at)
    is_still = os.fstat(file.fileno()).st_size >= (size or 0) and file.read(len(head)) == head
    file.seek(place)
    return is_still


def changed_error(name: str) -> SourceError:
    """What is wrong with a source that is not any more what it was when it was looked at first."""
    return PassingError(f"{name}: was changed while it was read; nothing new of it was loaded, run the command again")


def _open(place: str, name: str) -> tuple[IO[bytes], int | None]:
    if place == STANDARD_INPUT:
        return sys.stdin.buffer, None
    path = Path(place)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise NoLogError(f"{name}: is not a regular file; expected a log file, or - for standard input")
        file = path.open("rb")
        return file, os.fstat(file.fileno()).st_size
    except OSError as error:
        raise PassingError(f"{name}: cannot be opened: {error.strerror or error}") from error
    except ValueError as error:  # for a NUL in the name
        raise SourceError(f"{name}: cannot be opened: {error}") from error
