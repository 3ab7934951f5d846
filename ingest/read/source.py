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
from ingest.limits import DEFAULT_LIMITS
from ingest.read.compression import codec_of, decompressed
from ingest.read.encoding import behind_nuls, decoded
from ingest.read.names import STANDARD_INPUT, written_name
from ingest.read.reader import Reader, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest.limits import Limits


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
    path: str,
    *,
    is_final: bool = False,
    count: Callable[[int], None] | None = None,
    start: int = 0,
    nuls: int = 0,
    limits: Limits = DEFAULT_LIMITS,
) -> Reader:
    """Open a file, or standard input for '-'. SourceError names the path and says what is wrong.

    A plain file with a known beginning may be read from a later `start` on. `nuls` is the number of NUL bytes at its beginning.

    The size of a plain file is taken here. A caller that needs the ledger's state from before has to read the ledger first.
    `count` gets the number of bytes of every read, before decompression.
    """
    name = written_name(path)
    file, size = _open(path, name)
    state = None if size is None else replace(State.of(os.fstat(file.fileno())), size=size)
    reader = Reader(
        name=name,
        size=size,
        is_final=is_final,
        chunks=iter(()),
        file=file,
        state=state,
        start=start,
        nuls=nuls,
        limits=limits,
    )
    try:
        _begin(reader, count)
    except SourceError:
        reader.close()
        raise
    return reader


def _begin(reader: Reader, count: Callable[[int], None] | None) -> None:
    """Set the reader's chunks, by what the first bytes of the source are."""
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
    file, size, size_at_once = reader.file, reader.size, reader.limits.chunk_bytes
    begin = reader.start + reader.nuls
    left = None if size is None else size - begin
    head, head_at = b"", 0
    try:
        if size is not None:
            file.seek(0)
            head = file.read(min(_HEAD_BYTES, size))
            file.seek(begin)
        while left is None or left > 0:
            chunk = file.read(size_at_once if left is None else min(size_at_once, left))
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
    """Whether a file is still as long as it was, and still begins with this head at this place.

    A file that is emptied and refilled while it is read is two logs. Without this check, the first half of one and the second half of
    the other would be loaded as one.
    """
    place = file.tell()
    file.seek(head_at)
    is_still = os.fstat(file.fileno()).st_size >= (size or 0) and file.read(len(head)) == head
    file.seek(place)
    return is_still


def changed_error(name: str) -> SourceError:
    """The error for a source that changed since it was first looked at."""
    return PassingError(f"{name}: changed while it was being read; nothing new of it was loaded; run the command again")


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
