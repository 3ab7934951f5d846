"""The parts of a source that were read in different ways, and its blocks, cut between the parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.read.blocks import MAX_LINE_BYTES, Block

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ingest.formats.protocol import LogFormat


@dataclass
class Part:
    """How a source is read up to `end`; None for the rest of it."""

    form: LogFormat
    end: int | None
    context: Mapping[str, Any]


def by_part(
    blocks: Iterator[Block], parts: Sequence[Part]
) -> Iterator[tuple[LogFormat, Mapping[str, Any] | None, Block]]:
    """Each block with its format, cut where a part ends. The first block of a part comes with the context that it begins with."""
    left = list(parts)
    begins: Mapping[str, Any] | None = left[0].context
    for block in blocks:
        rest: Block | None = block
        while rest is not None:
            while left[0].end is not None and rest.offset >= left[0].end:
                left.pop(0)
                begins = left[0].context
            here, rest = _cut(rest, left[0].end)
            if here.kind != "long_more":
                yield left[0].form, begins, here
                begins = None


def _cut(block: Block, end: int | None) -> tuple[Block, Block | None]:
    """A block up to this place, or to the end of the line there, and the rest of it."""
    if end is None or block.kind != "lines" or block.end <= end or block.places is not None:
        return block, None
    size = block.data.find(b"\n", end - block.offset - 1) + 1
    if not size or size == len(block.data):
        return block, None
    return Block(block.data[:size], block.offset), Block(block.data[size:], block.offset + size)


def until(blocks: Iterator[Block], end: int) -> Iterator[Block]:
    """The blocks up to this place, where the last line may be cut off."""
    for block in blocks:
        if block.offset >= end:
            return
        data = block.data[: end - block.offset]
        if len(data) == len(block.data) or block.kind == "long_more":
            yield Block(data, block.offset, block.kind)
            continue
        whole = data.rfind(b"\n") + 1
        if whole:
            yield Block(data[:whole], block.offset)
        if whole < len(data):
            kind = "long_start" if len(data) - whole > MAX_LINE_BYTES else "torn"
            yield Block(data[whole:], block.offset + whole, kind)


def count_lines(block: Block) -> int:
    """How many lines a block has; a part of a long line is one."""
    if block.kind != "lines":
        return 1
    return block.data.count(b"\n") + (not block.data.endswith(b"\n"))
