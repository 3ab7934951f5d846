"""Compressed content, unpacked a little at a time: gzip, zstd and bzip2, told apart by their first bytes.

1f 8b                gzip
28 b5 2f fd          zstd (also its skippable frames, 5? 2a 4d 18)
42 5a 68 ?  1AY&SY   bzip2

A few kilobytes can unpack to terabytes. Three walls keep such a bomb from filling the memory. Each decoder yields pieces of
at most a megabyte and gets so little input at a time (`_SLICE`, `_ZSTD_INPUT`) that no single piece becomes large. The sum is
checked after every piece, before the next one is unpacked: more than BOMB_RATIO times the bytes read so far is an error.
And content that grows by more than DENSE_RATIO is marked `is_dense`, so that later stages take smaller blocks of it: text that
repeats a thousand times takes no room on the disk, but all of its room in the engine.
"""

from __future__ import annotations

import bz2
import zlib
from typing import TYPE_CHECKING, Final

import zstandard

from ingest.errors import SourceError
from ingest.read.blocks import DENSE_RATIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.read.reader import Reader


BOMB_BYTES: Final = 64 << 20
BOMB_RATIO: Final = 300
"""Compressed content that grows by more than this, and beyond BOMB_BYTES, is no log."""

MOST_NULS: Final = 4 << 30
"""Up to this many NUL bytes in front of the content are skipped and do not count as growth. Unpacking them takes seconds and no
memory."""

_SLICE: Final = 32 << 10
"""How much compressed input a decoder gets before the growth is checked."""

_PIECE: Final = 1 << 20
"""How much content a decoder returns at most at a time."""

_ZSTD_INPUT: Final = 1 << 9
"""zstd cannot limit its output, and four bytes of input can become 128 KB. The only limit is to give it little input."""


def codec_of(first: bytes) -> str | None:
    """The compression that content with these first bytes has; None where it has none."""
    if first.startswith(b"\x1f\x8b"):
        return "gzip"
    if first.startswith(b"\x28\xb5\x2f\xfd") or (first[1:4] == b"\x2a\x4d\x18" and 0x50 <= first[0] <= 0x5F):
        return "zstd"
    if first.startswith(b"BZh") and first[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bzip2"
    return None


class _Gzip:
    """gzip: one member after the other."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(31)

    @property
    def at_end(self) -> bool:
        return self._member.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            yield self._member.decompress(data, _PIECE)
            data = self._member.unconsumed_tail
            if self._member.eof:
                data = self._member.unused_data.lstrip(b"\0")  # padding after a member is allowed
                if data:
                    self._member = zlib.decompressobj(31)


class _Bzip2:
    """bzip2: one stream after the other."""

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
            yield self._stream.decompress(data, _PIECE)
            data = b""
            if self._stream.needs_input or (self._stream.eof and not self._stream.unused_data):
                return


class _Zstd:
    """zstd: one frame after the other."""

    def __init__(self) -> None:
        self._frame = zstandard.ZstdDecompressor().decompressobj()

    @property
    def at_end(self) -> bool:
        return self._frame.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_INPUT):
            piece = data[start : start + _ZSTD_INPUT]
            while piece:
                if self._frame.eof:
                    self._frame = zstandard.ZstdDecompressor().decompressobj()
                yield self._frame.decompress(piece)
                piece = self._frame.unused_data if self._frame.eof else b""


def decompressed(reader: Reader, codec: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The unpacked content. SourceError when it is corrupt, or grows as no log does.

    Content that is cut off is no error: `reader.incomplete` says so afterwards. Its complete lines count, and the whole file
    adds only the rest later. The library for zstd accepts a cut frame without a word, so each decoder tells itself whether
    its last frame ended.
    """
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
            f"{reader.name}: the {codec} data is cut off after {total:,} bytes of content; the complete lines before"
            " that count, and the whole file adds only the rest"
        )


def _slices(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in slices so small that the growth is noticed before one has become large."""
    for chunk in chunks:
        for start in range(0, len(chunk), _SLICE):
            yield chunk[start : start + _SLICE]
