"""Plan, stage, decide, roll forward: how sources become loads, each content exactly once.

1. Plan. Read the ledger first and a file's size after it; find out how far the content is known.
2. Stage. Understand what is new; write data files that nobody sees yet.
3. Decide. One append to the ledger says it all. Refused? Somebody was faster: look again.
4. Roll forward. The tables follow the ledger.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb

from ingest.errors import IngestError, LakeError, SourceError, UnknownFormatError
from ingest.folder import list_sources
from ingest.formats import log_format
from ingest.lake import Lake, new_load_id
from ingest.ledger import LedgerRow, Position, StagedFile
from ingest.reading import format_of
from ingest.recognition import Known, Marks, Recognition, is_related
from ingest.report import IngestReport, SourceReport, UnloadReport
from ingest.source import MARK_INTERVAL, STANDARD_INPUT, Block, Fingerprint, Reader, open_source, read_ahead, stream_of
from ingest.understanding import Counts, Understanding
from ingest.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ingest.formats import LogFormat
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
    sources = list_sources(paths)
    if progress is not None:
        progress.start(sources.total_bytes)
    loader = _Loader(store, options, now=now, overlap=overlap, replaces=replace, progress=progress)
    try:
        loader.load([(name, name in sources.named) for name in sources.names])
    finally:
        loader.close()
        if progress is not None:
            progress.finish()
    return IngestReport(tuple(loader.reports), (*sources.warnings, *loader.warnings))


def unload(lake: Path, target: str, *, now: dt.datetime) -> UnloadReport:
    """Take back a load (by its id) or every load of a path, with those that grew from it. LakeError when there is none."""
    store = Lake(lake)
    store.roll_forward()
    while True:
        table, ledger = store.ledger()
        wanted = [row.load_id for row in ledger.loads() if row.load_id == target or _is_same_path(row.source, target)]
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
    load_id: str = field(default_factory=new_load_id)
    start: int = 0
    counts: Counts = field(default_factory=Counts)
    interval_marks: list[Position] = field(default_factory=list)
    left: int = 0

    def __post_init__(self) -> None:
        self.start = self.fingerprint.offset


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

    @property
    def is_full(self) -> bool:
        return self.bytes >= BATCH_BYTES or len(self.sources) >= BATCH_SOURCES


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
        self._understanding = Understanding()
        self._writer = ThreadPoolExecutor(1)
        self._writing: Future[list[StagedFile]] | None = None
        self._batch = _Batch(lake)

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
                if waiting:
                    self._batch.sources.append(waiting.popleft())
                    name, is_named = self._batch.sources[-1]
                    self._add(name, is_named=is_named)
                if self._batch.is_full or self._replaces or not waiting:
                    self._decide()
            except _RefusedError:
                again = self._batch.sources
                if any(name == STANDARD_INPUT for name, _ in again):
                    raise IngestError("-: another process has loaded the same content; run the command again") from None
                self._start_again()
                waiting.extendleft(reversed(again))

    def _add(self, name: str, *, is_named: bool) -> None:
        """Read one source into the batch, or say why that cannot be done."""
        stream = self._options.stream or stream_of(name)
        if name in self._failed:
            self._batch.reports.append(self._failed[name])
            return
        try:
            report = self._read(name, stream)
        except UnknownFormatError as error:
            if not is_named:
                self._batch.warnings.append(f"skipped: {error}")
                return
            report = SourceReport(source=name, stream=stream, status="failed", error=str(error))
        except SourceError as error:
            report = SourceReport(source=name, stream=stream, status="failed", error=str(error))
            self._failed[name] = report
            self._take_back(name)
        self._batch.reports.append(report)

    def _take_back(self, name: str) -> None:
        """Nothing counts of a source that turned out to be unreadable: neither what is staged nor pieces of it."""
        pieces = self._pieces.pop(name, [])
        for load_id in pieces[:1]:
            unload(self._lake.path, load_id, now=self._now)
        if pieces or self._batch.rows or self._understanding.waiting or self._writing or self._batch.staged:
            raise _RefusedError

    # -- plan -----------------------------------------------------------------------------------------------------

    def _read(self, name: str, stream: str) -> SourceReport:
        readers: list[Reader] = []

        def reopen() -> Reader:
            if name == STANDARD_INPUT and readers:
                raise SourceError(
                    "-: begins like a source that is loaded, but goes on differently; load it from a file"
                )
            readers.append(open_source(name, is_final=self._options.final, count=self._count(name)))
            return readers[-1]

        try:
            known = self._batch.recognition.recognise(reopen(), reopen)
            first = next(known.rest, None)
            is_left = first is not None and first.kind == "torn" and not readers[-1].is_whole
            if known.load is not None and (first is None or is_left) and not self._replaces:
                return self._unchanged(name, stream, known.load, left=len(first.data) if first else 0)
            if self._replaces and (known.load or known.overlap):
                known = self._replaced(known, reopen)
                first = next(known.rest, None)
            elif known.overlap is not None and self._overlap != "load":
                return self._overlapping(name, stream, known.overlap)
            load = self._begin(name, stream, known, first)
            self._stage(load, itertools.chain([first] if first else [], known.rest), readers[-1])
            return self._end(load, readers[-1])
        finally:
            for reader in readers:
                reader.close()

    def _unchanged(self, name: str, stream: str, row: LedgerRow, *, left: int) -> SourceReport:
        if name in self._decided:  # its last piece was decided by somebody else
            counts = self._decided[name]
            return _loaded(name, stream, row.log_format, counts, left=left, error=None)
        return SourceReport(source=name, stream=stream, status="unchanged", left=left, known_since=row.loaded_at)

    def _overlapping(self, name: str, stream: str, row: LedgerRow) -> SourceReport:
        if self._overlap == "skip":
            return SourceReport(source=name, stream=stream, status="unchanged", known_since=row.loaded_at)
        raise SourceError(
            f"{name}: begins like {row.source} (load {row.load_id} of {row.loaded_at:%Y-%m-%d %H:%M}, {row.end_byte:,} bytes)"
            " but is neither the same nor grown from it: an earlier copy, or another log with the same beginning;"
            " nothing was loaded. --overlap skip leaves it, --overlap load counts it whole"
        )

    def _replaced(self, known: Known, reopen: Callable[[], Reader]) -> Known:
        """The source as if it had never been loaded; the loads of it are taken back in the same decision."""
        loads = {row.load_id: row for row in self._batch.ledger.loads()}
        root = known.load or known.overlap
        while root is not None and root.parent in loads:
            root = loads[root.parent]
        family = self._batch.ledger.grown_from([root.load_id] if root else [])
        self._batch.rows.append(_unloading(family, root.source if root else "", self._now))
        return Known(known.marks, None, None, Fingerprint(), reopen().blocks())

    def _begin(self, name: str, stream: str, known: Known, first: Block | None) -> _Load:
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
        context = dict(before.resume) if before else {}
        return _Load(
            name=name,
            stream=stream,
            marks=known.marks,
            log_format=form,
            next_line=int(context.pop("next_line", 1)),
            context=context,
            fingerprint=known.fingerprint,
            parent=before.load_id if before and before.first_mark is not None else None,
        )

    # -- stage ----------------------------------------------------------------------------------------------------

    def _stage(self, load: _Load, blocks: Iterator[Block], reader: Reader) -> None:
        """Understand the new blocks. A long source is decided in pieces on the way."""
        options = self._options
        self._understanding.begin(
            now=self._now, time_zone=self._time_zone, source_time_zone=options.time_zone, host=options.host
        )
        for block in read_ahead(blocks):
            if block.kind == "torn" and not reader.is_whole:
                load.left = len(block.data)
                break
            if block.kind != "long_more":
                self._understand(load, block)
            stops = [stop] if (stop := _interval_mark(block)) else []
            load.interval_marks += [reached.position() for reached in load.fingerprint.advance(block.data, stops)]
            self._batch.bytes += len(block.data)
            if self._understanding.waiting >= FILE_ROWS:
                self._flush()
            if load.fingerprint.offset - load.start >= PIECE_BYTES and block.kind == "lines":
                self._end_piece(load, reader)
                self._decide(reading=load)
                load.parent, load.load_id = load.load_id, new_load_id()
                load.start, load.counts, load.interval_marks = load.fingerprint.offset, Counts(), []

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
        row = LedgerRow(
            load_id=load.load_id,
            source=load.name,
            stream=load.stream,
            log_format="empty" if load.marks.first is None and not load.context else load.log_format.name,
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
            marks=tuple(load.interval_marks),
            resume={"next_line": load.next_line, **load.context},
        )
        self._batch.rows.append(row)
        self._batch.recognition.add([row])

    def _end(self, load: _Load, reader: Reader) -> SourceReport:
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

    def _start_again(self) -> None:
        """Forget what the batch has staged; its sources have to be read again."""
        self._written()
        self._lake.discard(self._batch.staged)
        self._understanding.forget()
        self._batch = _Batch(self._lake)


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


def _is_same_path(source: str, target: str) -> bool:
    return source == target or (
        STANDARD_INPUT not in (source, target) and Path(source).resolve() == Path(target).resolve()
    )


def _interval_mark(block: Block) -> int | None:
    """The first line end in this block at or behind a multiple of MARK_INTERVAL that lies in it."""
    multiple = -(-(block.offset + 1) // MARK_INTERVAL) * MARK_INTERVAL
    if multiple > block.end:
        return None
    end = block.data.find(b"\n", multiple - block.offset - 1) + 1
    return block.offset + end if end else None
