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
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Literal

from ingest.documents import document_blocks, document_context, document_format, whole_content
from ingest.errors import LakeError, SourceError, UnknownFormatError
from ingest.folder import list_sources
from ingest.formats import log_format
from ingest.lake import Lake
from ingest.load import Load, behind_line, loaded
from ingest.reading import format_of
from ingest.recognition import Known, Marks, Recognition, is_related
from ingest.report import IngestReport, SourceReport
from ingest.source import STANDARD_INPUT, Block, Fingerprint, Reader, open_source, read_ahead, stream_of
from ingest.staging import Staging
from ingest.understanding import Counts
from ingest.unloading import unload, unloading_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ingest.ledger import LedgerRow
    from ingest.report import Progress, ReadOptions

Overlap = Literal["skip", "load"]

PIECE_BYTES = 1 << 30
"""A longer source is decided in pieces of about this size, so that a crash costs little."""

BATCH_BYTES = 256 << 20
BATCH_SOURCES = 1000
"""Small sources are decided together: a commit costs time, and more the more there are."""


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


class _RefusedError(Exception):
    """Somebody decided about the same content meanwhile: the batch has to be planned again."""


class _Batch:
    """What is going to be decided together."""

    def __init__(self, lake: Lake) -> None:
        self.table, self.ledger = lake.ledger()
        self.recognition = Recognition(self.ledger)
        self.sources: list[tuple[str, bool]] = []
        self.reports: list[SourceReport | None] = []
        """One for each source, in their order; None as long as it is not known what becomes of it."""
        self.warnings: list[str] = []
        self.rows: list[LedgerRow] = []
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
        self._options = options
        self._wanted = "combined" if options.layout else options.log_format
        self._now = now
        self._overlap = overlap
        self._replaces = replaces
        self._progress = progress
        self._failed: dict[str, SourceReport] = {}
        self._pieces: dict[str, list[str]] = {}
        self._decided: dict[str, Counts] = {}
        self._ours: set[str] = set()
        self._batch = _Batch(lake)
        self._staging = Staging(lake, options, now=now, progress=progress)
        self._walking = ThreadPoolExecutor(1)

    def close(self) -> None:
        """Forget what was staged and not decided."""
        self._walking.shutdown()
        self._staging.close()

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
        self._batch.reports.append(self._failed.get(name))
        if name in self._failed:
            return
        try:
            self._batch.reports[-1] = self._read(name, stream)
        except UnknownFormatError as error:
            if is_named:
                self._batch.reports[-1] = _failed(name, stream, str(error))
            else:
                self._batch.warnings.append(f"skipped: {error}")
        except SourceError as error:
            self._fail(name, stream, error)
            self._batch.reports[-1] = self._failed[name]

    def _fail(self, name: str, stream: str, error: SourceError) -> None:
        """Nothing counts of a source that turned out to be unreadable: neither do pieces of it that are decided."""
        self._failed[name] = _failed(name, stream, str(error))
        for load_id in self._pieces.pop(name, [])[:1]:
            with contextlib.suppress(LakeError):  # somebody else has taken it back
                unload(self._lake.path, load_id, now=self._now)

    # -- plan -----------------------------------------------------------------------------------------------------

    def _read(self, name: str, stream: str) -> SourceReport | None:
        """What becomes of a source; None where that is known when its last lines are understood."""
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
            reader = reopen()
            if kind := document_format(reader, self._wanted):
                return self._read_document(name, stream, kind, reader)
            known = self._batch.recognition.recognise(reader, reopen)
            row = known.load or known.overlap
            if row is not None and self._staging.waits_for(row.load_id):
                # It goes on with a source of this batch of which it is not yet known what has to be known for that.
                self._staging.settle()
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
            with self._staged_whole(load):
                self._stage(load, itertools.chain([first] if first else [], known.rest), readers[-1])
            return self._end(load)
        finally:
            for reader in readers:
                reader.close()

    def _read_document(self, name: str, stream: str, kind: str, reader: Reader) -> SourceReport | None:
        """What becomes of a source that is one document: all of it is loaded at once, or nothing."""
        if name == STANDARD_INPUT:
            raise SourceError(f"-: is a {kind} document, which has to be read twice; load it from a file")
        content = whole_content(reader)
        row = self._batch.recognition.whole(content.position())
        replaced = self._replaced_by(row)
        if row is not None and replaced is None:
            return self._unchanged(name, stream, row, left=0, error=None)
        load = Load(
            name=name,
            stream=stream,
            marks=Marks.of_whole(content.position()),
            log_format=log_format(kind),
            next_line=1,
            is_in_line=False,
            context={},
            fingerprint=Fingerprint(),
            parent=None,
            replaced=replaced,
        )
        with contextlib.closing(open_source(name)) as again, self._staged_whole(load):
            load.context = document_context(kind, again)
            for block in document_blocks(kind, again):
                self._staging.add(load, block)
                self._batch.bytes += len(block.data)
        load.fingerprint = content
        return self._end(load)

    @contextlib.contextmanager
    def _staged_whole(self, load: Load) -> Iterator[None]:
        """Nothing stays staged of a load that fails meanwhile."""
        try:
            yield
        except SourceError as error:
            if self._staging.holds(load):  # what is staged cannot be taken apart
                self._fail(load.name, load.stream, error)
                raise _RefusedError from error
            self._staging.drop(load)
            raise

    def _unchanged(self, name: str, stream: str, row: LedgerRow, *, left: int, error: str | None) -> SourceReport:
        if name in self._decided:  # its last piece was decided by somebody else
            return loaded(name, stream, row.log_format, self._decided[name], left=left, error=error)
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
        return self._replaced_by(known.load or known.overlap)

    def _replaced_by(self, root: LedgerRow | None) -> LedgerRow | None:
        if not self._replaces or root is None or root.load_id in self._ours:
            return None
        loads = {row.load_id: row for row in self._batch.ledger.loads()}
        while root.parent in loads:
            root = loads[root.parent]
        return unloading_row(self._batch.ledger.grown_from([root.load_id]), root.source, self._now)

    def _begin(self, name: str, stream: str, known: Known, first: Block | None, replaced: LedgerRow | None) -> Load:
        """How the new part of a source has to be read: as its beginning was, or as the operator or its content says."""
        before = known.load
        if (
            before is not None
            and before.log_format != "empty"
            and not (self._options.log_format or self._options.layout)
        ):
            form = log_format(before.log_format, layout=before.dialect)
        else:
            form = format_of(name, first, self._options, self._staging.sample)
        if before is None:
            self._decided.pop(name, None)  # somebody has taken its pieces back meanwhile
        context = dict(before.resume) if before else {}
        return Load(
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

    def _stage(self, load: Load, blocks: Iterator[Block], reader: Reader) -> None:
        """Understand the new blocks. A long source is decided in pieces on the way."""
        # Standard input may keep whoever waits for it waiting for ever, so nobody else does.
        ahead = blocks if load.name == STANDARD_INPUT else read_ahead(blocks)
        for block in behind_line(ahead, reader) if load.is_in_line else ahead:
            if block.kind == "torn" and not reader.is_whole:
                load.left = len(block.data)
                break
            walking = self._walking.submit(load.walk, block)
            if block.kind != "long_more":
                self._staging.add(load, block)
            walking.result()
            self._batch.bytes += len(block.data)
            if load.fingerprint.offset - load.start >= PIECE_BYTES and not load.is_in_line:
                self._staging.settle()
                self._end_piece(load)
                self._decide(reading=load)
                load.begin_piece()
        load.incomplete = reader.incomplete

    def _end_piece(self, load: Load) -> None:
        """The piece at hand is whole and understood: it is to be decided."""
        row = load.row(self._now)
        if load.replaced is not None:
            self._batch.rows.append(load.replaced)
        self._batch.rows.append(row)
        self._batch.recognition.add([row])
        self._ours.add(row.load_id)

    def _end(self, load: Load) -> SourceReport | None:
        """The source has been read to its end. Whoever comes next has to know it, though its last lines may still wait."""
        if load.fingerprint.offset == load.start and load.name in self._decided:
            return load.report(self._decided[load.name])  # its last piece ended here
        if load.replaced is not None:
            self._batch.recognition.forget(load.replaced.unloaded)
        self._batch.recognition.add([load.row(self._now)])
        self._ours.add(load.load_id)
        number = len(self._batch.reports) - 1
        self._staging.at_end(load, partial(self._understood, load, number))
        return self._batch.reports[number]

    def _understood(self, load: Load, number: int, error: SourceError | None) -> None:
        """Every line of a source is understood: now it is known what to decide, and what to say."""
        if error is not None:
            self._fail(load.name, load.stream, error)
            raise _RefusedError from error
        self._end_piece(load)
        self._batch.warnings += [f"{load.name}: {text}" for text in load.log_format.warnings(load.context)]
        self._batch.reports[number] = load.report(self._decided.get(load.name, Counts()))

    def _count(self, name: str) -> Callable[[int], None]:
        def count(number: int) -> None:
            if self._progress is not None:
                self._progress.advance(name, number, 0)

        return count

    # -- decide ---------------------------------------------------------------------------------------------------

    def _decide(self, reading: Load | None = None) -> None:
        """Make the batch hold, and `reading` as far as it got.

        _RefusedError when others decided about the same content meanwhile: the batch is planned again.
        """
        staged = self._staging.files()
        batch = self._batch
        while batch.rows and not self._lake.decide(batch.table, batch.ledger, batch.rows, staged):
            known = batch.ledger.version
            batch.table, batch.ledger = self._lake.ledger()
            if is_related(batch.rows, batch.ledger.after(known)):
                raise _RefusedError
        self._staging.decided()
        self._lake.roll_forward()
        # What holds is reported; what is still being read goes on in a batch of its own.
        self.reports += [report for report in batch.reports if report is not None]
        self.warnings += batch.warnings
        self._batch = _Batch(self._lake)
        if reading is not None:
            self._batch.sources = [batch.sources[-1]]
            self._batch.reports = [None]
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
        self._staging.discard()
        self._batch = _Batch(self._lake)


def _failed(name: str, stream: str, error: str) -> SourceReport:
    return SourceReport(source=name, stream=stream, status="failed", error=error)
