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

from ingest.errors import LakeError, NoLogError, SourceError, of_source
from ingest.formats import log_format
from ingest.formats.choice import format_of, read_on, refuse_unended, wanted_format
from ingest.formats.documents import document_blocks, document_context, document_format, whole_content
from ingest.lake.lake import Lake
from ingest.lake.ledger_row import own_decision
from ingest.load.load import Load, Source, behind_line, loaded
from ingest.load.memory import Memory, Remembered, Tail, going_on
from ingest.load.recognition import Known, Marks, Recognition, is_related
from ingest.load.source_warnings import SourceWarning
from ingest.load.staging import Staging
from ingest.load.unloading import unload
from ingest.patience import QUICK, SLOW, Patience
from ingest.read.folder import list_sources
from ingest.read.source import (
    STANDARD_INPUT,
    Block,
    Fingerprint,
    Reader,
    open_source,
    read_ahead,
    stream_of,
    written_name,
)
from ingest.report import IngestReport, SourceReport
from ingest.stopping import stop_if_told
from ingest.understand.understanding import Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ingest.lake.ledger_row import LedgerRow
    from ingest.load.source_warnings import UnreadColumns
    from ingest.read.folder import SourceList
    from ingest.read.source import State
    from ingest.report import Progress, ReadOptions

Overlap = Literal["skip", "load"]

PIECE_BYTES = 1 << 30
"""A longer source is decided in pieces of about this size, so that a crash costs little."""

MOST_SAID = 10_000
"""So many warnings are remembered, so as not to say them again."""

BATCH_BYTES = 256 << 20
BATCH_SOURCES = 1000
"""Small sources are decided together: a commit costs time, and more the more there are."""

_NAMES_AT_ONCE = 200
"""The names of so many sources are judged together, when the first of them is to be stored."""


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
    if progress is not None:
        progress.start(sources.total_bytes)
    with contextlib.closing(Loader(store, options, overlap=overlap, replaces=replace, progress=progress)) as loader:
        try:
            return loader.load(sources, now=now)
        finally:
            if progress is not None:
                progress.finish()


class _RefusedError(Exception):
    """Somebody decided about the same content meanwhile: the batch has to be planned again."""


class _Batch:
    """What is going to be decided together."""

    def __init__(self, lake: Lake, before: _Batch | None = None) -> None:
        self.table, self.ledger = lake.ledger()
        self.recognition: Recognition = before.recognition.at(self.ledger) if before else Recognition(self.ledger)
        self.sources: list[tuple[str, bool]] = []
        self.reports: list[SourceReport | None] = []
        """One for each source, in their order; None as long as it is not known what becomes of it."""
        self.warnings: list[str] = []
        self.rows: list[LedgerRow] = []
        self.read: list[Load] = []
        """The sources that were read to their end."""
        self.bytes = 0

    def takes(self, name: str) -> bool:
        """Whether one more source belongs into this batch. Standard input, which is read only once, stays by itself."""
        if not self.sources:
            return True
        is_full = self.bytes >= BATCH_BYTES or len(self.sources) >= BATCH_SOURCES
        return not is_full and STANDARD_INPUT not in (name, self.sources[-1][0])


class Loader:
    """Reads sources batch by batch and decides each batch. With a memory it is quick to look at the same files again."""

    def __init__(
        self,
        lake: Lake,
        options: ReadOptions,
        *,
        overlap: Overlap | None = None,
        replaces: bool = False,
        progress: Progress | None = None,
        memory: Memory | None = None,
    ) -> None:
        self._lake = lake
        self._options = options
        self._wanted = wanted_format(options)
        self._overlap = overlap
        self._replaces = replaces
        self._progress = progress
        self._memory = memory
        self._looked_at = 0
        self._said: set[tuple[str, str]] = set()
        self._staging = Staging(lake, progress)
        self._walking = ThreadPoolExecutor(1)

    def close(self) -> None:
        """Forget what was staged and not decided."""
        self._walking.shutdown()
        self._staging.close()

    def load(self, sources: SourceList, *, now: dt.datetime) -> IngestReport:
        """Load every source."""
        self._now = now
        self._reports = [
            _failed(place.name, self._options.stream or "", f"{place.name}: {place.why}") for place in sources.unlisted
        ]
        self._warnings: list[str] = [f"{place.name}: {place.why}" for place in sources.skipped]
        self._unread: dict[UnreadColumns, list[str]] = {}
        self._failed: dict[str, SourceReport] = {}
        self._pieces: dict[str, list[str]] = {}
        self._decided: dict[str, Counts] = {}
        self._ours: set[str] = set()
        self._refused: dict[str, Patience] = {}
        self._staging.begin(self._options, now=now)
        self._batch = _Batch(self._lake)
        if self._memory is not None:
            if any(row.kind == "unload" for row in self._batch.ledger.after(self._looked_at)):
                self._memory.try_all_again()
            self._looked_at = self._batch.ledger.version
        self._waiting = waiting = deque((name, name in sources.named) for name in sources.names)
        while waiting or self._batch.sources:
            stop_if_told()
            try:
                if waiting and self._batch.takes(waiting[0][0]) and self._may_share(waiting[0][0]):
                    name, is_named = waiting.popleft()
                    self._batch.sources.append((name, is_named))
                    self._add(name, is_named=is_named)
                else:
                    self._decide()
            except _RefusedError:
                waiting.extendleft(reversed(self._batch.sources))
                self._count_refusal()
                self._start_again()
        # Logs of one kind have the same columns: what is said of one is said of all.
        said = [(unread.is_warning, _of_all(unread.text, names)) for unread, names in self._unread.items()]
        return IngestReport(
            tuple(self._reports),
            (*self._warnings, *(text for is_warning, text in said if is_warning)),
            tuple(text for is_warning, text in said if not is_warning),
        )

    def _add(self, path: str, *, is_named: bool) -> None:
        """Read one source into the batch, or say why that cannot be done."""
        self._batch.reports.append(self._failed.get(path))
        if path in self._failed or (self._memory is not None and self._memory.is_hopeless(path)):
            return
        stream = self._options.stream or ""
        try:
            stream = self._place(stream or stream_of(path), written_name(path))
            with contextlib.closing(
                Source(path, stream, is_final=self._options.final, count=self._count(path))
            ) as source:
                self._batch.reports[-1] = self._read(source)
            if self._memory is not None and self._batch.reports[-1] is not None:
                self._memory.can_be_read(path)
        except (_RefusedError, LakeError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this source's, and the others go on
            stop_if_told()
            failure = of_source(written_name(path), error)
            if self._memory is not None:
                self._memory.give_up(path, failure, now=self._now)
            if isinstance(failure, NoLogError) and not is_named:
                self._batch.warnings.append(f"skipped: {failure}")
                return
            self._fail(path, stream, failure)
            self._batch.reports[-1] = self._failed[path]

    def _place(self, name: str, *wanted_next: str) -> str:
        """The name of a source or a stream as it is stored."""
        paths = (path for path, _ in itertools.islice(self._waiting, _NAMES_AT_ONCE))
        next_ones = (text for path in paths for text in (written_name(path), self._options.stream or stream_of(path)))
        return self._staging.place(name, next_ones=itertools.chain(wanted_next, next_ones))

    def _fail(self, path: str, stream: str, error: SourceError) -> None:
        """Nothing counts of a source that turned out to be unreadable: neither do pieces of it that are decided."""
        self._failed[path] = _failed(written_name(path), stream, str(error))
        for load_id in self._pieces.pop(path, [])[:1]:
            with contextlib.suppress(LakeError):  # somebody else has taken it back
                unload(self._lake.path, load_id, now=self._now)

    # -- plan -----------------------------------------------------------------------------------------------------

    def _read(self, source: Source) -> SourceReport | None:
        """What becomes of a source; None where that is known when its last lines are understood."""
        recalled = self._recall(source.path)
        if recalled is not None and recalled[0] == recalled[1].state:
            return self._unchanged(source, recalled[2], left=recalled[1].left, error=None)
        known = None if recalled is None else going_on(source, *recalled)
        if known is None:
            kind = document_format(source.open(), self._wanted)
            if kind is not None:
                return self._read_document(source, kind)
            known = self._recognise(source)
        replaced = self._replaced(known.load or known.overlap)
        if replaced is not None:
            known = known.as_new(source.open)
        elif known.overlap is not None and self._overlap != "load":
            return self._overlapping(source, known.overlap)
        first = next(known.rest, None)
        is_left = first is not None and first.kind == "torn" and not source.reader.is_whole
        if is_left and first is not None and known.fingerprint.offset == 0 and b"\0" not in first.data:
            # Nothing of it can be read yet: it is not loaded, and no load is remembered that another such source would be.
            refuse_unended(source.name, first, self._options)
            if self._memory is None:
                self._batch.warnings.append(
                    f"{source.name}: no line of it has an end yet, nothing was loaded; --final takes its last line as complete"
                )
            return SourceReport(
                source=source.name,
                stream=source.stream,
                status="unchanged",
                left=len(first.data),
                error=source.reader.incomplete,
            )
        if known.load is not None and (first is None or is_left):
            left = len(first.data) if first else 0
            self._remember(source.reader, known.load.load_id, known.marks, known.fingerprint, tail=Tail(), left=left)
            return self._unchanged(source, known.load, left=left, error=source.reader.incomplete)
        # Nobody can tell what a line is that is still being written; a file of NULs is none, though.
        begins = None if first is None or (is_left and b"\0" not in first.data) else first
        load = self._begin(source, known, begins, replaced)
        with self._staged_whole(load):
            self._stage(load, itertools.chain([first] if first else [], known.rest), source.reader)
        return self._end(load)

    def _recognise(self, source: Source) -> Known:
        known = self._batch.recognition.recognise(source.reader, source.open)
        row = known.load or known.overlap
        if row is not None and self._staging.waits_for(row.load_id):
            # It goes on with a source of this batch of which it is not yet known what has to be known for that.
            self._staging.settle()
            known = self._batch.recognition.recognise(source.open(), source.open)
        return known

    def _recall(self, path: str) -> tuple[State, Remembered, LedgerRow] | None:
        """A file that this process has read before: its state now, what is remembered, and the load that it ended with."""
        recalled = self._memory.recall(path) if self._memory is not None and not self._replaces else None
        if recalled is None:
            return None
        state, before = recalled
        row = self._batch.recognition.last(before.load_id, before.marks, before.fingerprint.position())
        return None if row is None else (state, before, row)

    def _remember(
        self, reader: Reader, load_id: str, marks: Marks, fingerprint: Fingerprint, *, tail: Tail, left: int
    ) -> None:
        """How far a file is loaded, for the next time. Where its bytes are not the lines' it has to be read from its start."""
        if self._memory is not None and reader.state is not None:
            self._memory.remember(
                Remembered(
                    state=reader.state,
                    load_id=load_id,
                    marks=marks,
                    fingerprint=fingerprint.copy(),
                    tail=Tail() if reader.is_compressed or reader.is_recoded else tail,
                    left=left,
                    nuls=reader.nuls,
                )
            )

    def _read_document(self, source: Source, kind: str) -> SourceReport | None:
        """What becomes of a source that is one document: all of it is loaded at once, or nothing."""
        if source.path == STANDARD_INPUT:
            raise SourceError(f"-: is a {kind} document, which has to be read twice; load it from a file")
        content = whole_content(source.reader)
        row = self._batch.recognition.whole(content.position())
        replaced = self._replaced(row)
        if row is not None and replaced is None:
            return self._unchanged(source, row, left=0, error=None)
        load = Load(
            path=source.path,
            name=source.name,
            stored_name=self._place(source.name),
            stream=source.stream,
            marks=Marks.of_whole(content.position()),
            log_format=log_format(kind),
            next_line=1,
            is_in_line=False,
            context={},
            fingerprint=Fingerprint(),
            parent=None,
            replaced=replaced,
        )
        with contextlib.closing(open_source(source.path)) as again, self._staged_whole(load):
            load.context = document_context(kind, again)
            for block in document_blocks(kind, again, hashed=source.reader):
                self._staging.add(load, block)
                self._batch.bytes += len(block.data)
        load.fingerprint = content
        return self._end(load)

    @contextlib.contextmanager
    def _staged_whole(self, load: Load) -> Iterator[None]:
        """Nothing stays staged of a load that fails meanwhile, whatever it fails of."""
        try:
            yield
        except (_RefusedError, LakeError):
            raise
        except Exception as error:
            stop_if_told()
            failure = of_source(load.name, error)
            if self._staging.holds(load):  # what is staged cannot be taken apart
                if self._memory is not None:
                    self._memory.give_up(load.path, failure, now=self._now)
                self._fail(load.path, load.stream, failure)
                raise _RefusedError from error
            self._staging.drop(load)
            if failure is error:
                raise
            raise failure from error

    def _unchanged(self, source: Source, row: LedgerRow, *, left: int, error: str | None) -> SourceReport:
        if source.path in self._decided:  # its last piece was decided by somebody else
            decided = self._decided[source.path]
            return loaded(source.name, source.stream, row.log_format, decided, left=left, error=error)
        return SourceReport(
            source=source.name,
            stream=source.stream,
            status="unchanged",
            left=left,
            error=error,
            known_since=row.loaded_at,
        )

    def _overlapping(self, source: Source, row: LedgerRow) -> SourceReport:
        if self._overlap == "skip":
            return self._unchanged(source, row, left=0, error=None)
        raise SourceError(
            f"{source.name}: begins like {row.source} (load {row.load_id} of {row.loaded_at:%Y-%m-%d %H:%M}, {row.end_byte:,} bytes)"
            " but is neither the same nor grown from it: an earlier copy, or another log with the same beginning;"
            " nothing was loaded. --overlap skip leaves it, --overlap load loads it all the same"
        )

    def _replaced(self, root: LedgerRow | None) -> LedgerRow | None:
        """What takes back the loads of a source that is to be loaded anew; None where there is nothing to take back."""
        if not self._replaces or root is None or root.load_id in self._ours:
            return None
        loads = {row.load_id: row for row in self._batch.ledger.loads()}
        while root.parent in loads:
            root = loads[root.parent]
        family = self._batch.ledger.grown_from([root.load_id])
        return own_decision("unload", now=self._now, about=root.source, unloaded=family)

    def _begin(self, source: Source, known: Known, first: Block | None, replaced: LedgerRow | None) -> Load:
        """How the new part of a source has to be read: as its beginning was, or as the operator or its content says."""
        before = known.load
        if (
            before is not None
            and before.log_format != "empty"
            and not (self._options.log_format or self._options.layout or self._options.dialect)
        ):
            form = read_on(before.log_format, before.dialect, before.resume)
        else:
            form = format_of(source.name, first, self._options, self._staging)
        if before is None:
            self._decided.pop(source.path, None)  # somebody has taken its pieces back meanwhile
        context = dict(before.resume) if before else {}
        return Load(
            path=source.path,
            name=source.name,
            stored_name=self._place(source.name),
            stream=source.stream,
            marks=known.marks,
            log_format=form,
            next_line=int(context.pop("next_line", 1)),
            is_in_line=bool(context.pop("is_in_line", False)),
            context=context,
            fingerprint=known.fingerprint,
            parent=before.load_id if before and before.first_mark is not None else None,
            replaced=replaced,
            reader=source.reader,
        )

    # -- stage ----------------------------------------------------------------------------------------------------

    def _stage(self, load: Load, blocks: Iterator[Block], reader: Reader) -> None:
        """Understand the new blocks. A long source is decided in pieces on the way."""
        # Standard input may keep whoever waits for it waiting for ever, so nobody else does.
        ahead = blocks if load.path == STANDARD_INPUT else read_ahead(blocks)
        for block in behind_line(ahead, reader) if load.is_in_line else ahead:
            if block.kind == "torn" and not reader.is_whole:
                load.left = len(block.data)
                break
            walking = self._walking.submit(load.walk, block)
            if block.kind != "long_more":
                self._staging.add(load, block)
            walking.result()
            self._batch.bytes += len(block.data)
            is_piece = load.fingerprint.offset - load.start >= PIECE_BYTES and not load.is_in_line
            # What takes another load's place is decided whole: it may turn out late that it cannot be read.
            if is_piece and load.replaced is None:
                self._staging.settle(load)
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
        if load.fingerprint.offset == load.start and load.path in self._decided:
            return load.report(self._decided[load.path])  # its last piece ended here
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
            if self._memory is not None:
                self._memory.give_up(load.path, error, now=self._now)
            self._fail(load.path, load.stream, error)
            raise _RefusedError from error
        self._end_piece(load)
        decided = self._decided.get(load.path, Counts())
        self._batch.warnings += [str(warning) for warning in load.warnings(decided) if self._is_news(warning)]
        self._batch.reports[number] = load.report(decided)
        self._batch.read.append(load)
        if self._memory is not None:
            self._memory.can_be_read(load.path)

    def _is_news(self, warning: SourceWarning) -> bool:
        """Whether it has not been said yet. A file that is followed grows for days, and nobody wants to hear it each time."""
        if self._memory is None:
            return True
        about = warning.source, warning.about
        is_news = about not in self._said
        if len(self._said) >= MOST_SAID:
            self._said.clear()  # who follows for years sees new names every day: say a thing twice then
        self._said.add(about)
        return is_news

    def _count(self, path: str) -> Callable[[int], None]:
        name = written_name(path)

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
        patience = Patience(self._lake.path, f"deciding about {len(batch.sources):,} sources", most=QUICK)
        while batch.rows and not self._lake.decide(batch.table, batch.ledger, batch.rows, staged):
            patience.spend()
            known = batch.ledger.version
            batch.table, batch.ledger = self._lake.ledger()
            if is_related(batch.rows, batch.ledger.after(known)):
                raise _RefusedError
        self._staging.decided()
        self._lake.roll_forward()
        # What holds is reported; what is still being read goes on in a batch of its own.
        self._reports += [report for report in batch.reports if report is not None]
        self._warnings += batch.warnings
        for load in batch.read:
            if load.unread is not None and self._is_news(SourceWarning("", load.unread.text, load.unread.text)):
                self._unread.setdefault(load.unread, []).append(load.name)
        for load in batch.read:
            if load.reader is not None:
                end = load.fingerprint
                self._remember(load.reader, load.load_id, load.marks, end, tail=load.tail, left=load.left)
        self._batch = _Batch(self._lake, batch)
        if reading is not None:
            self._batch.sources = [batch.sources[-1]]
            self._batch.reports = [None]
            self._pieces.setdefault(reading.path, []).append(reading.load_id)
            self._decided[reading.path] = self._decided.get(reading.path, Counts()) + reading.counts
            ours = {row.load_id for row in batch.rows}
            since = self._batch.ledger.after(batch.ledger.version)
            if is_related(batch.rows, [row for row in since if row.load_id not in ours]):
                raise _RefusedError  # somebody was faster with what follows on this piece

    def _may_share(self, path: str) -> bool:
        """Whether a source may be decided with those of the batch. One that was refused often may keep others from being loaded."""
        return not self._batch.sources or not any(
            self._refused[name].is_over
            for name in (path, *(name for name, _ in self._batch.sources))
            if name in self._refused
        )

    def _count_refusal(self) -> None:
        """Others were faster with content of this batch; after so many times with one source by itself it is left to them."""
        is_alone = len(self._batch.sources) == 1
        for path, _ in self._batch.sources:
            name = written_name(path)
            patience = self._refused.setdefault(path, Patience(name, "loading it", most=SLOW))
            if patience.is_over and is_alone:
                self._failed[path] = _failed(name, self._options.stream or stream_of(path), patience.said())
            elif not patience.is_over:
                patience.spend()

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


def _of_all(text: str, names: Sequence[str]) -> str:
    others = "" if len(names) == 1 else f" and {len(names) - 1:,} other{'' if len(names) == 2 else 's'}"
    return f"{names[0]}{others}: {text}"


def _failed(name: str, stream: str, error: str) -> SourceReport:
    return SourceReport(source=name, stream=stream, status="failed", error=error)
