"""A log file or stream as bytes: decompressed, cut into blocks of whole lines, and told apart by its content.

Nothing here knows what a line means. A block goes to DuckDB as one Arrow column, which keeps the place of every line.
"""

from __future__ import annotations

import bz2
import codecs
import hashlib
import itertools
import os
import re
import stat
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import zstandard

from ingest.errors import NoLogError, PassingError, SourceError
from ingest.position import Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

BLOCK_BYTES: Final = 64 << 20
"""How much is understood at a time. Memory grows with it, speed hardly does."""

_BLOCK_LINES: Final = 250_000
"""The same for lines that are next to nothing, of which 64 MB would be 64 million."""

_LONG_LINE_BYTES: Final = 8 << 10
_LONG_LINES_BYTES: Final = 16 << 20
"""The same where lines are that long on average: the engine holds a step's results for 2,048 lines at a time."""

DENSE_BYTES: Final = 2 << 20
_DENSE_LINES: Final = 125_000
"""The same for what was compressed to a fiftieth or less: it says the same again and again, and may be a bomb."""

DENSE_RATIO: Final = 50

MAX_LINE_BYTES: Final = 8 << 20
"""Longer lines are rejected as `line_too_long`. The longest URL that a server takes is far below it."""

BOMB_BYTES: Final = 64 << 20
BOMB_RATIO: Final = 300
"""Compressed content that grows by more than this, and beyond BOMB_BYTES, is no log."""

MOST_NULS: Final = 4 << 30
"""So many NUL bytes in front of compressed content are skipped; to inflate them takes seconds and no memory."""

STANDARD_INPUT: Final = "-"

_CONTAINER_ID: Final = re.compile("(?<![0-9A-Za-z])([0-9a-f]{64})(?![0-9A-Za-z])")

_HALVES: Final = re.compile("[\ud800-\udfff]")

_CHUNK: Final = 1 << 20
_SLICE: Final = 32 << 10
_LF: Final = 10
_HEAD_BYTES: Final = 4 << 10
_KEPT_OF_LONG_LINE: Final = 1000
_ZSTD_CHUNK: Final = 1 << 9
"""zstd has no limit on what one piece of input becomes; four bytes can be 128 KB. So it gets little at a time."""

_REFUSED = {
    b"PK\x03\x04": "a zip archive",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x1f\x9d": "compress (.Z)",
}


@dataclass(frozen=True)
class Block:
    """Whole lines of a source, or a part of one line that is too long to keep."""

    data: bytes | bytearray
    """Nobody changes it."""
    offset: int
    kind: str = "lines"
    """`lines`; `torn`: the source's last line, without its end; `long_start`, `long_more`: of a line too long."""
    places: np.ndarray[Any, np.dtype[np.int64]] | None = None
    """Where each line stands in the source, where that does not follow from `offset`."""
    is_dense: bool = False
    """Whether the source had it in DENSE_RATIO times fewer bytes, so that much more of the same may follow."""

    @property
    def end(self) -> int:
        """The offset behind its last byte."""
        return self.offset + len(self.data)


@dataclass(frozen=True)
class State:
    """Which file it was, and in which state."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @classmethod
    def of(cls, stat: os.stat_result) -> State:
        """The state that the system tells."""
        return cls(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)


@dataclass
class Reader:
    """One open source. Iterate over `blocks()` once; `incomplete` says afterwards whether it was cut off."""

    name: str
    """As it is written in words; see `written_name`."""
    size: int | None
    is_final: bool
    chunks: Iterator[bytes]
    file: IO[bytes]
    state: State | None = None
    """Which file it is, and how long and how old it was when it was opened; None for standard input."""
    start: int = 0
    """The offset of what is read first."""
    nuls: int = 0
    """So many NUL bytes stand before what is read first, and are no part of it; see `_behind_nuls`."""
    is_compressed: bool = False
    is_dense: bool = False
    """Whether what is being read just now was compressed to DENSE_RATIO or less."""
    is_recoded: bool = False
    """Whether its bytes are not those of the file: UTF-16 is read as UTF-8."""
    incomplete: str | None = None
    raw_bytes: int = field(default=0)

    @property
    def is_whole(self) -> bool:
        """Whether its last line is complete even without an end: only a plain file may still grow."""
        return self.incomplete is None and (self.is_final or self.is_compressed or self.size is None)

    def is_still(self, before: Reader) -> bool:
        """Whether the file is what it was when it was opened before: the same one, as long and as old. True for standard input."""
        return before.state is None or State.of(os.fstat(self.file.fileno())) == before.state

    def peek(self, size: int) -> bytes:
        """At least so many of its first bytes, if there are. They are still to be read."""
        held: list[bytes] = []
        while sum(map(len, held)) < size and (chunk := next(self.chunks, b"")):
            held.append(chunk)
        self.chunks = itertools.chain(held, self.chunks)
        return b"".join(held)

    def close(self) -> None:
        """Let go of the file. Standard input stays open."""
        if self.name != STANDARD_INPUT:
            self.file.close()

    def blocks(self) -> Iterator[Block]:
        """The source in blocks of whole lines. SourceError when it cannot be read on."""
        # One buffer that grows and is handed on: to copy every byte once more would cost as much as its hash.
        read = bytearray()
        end = lines = 0  # of the whole lines in it
        offset = self.start
        in_long_line = False
        for chunk, line_ends in _with_line_ends(self.chunks):
            piece = chunk
            if in_long_line:
                behind = piece.find(b"\n") + 1
                part = piece[: behind or len(piece)]
                yield Block(part, offset, "long_more")
                offset += len(part)
                in_long_line = not behind
                piece = piece[len(part) :]
            if found := piece.rfind(b"\n") + 1:
                end = len(read) + found
            read += piece
            lines += line_ends
            full = BLOCK_BYTES if len(read) < lines * _LONG_LINE_BYTES else _LONG_LINES_BYTES
            most = _BLOCK_LINES
            if self.is_dense:
                full, most = min(full, DENSE_BYTES), _DENSE_LINES
            if len(read) < full and lines < most and len(read) - end <= MAX_LINE_BYTES:
                continue
            lines = 0
            if end:
                behind_end = read[end:]
                del read[end:]
                yield Block(read, offset, is_dense=self.is_dense)
                offset += end
                read, end = behind_end, 0
            if len(read) > MAX_LINE_BYTES:
                yield Block(read, offset, "long_start")
                offset += len(read)
                read = bytearray()
                in_long_line = True
        torn = read[end:]
        del read[end:]
        if read:
            yield Block(read, offset)
        if torn:
            yield Block(torn, offset + end, "torn")


def _count_line_ends(data: bytes) -> int:
    """How many lines end in it, in a tenth of the time that bytes take to count."""
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == _LF))


def _with_line_ends(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, int]]:
    """The same bytes in chunks that do not hold more lines than a block should, each with how many lines end in it."""
    for chunk in chunks:
        line_ends = _count_line_ends(chunk)
        if line_ends <= _BLOCK_LINES // 4:
            yield chunk, line_ends
            continue
        for start in range(0, len(chunk), _BLOCK_LINES // 4):
            piece = chunk[start : start + _BLOCK_LINES // 4]
            yield piece, _count_line_ends(piece)


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
    codec = _codec(first)
    # Only a plain file grows and stops being read at the size it had; a compressed one is read whole.
    reader.is_compressed = codec is not None
    whole = _chain(first, chunks)
    content = whole if codec is None else _decompressed(reader, codec, whole)
    reader.chunks = _decoded(reader, _behind_nuls(reader, content))


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


def read_ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """The same blocks, each of them read and decompressed while the one before it is being understood."""
    with ThreadPoolExecutor(1) as reading:
        following = reading.submit(next, blocks, None)
        while (block := following.result()) is not None:
            following = reading.submit(next, blocks, None)
            yield block


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


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _codec(first: bytes) -> str | None:
    if first.startswith(b"\x1f\x8b"):
        return "gzip"
    if first.startswith(b"\x28\xb5\x2f\xfd") or (first[1:4] == b"\x2a\x4d\x18" and 0x50 <= first[0] <= 0x5F):
        return "zstd"
    if first.startswith(b"BZh") and first[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bzip2"
    return None


class _Gzip:
    """One gzip member after the other, little at a time."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(31)

    @property
    def at_end(self) -> bool:
        return self._member.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            yield self._member.decompress(data, _CHUNK)
            data = self._member.unconsumed_tail
            if self._member.eof:
                data = self._member.unused_data.lstrip(b"\0")  # padding behind a member is allowed
                if data:
                    self._member = zlib.decompressobj(31)


class _Bzip2:
    def __init__(self) -> None:
        self._stream = bz2.BZ2Decompressor()

    @property
    def at_end(self) -> bool:
        return self._stream.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        while True:
            if self._stream.eof:
                data = self._stream.unused_data or data
                if not data:
                    return
                self._stream = bz2.BZ2Decompressor()
            yield self._stream.decompress(data, _CHUNK)
            data = b""
            if self._stream.needs_input or (self._stream.eof and not self._stream.unused_data):
                return


class _Zstd:
    def __init__(self) -> None:
        self._frame = zstandard.ZstdDecompressor().decompressobj()

    @property
    def at_end(self) -> bool:
        return self._frame.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_CHUNK):
            piece = data[start : start + _ZSTD_CHUNK]
            while piece:
                if self._frame.eof:
                    self._frame = zstandard.ZstdDecompressor().decompressobj()
                yield self._frame.decompress(piece)
                piece = self._frame.unused_data if self._frame.eof else b""


def _decompressed(reader: Reader, codec: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    decoders: dict[str, type[_Gzip | _Zstd | _Bzip2]] = {"gzip": _Gzip, "zstd": _Zstd, "bzip2": _Bzip2}
    stream = decoders[codec]()
    total = nuls = 0
    for chunk in _slices(chunks):
        become = 0
        try:
            for piece in stream.feed(chunk):
                total += len(piece)
                become += len(piece)
                reader.is_dense = become > DENSE_RATIO * len(chunk)
                if nuls + len(piece) == total <= MOST_NULS:  # nothing but NULs so far
                    nuls += len(piece) - len(piece.lstrip(b"\0"))
                if total - nuls > BOMB_BYTES and total - nuls > BOMB_RATIO * reader.raw_bytes:
                    raise SourceError(
                        f"{reader.name}: {reader.raw_bytes:,} bytes of {codec} become more than {total:,}: more than"
                        f" {BOMB_RATIO} times as many, which no log does; nothing of it was loaded"
                    )
                yield piece
        except (zlib.error, OSError, EOFError, zstandard.ZstdError) as error:
            raise SourceError(
                f"{reader.name}: the {codec} data is corrupt after {total:,} bytes of content: {error};"
                " nothing of it was loaded"
            ) from error
    if not stream.at_end:
        reader.incomplete = (
            f"{reader.name}: the {codec} data is cut off after {total:,} bytes of content; the complete lines up to"
            " there count, and the whole file adds only the rest"
        )


def _slices(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces so small that little content comes of one before it is known how much."""
    for chunk in chunks:
        for start in range(0, len(chunk), _SLICE):
            yield chunk[start : start + _SLICE]


def _behind_nuls(reader: Reader, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The content behind the NUL bytes that stand in front, as many as there are. NoLogError where nothing else follows.

    A log that is emptied in place (logrotate's copytruncate) under a writer that goes on at its old place instead of appending
    has that many NULs in front, gigabytes of them perhaps, and is sound behind them. They are neither a line nor part of one. Three
    may be the beginning of UTF-32.
    """
    first = b""
    while len(first) < 4 and (chunk := next(chunks, None)) is not None:
        first += chunk
    if not first.startswith(b"\0" * 4):
        yield from _chain(first, chunks)
        return
    for chunk in _chain(first, chunks):
        text = chunk.lstrip(b"\0")
        reader.nuls += len(chunk) - len(text)
        if text:
            yield text
            yield from chunks
            return
    raise NoLogError(f"{reader.name}: unknown_format: holds {reader.nuls:,} NUL bytes and nothing else; expected a log")


_ENCODINGS: Final = (
    (re.compile(rb"\xff\xfe\0\0|\0\0\xfe\xff|[!-~]\0\0\0|\0\0\0[!-~]", re.DOTALL), None),  # UTF-32
    (re.compile(rb"\xff\xfe|[!-~]\0[!-~]\0", re.DOTALL), "utf-16-le"),
    (re.compile(rb"\xfe\xff|\0[!-~]\0[!-~]", re.DOTALL), "utf-16-be"),
)
"""How a log in UTF-16 or UTF-32 begins: with a mark, or with two characters of ASCII."""


def _decoded(reader: Reader, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The content as UTF-8: UTF-16 is decoded, everything else passes as it is. NoLogError for UTF-32."""
    first = b""
    while len(first) < 4 and (chunk := next(chunks, None)) is not None:
        first += chunk
    found = [encoding for begins, encoding in _ENCODINGS if begins.match(first)]
    if not found:
        yield from _chain(first, chunks)
        return
    if found[0] is None:
        raise NoLogError(
            f"{reader.name}: unsupported_encoding: is UTF-32, which is not read; expected UTF-8 or UTF-16:"
            " iconv -f UTF-32 -t UTF-8 makes it so"
        )
    reader.is_recoded = True
    decoder = codecs.getincrementaldecoder(found[0])("replace")
    marked = 2 if first[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else 0
    for chunk in _chain(first[marked:], chunks):
        yield decoder.decode(chunk).encode("utf-8", "replace")
    # Half a character at the end is one that is still being written, unless there is no more to come.
    yield decoder.decode(b"", final=reader.is_whole).encode("utf-8", "replace")


class Fingerprint:
    """The SHA-256 of a source as it is walked through."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.offset = 0

    def copy(self) -> Fingerprint:
        """Another one at the same place."""
        other = Fingerprint()
        other._hash, other.offset = self._hash.copy(), self.offset
        return other

    def position(self) -> Position:
        """Where the walk is."""
        return Position(self.offset, self._hash.hexdigest())

    def advance(self, data: bytes | bytearray, stops: Sequence[int] = ()) -> list[Fingerprint]:
        """Walk over these bytes; copies of itself at those of the stops (absolute offsets, sorted) that they reach."""
        view = memoryview(data)
        start, end = self.offset, self.offset + len(data)
        reached = []
        for stop in stops:
            if start < stop <= end:
                self._hash.update(view[self.offset - start : stop - start])
                self.offset = stop
                reached.append(self.copy())
        self._hash.update(view[self.offset - start :])
        self.offset = end
        return reached


def line_ends(data: bytes | bytearray) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The offset behind each line in `data`; the last line may lack its LF. Only LF ends a line."""
    view = np.frombuffer(data, dtype=np.uint8)
    # A little at a time, so that what is between stays in the processor's cache.
    starts = range(0, len(view), _CHUNK)
    found = [np.flatnonzero(view[start : start + _CHUNK] == _LF) + (start + 1) for start in starts]
    ends = np.concatenate(found, dtype=np.int64) if found else np.zeros(0, dtype=np.int64)
    if data and not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    return ends


def lines_of(block: Block) -> pa.Table:
    """The lines of a block as Arrow: byte_offset, line (valid UTF-8, with its end), fate.

    A byte that is no UTF-8 becomes U+FFFD. `fate` is `line_too_long` for lines of which only the beginning is here.
    """
    data = block.data
    ends = line_ends(data) if block.kind == "lines" else np.array([len(data)], dtype=np.int64)
    # A byte order mark is no part of a line. (The offsets of the lines have one more entry than their starts.)
    mark = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    starts = np.concatenate((np.array([mark], dtype=np.int64), ends[:-1]))
    places = pa.array(starts + block.offset if block.places is None else block.places)
    fate = pa.nulls(len(ends), pa.string())
    too_long = (ends - starts > MAX_LINE_BYTES) | (block.kind == "long_start")
    if too_long.any():
        fate = pa.array(np.full(len(ends), "line_too_long"), pa.string(), mask=~too_long)
        data = _shortened(data, starts, ends, too_long)
        ends = line_ends(data)
    if block.kind == "lines" and _has_inner_marks(data):
        # Files that were put together bring their marks along. Every line stays a line, and its place is known already.
        data = data.replace(b"\n" + codecs.BOM_UTF8, b"\n")
        ends = line_ends(data)
    lines = _as_text(data, ends, mark)
    if not _is_utf8(lines):
        # No line end is ever part of another character, so there are as many lines as before.
        data = data.decode("utf-8", "replace").encode("utf-8")
        lines = _as_text(data, line_ends(data), mark)
    return pa.table({"byte_offset": places, "line": lines, "fate": fate})


def _has_inner_marks(data: bytes | bytearray) -> bool:
    """Whether a line behind the first one begins with a byte order mark. Hardly a log has its first byte, which is found fast."""
    found = data.find(codecs.BOM_UTF8[:1], 1)
    return found > 0 and data.find(b"\n" + codecs.BOM_UTF8, found - 1) >= 0


def _as_text(data: bytes | bytearray, ends: np.ndarray[Any, np.dtype[np.int64]], start: int) -> pa.Array:
    offsets = np.concatenate((np.array([start], dtype=np.int64), ends))
    return pa.Array.from_buffers(pa.large_utf8(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(data)])


def _is_utf8(lines: pa.Array) -> bool:
    try:
        lines.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _shortened(
    data: bytes | bytearray,
    starts: np.ndarray[Any, np.dtype[np.int64]],
    ends: np.ndarray[Any, np.dtype[np.int64]],
    too_long: np.ndarray[Any, np.dtype[np.bool_]],
) -> bytes:
    """The same lines, of each that is too long only its beginning."""
    kept = []
    done = 0
    for number in np.flatnonzero(too_long):
        kept += [data[done : starts[number] + _KEPT_OF_LONG_LINE], b"\n"]
        done = ends[number]
    return b"".join((*kept, data[done:]))


def stream_of(name: str) -> str:
    """Where a source comes from, by its name: folder and file name without digits and compression suffix.

    >>> stream_of("/var/log/nginx/access.log.2.gz"), stream_of("logs/W3SVC1/u_ex260801.log"), stream_of("-")
    ('nginx/access.log', 'W3SVC1/u_ex.log', 'stdin')

    A container's id is no number that counts: it stays whole in the folder's name, and in the file's where the folder lacks it.
    """
    if name == STANDARD_INPUT:
        return "stdin"
    path = Path(name)
    folder = path.resolve().parent.name
    stem = re.sub(r"(?i)\.(gz|zst|zstd|bz2)$", "", path.name)
    pieces = _CONTAINER_ID.split(stem)
    # The pieces between ids stand at the even places.
    pieces[::2] = [re.sub(r"[0-9]+", "", piece) for piece in pieces[::2]]
    pieces[1::2] = ["" if container in folder else container for container in pieces[1::2]]
    stem = re.sub(r"[-_.\s]+(?=\.|$)", "", "".join(pieces)).strip("-_. ")
    return written_name(f"{folder}/{stem or 'log'}" if folder else stem or "log")


def written_name(path: str) -> str:
    r"""What a file is called in words, in a table and in JSON, where its name is no UTF-8: the bytes that are none are spelled out.

    >>> print(written_name(os.fsdecode(b"logs/caf\xe9.log")), written_name("logs/café.log"))
    logs/caf\xe9.log logs/café.log
    """
    # Python holds such a byte as half of a character, which neither a table nor a document can hold.
    return _HALVES.sub(
        lambda half: f"\\x{ord(half[0]) - 0xDC00:02x}" if "\udc80" <= half[0] <= "\udcff" else f"\\u{ord(half[0]):04x}",
        path,
    )
