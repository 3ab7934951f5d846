"""A source as blocks of whole lines."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


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


def cut_into_blocks(chunks: Iterator[bytes], start: int, *, is_dense: Callable[[], bool]) -> Iterator[Block]:
    """Blocks of whole lines from chunks that end anywhere. The first chunk begins at the offset `start`.

    `is_dense` is asked after each chunk whether the source had it in DENSE_RATIO times fewer bytes.
    """
    # One buffer that grows and is handed on: to copy every byte once more would cost as much as its hash.
    read = bytearray()
    end = lines = 0  # of the whole lines in it
    offset = start
    in_long_line = False
    for chunk, chunk_lines in _with_line_ends(chunks):
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
        full = BLOCK_BYTES if len(read) < lines * _LONG_LINE_BYTES else _LONG_LINES_BYTES
        most = _BLOCK_LINES
        if is_dense():
            full, most = min(full, DENSE_BYTES), _DENSE_LINES
        if len(read) < full and lines < most and len(read) - end <= MAX_LINE_BYTES:
            continue
        lines = 0
        if end:
            behind_end = read[end:]
            del read[end:]
            yield Block(read, offset, is_dense=is_dense())
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
    return int(np.count_nonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n")))


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


def read_ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """The same blocks, each of them read and decompressed while the one before it is being understood."""
    with ThreadPoolExecutor(1) as reading:
        following = reading.submit(next, blocks, None)
        while (block := following.result()) is not None:
            following = reading.submit(next, blocks, None)
            yield block
