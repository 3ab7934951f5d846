"""Whether the content of a source is known, and up to where.

A source is its content, not its name. Every load keeps the hash of its source up to its end, and up to a few marks before it. The
hashes up to the first and the second line of data find the loads that begin like a source. The hash at the end of such a load tells
that the source has been read up to there. So a renamed, rotated or compressed file is known, a grown one yields what is new, and
two files that differ after a common beginning are both loaded. A source may also agree with a load further than it is known: it is
an earlier copy, or differs from the load in its middle. Then nobody can tell what of it is new.

A merged load (`ingest.lake.merging`) keeps where its parts ended. A source that ends there is a copy of the log from that time, and known
as a whole. But a source that has more is not continued from there: the load has one hash for everything after that place, so
nobody can tell what of the source is new.

A load without a line of data consists of headers, and any source may begin with them. There may be tens of thousands of such loads,
so they are looked up by their ends: a source is hashed at those few offsets that lie in its own headers.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ingest.formats import is_data
from ingest.position import unpacked
from ingest.read.blocks import Block
from ingest.read.fingerprint import Fingerprint
from ingest.read.lines import line_ends
from ingest.read.source import changed_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ingest.lake.ledger import Ledger
    from ingest.lake.ledger_row import LedgerRow
    from ingest.position import Position
    from ingest.read.reader import Reader


@dataclass(frozen=True)
class Marks:
    """The hashes of a source up to its first and second line of data; None where there is no such line."""

    first: str | None
    second: str | None

    @classmethod
    def of_whole(cls, content: Position) -> Marks:
        """The marks of a document, which is known as a whole or not at all."""
        mark = f"whole:{content.sha256}"
        return cls(mark, mark)


@dataclass(frozen=True)
class Known:
    """How far a source is known: `rest` is what comes after `fingerprint`, and is new. `load` ends there; None at the start.

    Where not `load` but one of its parts ended there, the source ends there, too, except for a line that is still being written.

    `overlap` is a load that the source agrees with further than it is known. `seen` is how far the source was read for this.
    """

    marks: Marks
    load: LedgerRow | None
    overlap: LedgerRow | None
    fingerprint: Fingerprint
    seen: Fingerprint
    rest: Iterator[Block]

    def as_new(self, reopen: Callable[[], Reader]) -> Known:
        """The same source, to be read as if nothing of it were known."""
        rest = _reread(reopen, self.seen, start=0)
        return replace(self, load=None, overlap=None, fingerprint=Fingerprint(), rest=rest)


class Recognition:
    """The loads that hold, by their marks. Loads that are about to be decided can be added, and others forgotten."""

    def __init__(self, ledger: Ledger) -> None:
        self._by_first: defaultdict[str | None, dict[str, LedgerRow]] = defaultdict(dict)
        self._by_second: defaultdict[str | None, dict[str, LedgerRow]] = defaultdict(dict)
        self._by_id: dict[str, LedgerRow] = {}
        self._headers: defaultdict[int, dict[str, dict[str, LedgerRow]]] = defaultdict(dict)
        """The loads without a line of data, by the offset and the hash of their end."""
        self._grown: set[str | None] = set()
        self._forgotten: set[str] = set()
        self._version = ledger.version
        self.add(ledger.loads())

    def at(self, ledger: Ledger) -> Recognition:
        """The same for a later state of the ledger. Where others have only loaded since, those loads are added: a ledger may be long."""
        since = ledger.after(self._version)
        if self._forgotten or any(row.kind != "load" for row in since):
            return Recognition(ledger)
        self.add(since)
        self._version = ledger.version
        return self

    def add(self, rows: Iterable[LedgerRow]) -> None:
        """Know these loads as well."""
        for row in rows:
            self._by_id[row.load_id] = row
            self._grown.add(row.parent)
            if row.first_mark is None and not row.marks:
                self._headers[row.end_byte].setdefault(row.content_sha256, {})[row.load_id] = row
                continue
            self._by_first[row.first_mark][row.load_id] = row
            self._by_second[row.second_mark][row.load_id] = row

    def forget(self, load_ids: Iterable[str]) -> None:
        """Know these loads no longer."""
        self._forgotten.update(load_ids)

    def whole(self, content: Position) -> LedgerRow | None:
        """The load of the document with this content; None where the content is new."""
        rows = self._by_first[Marks.of_whole(content).first].values()
        return next((row for row in rows if row.load_id not in self._forgotten and row.end == content), None)

    def last(self, load_id: str, marks: Marks, end: Position) -> LedgerRow | None:
        """This load, or the merged one that it became a part of, if it holds, ends at `end` and no other load grew from it."""
        row = self._by_id.get(load_id)
        if row is None:
            alike = self._by_first[marks.first] if marks.second is None else self._by_second[marks.second]
            row = next((one for one in alike.values() if one.end == end), None)
        if row is None or row.end != end or row.load_id in self._forgotten or row.load_id in self._grown:
            return None
        return row

    def recognise(self, reader: Reader, reopen: Callable[[], Reader]) -> Known:
        """How far the content of this source is known, and what follows. SourceError when it cannot be read.

        `reopen` opens the same source again where the new part begins far before the place up to which it has been read.
        """
        blocks = reader.blocks()
        most = reader.limits.head_bytes
        head = _head(blocks, most)
        lines = [block.data for block in head if reader.is_whole or block.kind != "torn"]
        marks, headers_end = _marks_and_headers_end(b"".join(line[: most + 1] for line in lines), most)
        candidates = self._candidates(marks)
        ends: dict[Position, LedgerRow] = {row.end: row for row in candidates}
        marked: dict[Position, LedgerRow] = {mark: row for row in candidates for mark in row.marks}
        headers = [offset for offset in self._headers if headers_end is None or offset <= headers_end]
        inner = {end: row for row in candidates if _may_end_inside(reader, row) for end in unpacked(row.inner_ends)}
        stops = sorted(
            {position.offset for position in (*ends, *marked)}.union(headers, (offset for offset, _ in inner))
        )
        seen = Fingerprint()
        known = Fingerprint() if not lines and self._ends_at(seen.position(), ends) else None
        overlap: LedgerRow | None = None
        part: tuple[Fingerprint, LedgerRow] | None = None
        last = Block(b"", 0)
        blocks_read = 0
        ahead = itertools.chain(head, blocks)
        while stops and seen.offset < stops[-1] and (block := next(ahead, None)) is not None:
            last = block
            blocks_read += 1
            for reached in seen.advance(block.data, stops):
                position = reached.position()
                if self._ends_at(position, ends):
                    known, overlap, part = reached, None, None
                    continue
                if (row := inner.get((position.offset, position.packed))) is not None:
                    part = reached, row
                if (reader.is_whole or block.kind != "torn") and _is_line_end(block, position.offset):
                    overlap = marked.get(position, overlap)
        following = list(itertools.islice(ahead, 1)) if part else []
        if part is not None and (left := _unended_rest(part[0].offset, last, following, reader)) is not None:
            return Known(marks, part[1], None, part[0], seen, iter(left))
        ahead = itertools.chain(following, ahead)
        load = self._ends_at(known.position(), ends) if known else None
        if load is None or load.first_mark is None:
            # Nothing is known, or only a header: any other load that begins like this source says more.
            overlap = overlap or _begins_like(marks, candidates)
        if known is None:
            is_at_hand = blocks_read <= len(head)
            rest = itertools.chain(head[:blocks_read], ahead) if is_at_hand else _reread(reopen, seen, start=0)
            return Known(marks, None, overlap, Fingerprint(), seen, rest)
        if known.offset >= last.offset:
            rest = itertools.chain(_rest_of(last, known.offset), ahead)
        else:
            rest = _reread(reopen, seen, start=known.offset)
        return Known(marks, load, overlap, known, seen, rest)

    def _candidates(self, marks: Marks) -> list[LedgerRow]:
        """The loads that may end inside a source with these marks, or whose source may contain this one.

        A single line in common is chance, unless one of the two has no other line. Loads without a line of data are candidates
        only if they are too long for headers.
        """
        found = [*self._by_first[None].values()]
        if marks.first is not None and marks.second is None:
            found += self._by_first[marks.first].values()
        elif marks.second is not None:
            found += [row for row in self._by_first[marks.first].values() if row.second_mark is None]
            found += self._by_second[marks.second].values()
        return [row for row in found if row.load_id not in self._forgotten]

    def _ends_at(self, position: Position, ends: Mapping[Position, LedgerRow]) -> LedgerRow | None:
        """The load that ends there, among these or the headers; the last one where there are several."""
        if position in ends:
            return ends[position]
        rows = self._headers[position.offset].get(position.sha256, {}) if position.offset in self._headers else {}
        return next((row for row in reversed(rows.values()) if row.load_id not in self._forgotten), None)


def _marks_and_headers_end(head: bytes, most: int) -> tuple[Marks, int | None]:
    """The marks, and up to where loads without a line of data may end: in the first line of data; None for anywhere.

    The end of a line is left out of the hash, so that a last line without one gives the same mark when it has got its end. A second
    line without an end gives no mark, because more of it may follow.
    """
    is_torn = len(head) <= most and not head.endswith(b"\n")
    head = head[:most]
    fingerprint = Fingerprint()
    found: list[str | None] = []
    headers_end = None
    for start, end in _lines_of_data(head):
        headers_end = end if headers_end is None else headers_end
        text = head[start:end].rstrip(b"\r\n")
        fingerprint.advance(head[fingerprint.offset : start + len(text)])
        found.append(fingerprint.position().sha256)
        if len(found) == 2:
            if is_torn and end == len(head):
                found.pop()
            break
    first, second = [*found, None, None][:2]
    return Marks(first, second), headers_end


def end_of_first_data(block: Block, most: int) -> int | None:
    """Where the first whole line of data in a block ends, without the line's own end, as in the marks; None where it has none."""
    head = bytes(block.data[:most])
    for start, end in _lines_of_data(head):
        if head[end - 1 : end] == b"\n":
            return block.offset + start + len(head[start:end].rstrip(b"\r\n"))
    return None


def _rest_of(block: Block, offset: int) -> list[Block]:
    """The rest of a block after this place; empty where the block ends there."""
    data = block.data[offset - block.offset :]
    return [Block(data, offset, block.kind)] if data else []


def _unended_rest(offset: int, last: Block, following: list[Block], reader: Reader) -> list[Block] | None:
    """The rest of a source after this place, if it is empty or a line that is still being written. None if there is more."""
    if offset < last.offset:
        return None
    left = [*_rest_of(last, offset), *following]
    is_at_end = not left or (len(left) == 1 and left[0].kind == "torn" and not reader.is_whole)
    return left if is_at_end else None


def _may_end_inside(reader: Reader, row: LedgerRow) -> bool:
    """Whether a source may end where a part of this load did. The size of a plain file can rule it out."""
    if not row.inner_ends or reader.size is None or reader.is_compressed or reader.is_recoded:
        return bool(row.inner_ends)
    return row.start_byte < reader.size - reader.nuls < row.end_byte


def _is_line_end(block: Block, offset: int) -> bool:
    """Whether a line ends there, with its own end (as for marks at intervals) or without it."""
    place = offset - block.offset
    return block.data[place - 1 : place] == b"\n" or block.data[place : place + 1] in (b"", b"\r", b"\n")


def is_related(rows: Iterable[LedgerRow], decided: Iterable[LedgerRow]) -> bool:
    """Whether the decisions that others have made meanwhile concern the same content as these rows, or the loads that they continue."""
    ours = list(rows)
    marks = {mark for row in ours for mark in (row.first_mark, row.second_mark) if mark}
    contents = {row.content_sha256 for row in ours if row.kind == "load"}
    needed = {row.parent for row in ours} | {row.load_id for row in ours}
    gone = {load_id for row in ours for load_id in row.unloaded}
    parents = {row.parent for row in ours} - {None}
    for row in decided:
        if row.kind == "merge":
            # Once the ledger holds the merged loads, a merge no longer says which loads were parts.
            parts = {part for parts in row.merged.values() for part in parts}
            if (parents | gone) & parts or (not row.merged and parents | gone):
                return True
        elif row.kind == "unload":
            if any(load_id in needed or load_id in gone for load_id in row.unloaded):
                return True
        elif row.removed is not None:
            # Sealed sums cannot be taken apart: a load with calls in them may not be taken back any more.
            if row.removed.sealed and not gone.isdisjoint(row.removed.calls):
                return True
        elif {row.first_mark, row.second_mark} & marks or row.content_sha256 in contents or row.parent in gone:
            return True
    return False


def _head(blocks: Iterator[Block], most: int) -> list[Block]:
    """The first blocks of a source, as far as its marks are looked for: nearly always one block."""
    head: list[Block] = []
    while (not head or head[-1].end < most) and (block := next(blocks, None)) is not None:
        head.append(block)
    return head


def _lines_of_data(head: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    for end in line_ends(head).tolist():
        if is_data(head[start:end][:4096]):
            yield start, end
        start = end


def _begins_like(marks: Marks, candidates: Iterable[LedgerRow]) -> LedgerRow | None:
    """The load that a source begins like, although no load ends in it; None where there is none."""
    for row in candidates:
        if row.first_mark is not None and (marks.second is None or row.second_mark == marks.second):
            return row
    return None


def _reread(reopen: Callable[[], Reader], seen: Fingerprint, *, start: int) -> Iterator[Block]:
    """The blocks of a source from this offset on, read again. SourceError when the source has changed since it was seen."""
    reader = reopen()
    again = Fingerprint()
    for block in reader.blocks():
        if again.offset < seen.offset:
            for reached in again.advance(block.data, [seen.offset]):
                if reached.position() != seen.position():
                    raise changed_error(reader.name)
        if block.end > start:
            skipped = max(start - block.offset, 0)
            yield Block(block.data[skipped:], block.offset + skipped, block.kind)
    if again.offset < seen.offset:
        raise changed_error(reader.name)
