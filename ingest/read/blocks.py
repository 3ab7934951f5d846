"""A source as blocks of whole lines.

Blocks are hashed, understood, counted and decided one at a time, and all of this relies on a block ending where a line ends.
A line has one fate and belongs to one load: a block that ended in mid-line would give half of the line to each of two loads. The
end of a load is the place from which a grown file is read on, so it has to be the beginning of a line. And the meaning of a line must
not depend on where blocks end, so that the same content always gives the same calls, whether it was loaded in one go, as it grew, or
with other limits.

A chunk of bytes ends anywhere, so the last line of what has been read waits for the rest of it. Only two kinds of block hold no
whole line. `torn` is the end of the source after its last line end; whether it is a line is decided by those who know whether the
source is complete (see `Reader.is_whole`). `long_start` and `long_more` are parts of a line that is longer than any log's. Such a
line would fill the memory, so it is given up as soon as it is too long. It is counted and rejected once, as one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest.limits import Limits


_LONG_LINE_BYTES: Final = 8 << 10
_LONG_LINES_BYTES: Final = 16 << 20
"""A block of lines that are this long on average is not larger than this: the engine holds each step's results for 2,048 lines at a time."""

DENSE_BYTES: Final = 2 << 20
_DENSE_LINES: Final = 125_000
"""A block of content that was compressed to a fiftieth or less is not larger than this: it repeats itself, and may be a bomb."""

DENSE_RATIO: Final = 50

MAX_LINE_BYTES: Final = 8 << 20
"""Longer lines are rejected as `line_too_long`. The longest URL that a server takes is far below it."""


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
    """Whether the file held it in less than a DENSE_RATIO-th of its bytes: much more of the same may follow."""

    @property
    def end(self) -> int:
        """The offset after its last byte."""
        return self.offset + len(self.data)


def cut_into_blocks(
    chunks: Iterator[bytes], start: int, *, is_dense: Callable[[], bool], limits: Limits
) -> Iterator[Block]:
    """Blocks of whole lines from chunks that end anywhere. The first chunk begins at the offset `start`.

    `is_dense` is asked after each chunk whether the source had it in DENSE_RATIO times fewer bytes.
    """
    # One buffer that grows and is handed on: to copy every byte once more would cost as much as its hash.
    read = bytearray()
    end = lines = 0  # of the whole lines in it
    offset = start
    in_long_line = False
    usual_bytes = min(limits.first_block_bytes, limits.block_bytes)
    for chunk, chunk_lines in _with_line_ends(chunks, limits.block_lines // 4):
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
        lines += chunk_lines
        full = usual_bytes if len(read) < lines * _LONG_LINE_BYTES else _LONG_LINES_BYTES
        most = limits.block_lines
        if is_dense():
            full, most = min(full, DENSE_BYTES), _DENSE_LINES
        if len(read) < full and lines < most and len(read) - end <= limits.line_bytes:
            continue
        lines = 0
        if end:
            behind_end = read[end:]
            del read[end:]
            yield Block(read, offset, is_dense=is_dense())
            usual_bytes = limits.block_bytes
            offset += end
            read, end = behind_end, 0
        if len(read) > limits.line_bytes:
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
    """How many lines end in it. Counting in numpy takes a tenth of the time of bytes.count."""
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n")))


def _with_line_ends(chunks: Iterator[bytes], most: int) -> Iterator[tuple[bytes, int]]:
    """The same bytes in chunks of at most this many lines, each with the number of line ends that it holds."""
    for chunk in chunks:
        line_ends = _count_line_ends(chunk)
        if line_ends <= most:
            yield chunk, line_ends
            continue
        for start in range(0, len(chunk), most):
            piece = chunk[start : start + most]
            yield piece, _count_line_ends(piece)
