"""One open source: what it is, and how far it is read.

Whether the last line of a source counts when it has no end depends on whether more of it can follow. A plain file may still be
written: its last line without an end is left where it is, no load covers it, and the next run reads it again with its end. A
compressed file and standard input are complete when they end, and so is any source that the operator calls final; their last line
is a line like any other. A compressed file that is cut off is not complete, and its last line waits for the whole file.
"""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from ingest.limits import DEFAULT_LIMITS, Limits
from ingest.read.blocks import cut_into_blocks
from ingest.read.names import STANDARD_INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.read.blocks import Block


@dataclass(frozen=True)
class State:
    """Which file it is, and how long and how old it was at a moment."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @classmethod
    def of(cls, stat: os.stat_result) -> State:
        """The state that the system reports."""
        return cls(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns)


@dataclass
class Reader:
    """One open source. Iterate over `blocks()` once; `incomplete` says afterwards whether it was cut off."""

    name: str
    """Its name as words can hold it; see `written_name`."""
    size: int | None
    is_final: bool
    chunks: Iterator[bytes]
    file: IO[bytes]
    state: State | None = None
    """Which file it is, and how long and how old it was when it was opened; None for standard input."""
    start: int = 0
    """The offset of the first byte that is read."""
    nuls: int = 0
    """How many NUL bytes stand before the content, and are no part of it; see `encoding.behind_nuls`."""
    is_compressed: bool = False
    is_dense: bool = False
    """Whether the bytes being read were compressed to DENSE_RATIO or less."""
    is_recoded: bool = False
    """Whether its bytes differ from those of the file: UTF-16 is read as UTF-8."""
    limits: Limits = DEFAULT_LIMITS
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
        """At least this many of its first bytes, if it has them. They stay to be read."""
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
        return cut_into_blocks(self.chunks, self.start, is_dense=lambda: self.is_dense, limits=self.limits)
