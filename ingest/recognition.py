"""Is this content known? Every load keeps the hash of its source at its end and at a few marks before it.

A source is its content, not its name. By the hash up to its first and second line of data the loads are found that begin
like it; by the hash at their ends it is known how far it has been read. So a renamed, rotated or compressed file is
known, a grown one yields what is new, and two files that part after a common beginning are both right.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.formats import is_data
from ingest.source import Block, Fingerprint, Reader, line_ends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ingest.ledger import Ledger, LedgerRow


@dataclass(frozen=True)
class Marks:
    """The hashes of a source up to the end of its first and second line of data; None where there is no such line."""

    first: str | None
    second: str | None


@dataclass(frozen=True)
class Known:
    """How far a source is known: what follows `fingerprint` in `rest` is new. `load` ends there, None at the start."""

    marks: Marks
    load: LedgerRow | None
    overlap: LedgerRow | None
    fingerprint: Fingerprint
    rest: Iterator[Block]


class Recognition:
    """The loads that hold, by their marks. Rows that are about to be decided can be added."""

    def __init__(self, ledger: Ledger) -> None:
        self._by_first: defaultdict[str | None, list[LedgerRow]] = defaultdict(list)
        self._by_second: defaultdict[str | None, list[LedgerRow]] = defaultdict(list)
        self.add(ledger.loads())

    def add(self, rows: Iterable[LedgerRow]) -> None:
        """Know these loads as well."""
        for row in rows:
            self._by_first[row.first_mark].append(row)
            self._by_second[row.second_mark].append(row)

    def recognise(self, reader: Reader, reopen: Callable[[], Reader]) -> Known:
        """How far the content of this source is known, and what follows. SourceError when it cannot be read.

        `reopen` is asked for the same source again where what is known ends far behind what has been read.
        """
        blocks = reader.blocks()
        head = _head(blocks)
        marks = marks_of(b"".join(block.data for block in head if reader.is_whole or block.kind != "torn"))
        candidates = self._candidates(marks)
        ends = {row.end: row for row in candidates}
        stops = sorted({position.offset for position in ends})
        fingerprint = Fingerprint()
        if not head and fingerprint.position() in ends:
            return Known(marks, ends[fingerprint.position()], None, fingerprint, iter(()))
        known: Fingerprint | None = None
        last = Block(b"", 0)
        walked = 0
        ahead = itertools.chain(head, blocks)
        while stops and fingerprint.offset < stops[-1] and (block := next(ahead, None)) is not None:
            last = block
            walked += 1
            if block.kind == "torn" and not reader.is_whole:
                break
            for reached in fingerprint.advance(block.data, stops):
                if reached.position() in ends:
                    known = reached
        if known is None:
            rest = itertools.chain(head[:walked], ahead) if walked <= len(head) else reopen().blocks()
            return Known(marks, None, _overlap(marks, candidates), Fingerprint(), rest)
        if known.offset >= last.offset:
            tail = Block(last.data[known.offset - last.offset :], known.offset, last.kind)
            rest = itertools.chain([tail] if tail.data else [], ahead)
        else:
            rest = _after(known.offset, reopen().blocks())
        return Known(marks, ends[known.position()], None, known, rest)

    def _candidates(self, marks: Marks) -> list[LedgerRow]:
        """The loads whose end may lie in a source with these marks, or in whose source this one may lie.

        One line in common is chance, unless it is all that one of them has. Loads without a line of data are
        headers: any source may begin with them.
        """
        found = list(self._by_first[None])
        if marks.first is None:
            return found
        if marks.second is None:
            return found + self._by_first[marks.first]
        alone = [row for row in self._by_first[marks.first] if row.second_mark is None]
        return found + alone + self._by_second[marks.second]


def marks_of(head: bytes) -> Marks:
    """The marks of a source that begins with these whole lines."""
    fingerprint = Fingerprint()
    found: list[str | None] = []
    start = 0
    for end in line_ends(head).tolist():
        if is_data(head[start:end][:4096]):
            fingerprint.advance(head[fingerprint.offset : end])
            found.append(fingerprint.position().sha256)
            if len(found) == 2:
                break
        start = end
    first, second = [*found, None, None][:2]
    return Marks(first, second)


def is_related(rows: Iterable[LedgerRow], decided: Iterable[LedgerRow]) -> bool:
    """Whether what others have decided meanwhile changes what these rows should say."""
    ours = list(rows)
    marks = {mark for row in ours for mark in (row.first_mark, row.second_mark) if mark}
    contents = {row.content_sha256 for row in ours}
    parents = {row.parent for row in ours if row.parent}
    for row in decided:
        if row.kind == "unload":
            if parents & set(row.unloaded):
                return True
        elif {row.first_mark, row.second_mark} & marks or row.content_sha256 in contents:
            return True
    return any(row.kind == "unload" for row in ours)


def _head(blocks: Iterator[Block]) -> list[Block]:
    """The first blocks of a source, up to its second line of data; nearly always one block."""
    head: list[Block] = []
    found = 0
    for block in blocks:
        head.append(block)
        start = 0
        for end in line_ends(block.data).tolist():
            found += is_data(block.data[start:end][:4096])
            if found >= 2:
                return head
            start = end
    return head


def _overlap(marks: Marks, candidates: Iterable[LedgerRow]) -> LedgerRow | None:
    """The load that a source agrees with, though it is neither known nor grown nor new; None where it is new."""
    for row in candidates:
        if row.first_mark is not None and (marks.second is None or row.second_mark == marks.second):
            return row
    return None


def _after(offset: int, blocks: Iterator[Block]) -> Iterator[Block]:
    for block in blocks:
        if block.end <= offset:
            continue
        yield Block(block.data[offset - block.offset :], offset, block.kind) if block.offset < offset else block
