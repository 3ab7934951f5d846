"""One source while it is read: the place that reading has reached, and the counts of the lines so far."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingest.errors import SourceError
from ingest.formats.unread import kept
from ingest.lake.ledger_row import LedgerRow, new_load_id
from ingest.limits import DEFAULT_LIMITS
from ingest.load.memory import Tail
from ingest.load.recognition import end_of_first_data
from ingest.load.source_warnings import SourceWarning, UnreadColumns, source_warnings, unread_columns
from ingest.position import MARK_INTERVAL, Position
from ingest.read.blocks import Block
from ingest.read.names import STANDARD_INPUT, written_name
from ingest.read.source import open_source
from ingest.report import SourceReport
from ingest.understand.counts import Counts
from ingest.version import VERSION

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Mapping

    from ingest.formats.protocol import LogFormat
    from ingest.limits import Limits
    from ingest.load.recognition import Marks
    from ingest.read.fingerprint import Fingerprint
    from ingest.read.reader import Reader


class Source:
    """One source of a run, opened each time that it has to be read."""

    def __init__(self, path: str, stream: str, *, is_final: bool, count: Callable[[int], None], limits: Limits) -> None:
        self.path = path
        self.name = written_name(path)
        self.stream = stream
        self._is_final = is_final
        self._count = count
        self._limits = limits
        self._readers: list[Reader] = []

    @property
    def reader(self) -> Reader:
        """The last reader that was opened."""
        return self._readers[-1]

    def open(self, start: int = 0, *, nuls: int = 0) -> Reader:
        """Open it, perhaps again, to read from `start` on, after `nuls` NUL bytes. SourceError when it cannot be opened."""
        if self.path == STANDARD_INPUT and self._readers:
            raise SourceError(
                "-: begins like a source that is loaded, so it would have to be read twice; load it from a file"
            )
        reader = open_source(
            self.path, is_final=self._is_final, count=self._count, start=start, nuls=nuls, limits=self._limits
        )
        self._readers.append(reader)
        return reader

    def close(self) -> None:
        """Close all readers."""
        for reader in self._readers:
            reader.close()


@dataclass(frozen=True)
class Place:
    """A place between two blocks of a source, with the context there."""

    next_line: int
    context: Mapping[str, Any]
    """The context that the lines before it leave to the lines after it."""
    is_steady: bool = False
    """Whether the last lines before have left the context as it was, so that the next ones will, too."""

    def known(self) -> Future[Place]:
        """The same for who waits for it."""
        found: Future[Place] = Future()
        found.set_result(self)
        return found


@dataclass(eq=False)
class Load:
    """One source while it is read. A long source is decided in pieces: each is a load that grows from the one before it."""

    path: str
    name: str
    stored_name: str
    """The name without secrets and persons, for the lake. Messages use the full name."""
    stream: str
    marks: Marks
    log_format: LogFormat
    context: Mapping[str, Any]
    next_line: int
    fingerprint: Fingerprint
    parent: str | None
    replaced: LedgerRow | None
    is_in_line: bool
    """Whether reading goes on inside a line that was judged before, because the source ended there."""
    load_id: str = field(default_factory=new_load_id)
    start: int = 0
    counts: Counts = field(default_factory=Counts)
    positions: list[Position] = field(default_factory=list)
    is_marked: bool = False
    tail: Tail = field(default_factory=Tail)
    """The bytes before the place that reading has reached."""
    left: int = 0
    is_steady: bool = False
    """Whether the last lines have left the context as it was."""
    incomplete: str | None = None
    reader: Reader | None = None
    """The reader of its lines; None for a document, which is never read on."""
    failure: SourceError | None = None
    """Why lines of it cannot be understood."""

    def __post_init__(self) -> None:
        self.start, self._first_line = self.fingerprint.offset, self.next_line

    def begin_piece(self) -> None:
        """Begin a load of its own for what follows, grown from the one so far."""
        self.parent, self.load_id = self.load_id, new_load_id()
        self.start, self._first_line = self.fingerprint.offset, self.next_line
        self.counts, self.positions, self.is_marked = Counts(), [], False
        self.replaced = None

    @property
    def place(self) -> Place:
        """The place after the last lines that were taken in."""
        return Place(self.next_line, self.context, self.is_steady)

    def go_on_to(self, place: Place) -> None:
        """The lines up to this place were read. Their results are counted separately."""
        self.next_line, self.context, self.is_steady = place.next_line, place.context, place.is_steady

    def refuse_lost_lines(self) -> None:
        """SourceError unless every line that was read has been counted as a call, a reject, or ignored, and as one of them.

        The lines are counted where they are read, the calls and rejects where they are understood. This is the
        first invariant of the lake, so nothing of a source is loaded where the two do not agree.
        """
        read, counts = self.next_line - self._first_line, self.counts
        if not read == counts.lines == counts.calls + counts.rejects + counts.ignored:
            raise SourceError(
                f"{self.name}: {read:,} lines were read, but {counts.calls:,} became calls, {counts.rejects:,} were rejected and"
                f" {counts.ignored:,} ignored; this is a bug in koppelzicht, please report it; nothing was loaded from the source"
            )

    def hash_block(self, block: Block) -> None:
        """Advance past this block, and set marks in it."""
        self.positions += [reached.position() for reached in self.fingerprint.advance(block.data, self._stops(block))]
        self.is_in_line = not block.data.endswith(b"\n")
        self.tail = Tail.of(block.data)

    def row(self, now: dt.datetime) -> LedgerRow:
        """The decision about the piece at hand."""
        end = self.fingerprint.position()
        return LedgerRow(
            load_id=self.load_id,
            source=self.stored_name,
            stream=self.stream,
            log_format=self._format_name(self.counts),
            dialect=self.log_format.dialect,
            start_byte=self.start,
            end_byte=end.offset,
            content_sha256=end.sha256,
            lines=self.counts.lines,
            calls=self.counts.calls,
            rejects=self.counts.rejects,
            ignored=self.counts.ignored,
            first_call=self.counts.first_call,
            last_call=self.counts.last_call,
            loaded_at=now,
            version=VERSION,
            parent=self.parent,
            is_complete=self.incomplete is None,
            first_mark=self.marks.first,
            second_mark=self.marks.second,
            marks=tuple(self.positions),
            resume={"next_line": self.next_line, "is_in_line": self.is_in_line, **kept(self.context)},
        )

    def warnings(self, decided: Counts) -> tuple[SourceWarning, ...]:
        """What the operator should know about the whole source; `decided` counts the pieces that were decided before."""
        nuls = self.reader.nuls if self.reader is not None and not self.reader.start else 0
        return source_warnings(self.name, self.log_format, self.context, decided + self.counts, nuls=nuls)

    @property
    def unread(self) -> UnreadColumns | None:
        """The columns that koppelzicht does not read, and what to tell about them."""
        return unread_columns(self.log_format, self.context)

    def report(self, decided: Counts) -> SourceReport:
        """The report of the whole source; `decided` counts the pieces that were decided before."""
        counts = decided + self.counts
        return loaded(
            self.name,
            self.stream,
            self._format_name(counts),
            counts,
            left=self.left,
            error=self.incomplete,
            unread=self.unread.names if self.unread else (),
        )

    def _format_name(self, counts: Counts) -> str:
        """The format by which it was read; `empty` for a source without a line of data."""
        is_empty = self.marks.first is None and not self.context and not counts.calls + counts.rejects
        return "empty" if is_empty else self.log_format.name

    def _stops(self, block: Block) -> list[int]:
        """Where marks are kept in this block: after the first line of data of a load that grew, and at intervals.

        The first of these tells a source that goes on past this load's beginning, but differently, from one that is new.
        """
        marks: set[int | None] = set(_interval_marks(block))
        if self.start and not self.is_marked and block.kind == "lines":
            marks.add(
                first := end_of_first_data(block, (self.reader.limits if self.reader else DEFAULT_LIMITS).head_bytes)
            )
            self.is_marked = first is not None
        return sorted(mark for mark in marks if mark is not None)


def loaded(
    name: str,
    stream: str,
    log_format_name: str,
    counts: Counts,
    *,
    left: int,
    error: str | None,
    unread: tuple[str, ...] = (),
) -> SourceReport:
    """The report of a source from which these lines were loaded."""
    return SourceReport(
        source=name,
        stream=stream,
        log_format=log_format_name,
        status="loaded",
        lines=counts.lines,
        calls=counts.calls,
        rejects=counts.rejects,
        ignored=counts.ignored,
        left=left,
        error=error,
        unread_columns=unread,
    )


def after_judged_line(blocks: Iterator[Block], reader: Reader) -> Iterator[Block]:
    """The blocks of a source that begin inside a line: the rest of that line is marked as one that has been judged."""
    is_after = False
    for block in blocks:
        if is_after or (block.kind == "torn" and not reader.is_whole):
            yield block
            continue
        end = block.data.find(b"\n") + 1
        is_after = end > 0
        yield Block(block.data[: end or len(block.data)], block.offset, "long_more")
        if is_after and end < len(block.data):
            yield Block(block.data[end:], block.offset + end, block.kind)


def _interval_marks(block: Block) -> Iterator[int]:
    """The first line end at or after each multiple of MARK_INTERVAL in this block, as far as it lies in the block."""
    first = -(-(block.offset + 1) // MARK_INTERVAL) * MARK_INTERVAL
    for multiple in range(first, block.end + 1, MARK_INTERVAL):
        end = block.data.find(b"\n", multiple - block.offset - 1) + 1
        if end:
            yield block.offset + end
