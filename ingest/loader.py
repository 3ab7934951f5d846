"""Plan, stage, decide, roll forward: how sources become loads, each content exactly once.

1. Plan. Read the ledger first and a file's size after it; find out how far the content is known.
2. Stage. Understand what is new; write data files that nobody sees yet.
3. Decide. One append to the ledger says it all. Refused? Somebody was faster: look again.
4. Roll forward. The tables follow the ledger.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb

from ingest.errors import LakeError, SourceError, UnknownFormatError
from ingest.folder import list_sources
from ingest.formats import log_format
from ingest.lake import Lake, new_load_id
from ingest.ledger import LedgerRow, Position, StagedFile
from ingest.reading import format_of
from ingest.recognition import Known, Marks, Recognition, end_of_first_data, is_related
from ingest.report import IngestReport, SourceReport, UnloadReport
from ingest.source import MARK_INTERVAL, STANDARD_INPUT, Block, Fingerprint, Reader, open_source, read_ahead, stream_of
from ingest.understanding import Counts, Understanding
from ingest.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ingest.formats import LogFormat
    from ingest.ledger import Ledger
    from ingest.report import Progress, ReadOptions

Overlap = Literal["skip", "load"]

PIECE_BYTES = 1 << 30
"""A longer source is decided in pieces of about this size, so that a crash costs little."""

BATCH_BYTES = 256 << 20
BATCH_SOURCES = 1000
"""Small sources are decided together: a commit costs time, and more the more there are."""

FILE_ROWS = 500_000
"""Staged calls are written when there are so many: one data file, and memory that does not grow."""


def ingest(
    lake: Path,
    paths: Sequence[str],
    options: ReadOptions,
    *,
    now: dt.datetime,
    overlap: Overlap | None = None,
    replace: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Load files, folders and '-' (standard input), each content exactly once.

    A source that cannot be read is reported as failed and the others go on. LakeError when the lake cannot be written.
    """
    store = Lake(lake)
    store.create()
    store.roll_forward()
    sources = list_sources(paths, lake=lake)
    loader = _Loader(store, options, now=now, overlap=overlap, replaces=replace, progress=progress)
    if progress is not None:
        progress.start(sources.total_bytes)
    try:
        loader.load([(name, name in sources.named) for name in sources.names])
    finally:
        if progress is not None:
            progress.finish()
        loader.close()
    return IngestReport(tuple(loader.reports), (*sources.warnings, *loader.warnings))


def unload(lake: Path, target: str, *, now: dt.datetime) -> UnloadReport:
    """Take back a load (by its id) or every load of a path, with those that grew from it. LakeError when there is none."""
    store = Lake(lake)
    store.roll_forward()
    while True:
        table, ledger = store.ledger()
        wanted = _loads_of(ledger, target)
        if not wanted:
            raise LakeError(
                f"{target}: no load has this id and no load came from this path;"
                " 'koppelzicht sql \"from loads\"' lists them"
            )
        family = ledger.grown_from(wanted)
        if store.decide(table, ledger, [_unloading(family, target, now)]):
            break
    store.roll_forward()
    gone = [row for row in ledger.loads() if row.load_id in family]
    return UnloadReport(len(gone), sum(row.calls for row in gone), sum(row.rejects for row in gone))


@dataclass
class _Load:
    """One source while it is read: where reading is, and what the piece at hand holds so far."""

    name: str
    stream: str
    marks: Marks
    log_format: LogFormat
    context: Mapping[str, Any]
    next_line: int
    fingerprint: Fingerprint
    parent: str | None
    replaced: LedgerRow | None
    is_in_line: bool
    """Whether reading goes on inside a line that was judged when the source ended there."""
    load_id: str = field(default_factory=new_load_id)
    start: int = 0
    counts: Counts = field(default_factory=Counts)
    positions: list[Position] = field(default_factory=list)
    is_marked: bool = False
    left: int = 0

    def __post_init__(self) -> None:
        self.start = self.fingerprint.offset

    def begin_piece(self) -> None:
        """What follows is a load of its own, grown from the one so far."""
        self.parent, self.load_id = self.load_id, new_load_id()
        self.start, self.counts, self.positions, self.is_marked = self.fingerprint.offset, Counts(), [], False
        self.replaced = None


class _RefusedError(Exception):
    """Somebody decided about the same content meanwhile: the batch has to be planned again."""


class _Batch:
    """What is going to be decided together."""

    def __init__(self, lake: Lake) -> None:
        self.id = new_load_id()
        self.table, self.ledger = lake.ledger()
        self.recognition = Recognition(self.ledger)
        self.sources: list[tuple[str, bool]] = []
        self.reports: list[SourceReport] = []
        self.warnings: list[str] = []
        self.rows: list[LedgerRow] = []
        self.staged: list[StagedFile] = []
        self.bytes = 0

    def takes(self, name: str) -> bool:
        """Whether one more source belongs into this batch. Standard input, which is read only once, stays by itself."""
        if not self.sources:
            return True
        is_full = self.bytes >= BATCH_BYTES or len(self.sources) >= BATCH_SOURCES
        return not is_full and STANDARD_INPUT not in (name, self.sources[-1][0])


class _Loader:
    """Reads sources batch by batch and decides each batch."""

    def __init__(
        self,
        lake: Lake,
        options: ReadOptions,
        *,
        now: dt.datetime,
        overlap: Overlap | None,
        replaces: bool,
        progress: Progress | None,
    ) -> None:
        self.reports: list[SourceReport] = []
        self.warnings: list[str] = []
        self._lake = lake
        self._time_zone = lake.time_zone
        self._options = options
        self._now = now
        self._overlap = overlap
        self._replaces = replaces
        self._progress = progress
        self._failed: dict[str, SourceReport] = {}
        self._pieces: dict[str, list[str]] = {}
        self._decided: dict[str, Counts] = {}
        self._ours: set[str] = set()
        self._writer = ThreadPoolExecutor(1)
        self._writing: Future[list[StagedFile]] | None = None
        self._batch = _Batch(lake)
        self._understanding = Understanding()

    def close(self) -> None:
        """Forget what was staged and not decided."""
        try:
            self._written()
        finally:
            self._lake.discard(self._batch.staged)
            self._writer.shutdown()
        self._understanding.close()

    def load(self, sources: Sequence[tuple[str, bool]]) -> None:
        """Load every source; the second of each pair says whether the operator named it."""
        waiting = deque(sources)
        while waiting or self._batch.sources:
            try:
                if waiting and self._batch.takes(waiting[0][0]):
                    name, is_named = waiting.popleft()
                    self._batch.sources.append((name, is_named))
                    self._add(name, is_named=is_named)
                else:
                    self._decide()
            except _RefusedError:
                waiting.extendleft(reversed(self._batch.sources))
                self._start_again()

    def _add(self, name: str, *, is_named: bool) -> None:
        """Read one source into the batch, or say why that cannot be done."""
        stream = self._options.stream or stream_of(name)
        if name in self._failed:
            self._batch.reports.append(self._failed[name])
            return
        staged_before = self._staged()
        try:
            report = self._read(name, stream)
        except UnknownFormatError as error:
            if not is_named:
                self._batch.warnings.append(f"skipped: {error}")
                return
            report = _failed(name, stream, str(error))
        except SourceError as error:
            report = self._failed[name] = _failed(name, stream, str(error))
            self._take_back(name)
            if self._staged() != staged_before:
                raise _RefusedError from error
        self._batch.reports.append(report)

    def _staged(self) -> tuple[object, ...]:
        """What the batch holds so far: the same before and after a source of which nothing is in it."""
        return (
            self._batch.id,
            len(self._batch.rows),
            len(self._batch.staged),
            self._writing,
            self._understanding.waiting,
        )

    def _take_back(self, name: str) -> None:
        """Nothing counts of a source that turned out to be unreadable: neither do pieces of it that are decided."""
        for load_id in self._pieces.pop(name, [])[:1]:
            with contextlib.suppress(LakeError):  # somebody else has taken it back
                unload(self._lake.path, load_id, now=self._now)

    # -- plan -----------------------------------------------------------------------------------------------------

    def _read(self, name: str, stream: str) -> SourceReport:
        readers: list[Reader] = []

        def reopen() -> Reader:
            if name == STANDARD_INPUT and readers:
                raise SourceError(
                    "-: begins like a source that is loaded, so it would have to be read a second time;"
                    " load it from a file"
                )
            readers.append(open_source(name, is_final=self._options.final, count=self._count(name)))
            return readers[-1]

        try:
            known = self._batch.recognition.recognise(reopen(), reopen)
            replaced = self._replaced(known)
            if replaced is not None:
                known = known.as_new(reopen)
            elif known.overlap is not None and self._overlap != "load":
                return self._overlapping(name, stream, known.overlap)
            first = next(known.rest, None)
            is_left = first is not None and first.kind == "torn" and not readers[-1].is_whole
            if known.load is not None and (first is None or is_left):
                left = len(first.data) if first else 0
                return self._unchanged(name, stream, known.load, left=left, error=readers[-1].incomplete)
            # Nobody can tell what a line is that is still being written; a file of NULs is none, though.
            begins = None if first is None or (is_left and b"\0" not in first.data) else first
            load = self._begin(name, stream, known, begins, replaced)
            self._stage(load, itertools.chain([first] if first else [], known.rest), readers[-1])
            return self._end(load, readers[-1])
        finally:
            for reader in readers:
                reader.close()

    def _unchanged(self, name: str, stream: str, row: LedgerRow, *, left: int, error: str | None) -> SourceReport:
        if name in self._decided:  # its last piece was decided by somebody else
            return _loaded(name, stream, row.log_format, self._decided[name], left=left, error=error)
        return SourceReport(
            source=name, stream=stream, status="unchanged", left=left, error=error, known_since=row.loaded_at
        )

    def _overlapping(self, name: str, stream: str, row: LedgerRow) -> SourceReport:
        if self._overlap == "skip":
            return SourceReport(source=name, stream=stream, status="unchanged", known_since=row.loaded_at)
        raise SourceError(
            f"{name}: begins like {row.source} (load {row.load_id} of {row.loaded_at:%Y-%m-%d %H:%M}, {row.end_byte:,} bytes)"
            " but is neither the same nor grown from it: an earlier copy, or another log with the same beginning;"
            " nothing was loaded. --overlap skip leaves it, --overlap load loads it all the same"
        )

    def _replaced(self, known: Known) -> LedgerRow | None:
        """What takes back the loads of a source that is to be loaded anew; None where there is nothing to take back."""
        root = known.load or known.overlap
        if not self._replaces or root is None or root.load_id in self._ours:
            return None
        loads = {row.load_id: row for row in self._batch.ledger.loads()}
        while root.parent in loads:
            root = loads[root.parent]
        return _unloading(self._batch.ledger.grown_from([root.load_id]), root.source, self._now)

    def _begin(self, name: str, stream: str, known: Known, first: Block | None, replaced: LedgerRow | None) -> _Load:
        """How the new part of a source has to be read: as its beginning was, or as the operator or its content says."""
        before = known.load
        if (
            before is not None
            and before.log_format != "empty"
            and not (self._options.log_format or self._options.layout)
        ):
            form = log_format(before.log_format, layout=before.dialect)
        else:
            form = format_of(name, first, self._options, self._understanding.sample)
        if before is None:
            self._decided.pop(name, None)  # somebody has taken its pieces back meanwhile
        context = dict(before.resume) if before else {}
        return _Load(
            name=name,
            stream=stream,
            marks=known.marks,
            log_format=form,
            next_line=int(context.pop("next_line", 1)),
            is_in_line=bool(context.pop("is_in_line", False)),
            context=context,
            fingerprint=known.fingerprint,
            parent=before.load_id if before and before.first_mark is not None else None,
            replaced=replaced,
        )

    # -- stage ----------------------------------------------------------------------------------------------------

    def _stage(self, load: _Load, blocks: Iterator[Block], reader: Reader) -> None:
        """Understand the new blocks. A long source is decided in pieces on the way."""
        options = self._options
        self._understanding.begin(
            now=self._now, time_zone=self._time_zone, source_time_zone=options.time_zone, host=options.host
        )
        # Standard input may keep whoever waits for it waiting for ever, so nobody else does.
        ahead = blocks if load.name == STANDARD_INPUT else read_ahead(blocks)
        for block in _behind_line(ahead, reader) if load.is_in_line else ahead:
            if block.kind == "torn" and not reader.is_whole:
                load.left = len(block.data)
                break
            if block.kind != "long_more":
                self._understand(load, block)
            load.positions += [
                reached.position() for reached in load.fingerprint.advance(block.data, _marked(load, block))
            ]
            load.is_in_line = not block.data.endswith(b"\n")
            self._batch.bytes += len(block.data)
            if self._understanding.waiting >= FILE_ROWS:
                self._flush()
            if load.fingerprint.offset - load.start >= PIECE_BYTES and not load.is_in_line:
                self._end_piece(load, reader)
                self._decide(reading=load)
                load.begin_piece()

    def _understand(self, load: _Load, block: Block) -> None:
        try:
            counts, load.context = self._understanding.read(
                block,
                load.log_format,
                load.context,
                first_line=load.next_line,
                load_id=load.load_id,
                source=load.name,
                stream=load.stream,
            )
        except duckdb.Error as error:
            # Its text may hold a value of the log, so it stays out of the message.
            raise SourceError(
                f"{load.name}: lines from {load.next_line:,} on could not be understood ({type(error).__name__});"
                " this is a fault of koppelzicht, please report it; nothing of the source was loaded"
            ) from error
        load.next_line += counts.lines
        load.counts += counts
        if self._progress is not None:
            self._progress.advance(load.name, 0, counts.lines)

    def _end_piece(self, load: _Load, reader: Reader) -> None:
        end = load.fingerprint.position()
        is_empty = load.marks.first is None and not load.context and not load.counts.calls + load.counts.rejects
        row = LedgerRow(
            load_id=load.load_id,
            source=load.name,
            stream=load.stream,
            log_format="empty" if is_empty else load.log_format.name,
            dialect=load.log_format.dialect,
            start_byte=load.start,
            end_byte=end.offset,
            content_sha256=end.sha256,
            lines=load.counts.lines,
            calls=load.counts.calls,
            rejects=load.counts.rejects,
            ignored=load.counts.ignored,
            first_call=load.counts.first_call,
            last_call=load.counts.last_call,
            loaded_at=self._now,
            version=VERSION,
            parent=load.parent,
            is_complete=reader.incomplete is None,
            first_mark=load.marks.first,
            second_mark=load.marks.second,
            marks=tuple(load.positions),
            resume={"next_line": load.next_line, "is_in_line": load.is_in_line, **load.context},
        )
        if load.replaced is not None:
            self._batch.rows.append(load.replaced)
            self._batch.recognition.forget(load.replaced.unloaded)
        self._batch.rows.append(row)
        self._batch.recognition.add([row])
        self._ours.add(row.load_id)

    def _end(self, load: _Load, reader: Reader) -> SourceReport:
        if load.fingerprint.offset > load.start or load.name not in self._decided:
            self._end_piece(load, reader)
        self._batch.warnings += [f"{load.name}: {text}" for text in load.log_format.warnings(load.context)]
        counts = self._decided.get(load.name, Counts()) + load.counts
        return _loaded(load.name, load.stream, load.log_format.name, counts, left=load.left, error=reader.incomplete)

    def _count(self, name: str) -> Callable[[int], None]:
        def count(number: int) -> None:
            if self._progress is not None:
                self._progress.advance(name, number, 0)

        return count

    def _flush(self) -> None:
        """Begin to write what has been understood into data files below the tables, while reading goes on."""
        self._written()
        calls, rejects = self._understanding.calls(), self._understanding.rejects()
        self._understanding.forget()
        name = f"{self._batch.id}-{len(self._batch.staged)}"
        self._writing = self._writer.submit(self._lake.stage, name, calls, rejects)

    def _written(self) -> None:
        """Wait for what is being written. LakeError when it cannot be."""
        writing, self._writing = self._writing, None
        if writing is not None:
            self._batch.staged += writing.result()

    # -- decide ---------------------------------------------------------------------------------------------------

    def _decide(self, reading: _Load | None = None) -> None:
        """Make the batch hold, and `reading` as far as it got.

        _RefusedError when others decided about the same content meanwhile: the batch is planned again.
        """
        self._flush()
        self._written()
        batch = self._batch
        while batch.rows and not self._lake.decide(batch.table, batch.ledger, batch.rows, batch.staged):
            known = batch.ledger.version
            batch.table, batch.ledger = self._lake.ledger()
            if is_related(batch.rows, batch.ledger.after(known)):
                raise _RefusedError
        self._lake.roll_forward()
        # What holds is reported; what is still being read goes on in a batch of its own.
        self.reports += batch.reports
        self.warnings += batch.warnings
        self._batch = _Batch(self._lake)
        if reading is not None:
            self._batch.sources = [batch.sources[-1]]
            self._pieces.setdefault(reading.name, []).append(reading.load_id)
            self._decided[reading.name] = self._decided.get(reading.name, Counts()) + reading.counts
            ours = {row.load_id for row in batch.rows}
            since = self._batch.ledger.after(batch.ledger.version)
            if is_related(batch.rows, [row for row in since if row.load_id not in ours]):
                raise _RefusedError  # somebody was faster with what follows on this piece

    def _start_again(self) -> None:
        """Forget what the batch has staged; its sources have to be read again, which standard input cannot be."""
        for name, _ in self._batch.sources:
            if name == STANDARD_INPUT and name not in self._failed:
                self._failed[name] = _failed(
                    name,
                    self._options.stream or stream_of(name),
                    "-: another process has loaded the same content meanwhile; run the command again",
                )
        self._written()
        self._lake.discard(self._batch.staged)
        self._understanding.forget()
        self._batch = _Batch(self._lake)


def _failed(name: str, stream: str, error: str) -> SourceReport:
    return SourceReport(source=name, stream=stream, status="failed", error=error)


def _loaded(
    name: str, stream: str, log_format_name: str, counts: Counts, *, left: int, error: str | None
) -> SourceReport:
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
    )


def _unloading(family: Sequence[str], target: str, now: dt.datetime) -> LedgerRow:
    return LedgerRow(
        load_id=new_load_id(),
        source=target,
        stream="",
        log_format="",
        loaded_at=now,
        version=VERSION,
        kind="unload",
        unloaded=tuple(family),
    )


def _loads_of(ledger: Ledger, target: str) -> list[str]:
    """The loads that hold and have this id, or came from this path however it was spelled."""
    loads = ledger.loads()
    path = Path(target).resolve()
    sources = {
        source
        for source in {row.source for row in loads}
        if source == target or (STANDARD_INPUT not in (source, target) and Path(source).resolve() == path)
    }
    return [row.load_id for row in loads if row.load_id == target or row.source in sources]


def _behind_line(blocks: Iterator[Block], reader: Reader) -> Iterator[Block]:
    """The blocks of a source, the rest of the line in which they begin marked as one that has been judged."""
    is_behind = False
    for block in blocks:
        if is_behind or (block.kind == "torn" and not reader.is_whole):
            yield block
            continue
        end = block.data.find(b"\n") + 1
        is_behind = end > 0
        yield Block(block.data[: end or len(block.data)], block.offset, "long_more")
        if is_behind and end < len(block.data):
            yield Block(block.data[end:], block.offset + end, block.kind)


def _marked(load: _Load, block: Block) -> list[int]:
    """Where marks are kept in this block: behind the first line of data that was added to a source, and at intervals."""
    marks = {_interval_mark(block)}
    if load.start and not load.is_marked and block.kind == "lines":
        marks.add(first := end_of_first_data(block))
        load.is_marked = first is not None
    return sorted(mark for mark in marks if mark is not None)


def _interval_mark(block: Block) -> int | None:
    """The first line end in this block at or behind a multiple of MARK_INTERVAL that lies in it."""
    multiple = -(-(block.offset + 1) // MARK_INTERVAL) * MARK_INTERVAL
    if multiple > block.end:
        return None
    end = block.data.find(b"\n", multiple - block.offset - 1) + 1
    return block.offset + end if end else None
