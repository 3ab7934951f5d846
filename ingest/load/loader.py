"""Plan, stage, decide, roll forward: how sources become loads, each content exactly once.

1. Plan. Read the ledger first and a file's size after it; find out how far the content is known (`planning`).
2. Stage. Understand what is new; write data files that nobody sees yet (`staging`).
3. Decide. One append to the ledger says it all. Refused? Somebody was faster: look again (`batch`).
4. Roll forward. The tables follow the ledger (`ingest.lake.lake`).
"""

from __future__ import annotations

import contextlib
import itertools
from collections import deque
from typing import TYPE_CHECKING

from ingest.errors import LakeError, NoLogError, SourceError, of_source
from ingest.formats.documents import document_blocks, document_context
from ingest.lake.compaction import DEFAULT_SIZES
from ingest.lake.lake import Lake
from ingest.limits import DEFAULT_LIMITS
from ingest.load.batch import Batch, Refusals, RefusedError
from ingest.load.load import Load, Source, after_judged_line
from ingest.load.memory import NoMemory
from ingest.load.planning import DocumentPlan, Planning
from ingest.load.recognition import is_related
from ingest.load.staging import Staging
from ingest.load.summing import with_sums
from ingest.load.unloading import unload
from ingest.read.folder import list_sources
from ingest.read.names import STANDARD_INPUT, stream_of, written_name
from ingest.read.source import open_source
from ingest.report import IngestReport, SourceReport
from ingest.stopping import stop_if_told
from ingest.understand.counts import Counts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ingest.lake.compaction import FileSizes
    from ingest.limits import Limits
    from ingest.load.planning import Overlap
    from ingest.load.source_warnings import SourceWarning, UnreadColumns
    from ingest.read.blocks import Block
    from ingest.read.folder import SourceList
    from ingest.read.reader import Reader
    from ingest.report import Progress, ReadOptions

_NAMES_AT_ONCE = 200
"""The names of this many sources are judged together, before the first of them is stored."""


def ingest(
    lake: Path,
    paths: Sequence[str],
    options: ReadOptions,
    *,
    now: dt.datetime,
    overlap: Overlap | None = None,
    replace: bool = False,
    progress: Progress | None = None,
    limits: Limits = DEFAULT_LIMITS,
    sizes: FileSizes = DEFAULT_SIZES,
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
    with contextlib.closing(
        Loader(store, options, overlap=overlap, replaces=replace, progress=progress, limits=limits)
    ) as loader:
        try:
            return with_sums(store, loader.load(sources, now=now), sizes)
        finally:
            if progress is not None:
                progress.finish()


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
        memory: NoMemory | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._lake = lake
        self._options = options
        self._progress = progress
        self._memory = NoMemory() if memory is None else memory  # an empty memory is false
        self._limits = limits
        self._staging = Staging(lake, progress, limits)
        self._planning = Planning(
            options,
            self._staging,
            self._memory,
            overlap=overlap,
            replaces=replaces,
            stored=self._place,
            settle=self._settle,
        )
        self._last: Batch | None = None
        """The batch after the last one that was decided, if nothing failed: it knows every load, and a follower need not look again."""

    def close(self) -> None:
        """Forget what was staged and not decided."""
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
        self._refusals = Refusals(self._limits)
        self._staging.begin(self._options, now=now)
        self._planning.begin(now=now)
        self._batch, self._last = Batch(self._lake, self._limits, self._last), None
        self._memory.look_at_ledger(self._batch.ledger)
        self._waiting = waiting = deque((name, name in sources.named) for name in sources.names)
        while waiting or self._batch.sources:
            stop_if_told()
            try:
                if (
                    waiting
                    and self._batch.takes(waiting[0][0])
                    and self._refusals.may_share(waiting[0][0], self._batch)
                ):
                    name, is_named = waiting.popleft()
                    self._batch.sources.append((name, is_named))
                    self._add(name, is_named=is_named)
                else:
                    self._decide()
            except RefusedError:
                waiting.extendleft(reversed(self._batch.sources))
                self._start_again()
        # A source that failed may have left an undecided load among the known ones.
        self._last = None if self._failed else self._batch
        # Logs of one kind have the same columns, so one warning covers all of them.
        said = [(unread.is_warning, _of_all(unread.text, names)) for unread, names in self._unread.items()]
        return IngestReport(
            tuple(self._reports),
            (*self._warnings, *(text for is_warning, text in said if is_warning)),
            tuple(text for is_warning, text in said if not is_warning),
        )

    def _add(self, path: str, *, is_named: bool) -> None:
        """Read one source into the batch, or say why that cannot be done."""
        self._batch.reports.append(self._failed.get(path))
        if path in self._failed or self._memory.has_given_up(path):
            return
        stream = self._options.stream or ""
        try:
            stream = self._place(stream or stream_of(path), written_name(path))
            with contextlib.closing(
                Source(path, stream, is_final=self._options.final, count=self._count(path), limits=self._limits)
            ) as source:
                self._batch.reports[-1] = self._read(source)
            if self._batch.reports[-1] is not None:
                self._memory.can_be_read(path)
        except (RefusedError, LakeError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this source's, and the others go on
            stop_if_told()
            failure = of_source(written_name(path), error)
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
        return self._staging.words.place(name, next_ones=itertools.chain(wanted_next, next_ones))

    def _fail(self, path: str, stream: str, error: SourceError) -> None:
        """Report a source as failed: then nothing of it counts, and pieces of it that are decided are taken back."""
        self._failed[path] = _failed(written_name(path), stream, str(error))
        for load_id in self._pieces.pop(path, [])[:1]:
            with contextlib.suppress(LakeError):  # somebody else has taken it back
                unload(self._lake.path, load_id, now=self._now)

    def _count(self, path: str) -> Callable[[int], None]:
        name = written_name(path)

        def count(number: int) -> None:
            if self._progress is not None:
                self._progress.advance(name, number, 0)

        return count

    # -- stage ----------------------------------------------------------------------------------------------------

    def _read(self, source: Source) -> SourceReport | None:
        """The report on a source. None if the result is not known until its last lines are understood."""
        plan = self._planning.plan(source, self._batch)
        if isinstance(plan, SourceReport):
            return plan
        with self._staged_whole(plan.load):
            if isinstance(plan, DocumentPlan):
                self._stage_document(plan, source)
            else:
                self._stage(plan.load, plan.blocks, source.reader)
        return self._end(plan.load)

    @contextlib.contextmanager
    def _staged_whole(self, load: Load) -> Iterator[None]:
        """Nothing stays staged of a load that fails meanwhile, whatever it fails of."""
        try:
            yield
        except (RefusedError, LakeError):
            raise
        except Exception as error:
            stop_if_told()
            failure = of_source(load.name, error)
            if self._staging.holds(load):  # what is staged cannot be taken apart
                raise self._spoilt(load, failure) from error
            self._staging.drop(load)
            if failure is error:
                raise
            raise failure from error

    def _stage(self, load: Load, blocks: Iterator[Block], reader: Reader) -> None:
        """Understand the new blocks. A long source is decided in pieces on the way."""
        for block in after_judged_line(blocks, reader) if load.is_in_line else blocks:
            if block.kind == "torn" and not reader.is_whole:
                load.left = len(block.data)
                break
            if block.kind != "long_more":
                self._staging.add(load, block)
                self._take_ended()
            # The workers are busy meanwhile, and while the next block is read and decompressed.
            load.hash_block(block)
            self._batch.bytes += len(block.data)
            is_piece = load.fingerprint.offset - load.start >= self._limits.piece_bytes and not load.is_in_line
            # What takes another load's place is decided whole: it may turn out late that it cannot be read.
            if is_piece and load.replaced is None:
                self._settle(load)
                self._end_piece(load)
                self._decide(reading=load)
                load.begin_piece()
        load.incomplete = reader.incomplete

    def _stage_document(self, plan: DocumentPlan, source: Source) -> None:
        """Understand a whole document, which has been hashed already."""
        load = plan.load
        with contextlib.closing(open_source(source.path, limits=self._limits)) as again:
            load.context = document_context(plan.kind, again)
            for block in document_blocks(plan.kind, again, hashed=source.reader):
                self._staging.add(load, block)
                self._take_ended()
                self._batch.bytes += len(block.data)
        load.fingerprint = plan.content

    def _end_piece(self, load: Load) -> None:
        """Decide the current piece: it is whole and understood."""
        load.refuse_lost_lines()
        row = load.row(self._now)
        self._batch.add(load, row)
        self._batch.recognition.add([row])
        self._planning.ours.add(row.load_id)

    def _end(self, load: Load) -> SourceReport | None:
        """The source has been read to its end. The next sources have to know it, though its last lines may still wait."""
        decided = self._planning.decided
        if load.fingerprint.offset == load.start and load.path in decided:
            return load.report(decided[load.path])  # its last piece ended here
        if load.replaced is not None:
            self._batch.recognition.forget(load.replaced.unloaded)
        self._batch.recognition.add([load.row(self._now)])
        self._planning.ours.add(load.load_id)
        number = self._batch.numbers[load.load_id] = len(self._batch.reports) - 1
        self._staging.end(load)
        self._take_ended()
        return self._batch.reports[number]

    def _settle(self, load: Load | None = None) -> None:
        """Understand everything that waits. SourceError when lines of this load cannot be understood."""
        self._staging.settle(load)
        self._take_ended()

    def _take_ended(self) -> None:
        """Of sources whose every line is understood it is known what to decide, and what to say."""
        for load in self._staging.take_ended():
            if load.failure is not None:
                raise self._spoilt(load, load.failure)
            try:
                self._end_piece(load)
            except SourceError as failure:
                raise self._spoilt(load, failure) from failure
            decided = self._planning.decided.get(load.path, Counts())
            self._batch.warnings += [str(warning) for warning in load.warnings(decided) if self._is_news(warning)]
            self._batch.reports[self._batch.numbers[load.load_id]] = load.report(decided)
            self._batch.read.append(load)
            self._memory.can_be_read(load.path)

    def _spoilt(self, load: Load, failure: SourceError) -> RefusedError:
        """A load has failed whose lines are among those of others: these have to be planned and read again, without it."""
        self._memory.give_up(load.path, failure, now=self._now)
        self._fail(load.path, load.stream, failure)
        return RefusedError()

    def _is_news(self, warning: SourceWarning) -> bool:
        return self._memory.is_news(warning.source, warning.about)

    # -- decide ---------------------------------------------------------------------------------------------------

    def _decide(self, reading: Load | None = None) -> None:
        """Make the batch hold, and `reading` as far as it got.

        RefusedError when others decided about the same content meanwhile: the batch is planned again.
        """
        self._settle()
        batch = self._batch
        batch.decide(self._staging.files())
        self._staging.decided()
        self._lake.roll_forward()
        # Decided sources are reported. Sources that are still being read go on in a batch of their own.
        self._reports += [report for report in batch.reports if report is not None]
        self._warnings += batch.warnings
        for load in batch.read:
            if load.unread is not None and self._memory.is_news("", load.unread.text):
                self._unread.setdefault(load.unread, []).append(load.name)
            if load.reader is not None:
                end = load.fingerprint
                self._planning.remember(load.reader, load.load_id, load.marks, end, tail=load.tail, left=load.left)
        self._batch = Batch(self._lake, self._limits, batch)
        if reading is not None:
            self._batch.sources = [batch.sources[-1]]
            self._batch.reports = [None]
            self._pieces.setdefault(reading.path, []).append(reading.load_id)
            decided = self._planning.decided
            decided[reading.path] = decided.get(reading.path, Counts()) + reading.counts
            ours = {row.load_id for row in batch.rows}
            since = self._batch.ledger.after(batch.ledger.version)
            if is_related(batch.rows, [row for row in since if row.load_id not in ours]):
                raise RefusedError  # somebody was faster with what follows on this piece

    def _start_again(self) -> None:
        """Forget what the batch has staged. Its sources have to be read again, which is impossible for standard input."""
        for path, why in self._refusals.count(self._batch).items():
            self._failed[path] = _failed(written_name(path), self._options.stream or stream_of(path), why)
        for name, _ in self._batch.sources:
            if name == STANDARD_INPUT and name not in self._failed:
                self._failed[name] = _failed(
                    name,
                    self._options.stream or stream_of(name),
                    "-: another process has loaded the same content meanwhile; run the command again",
                )
        self._staging.discard()
        self._batch = Batch(self._lake, self._limits)


def _of_all(text: str, names: Sequence[str]) -> str:
    others = "" if len(names) == 1 else f" and {len(names) - 1:,} other{'' if len(names) == 2 else 's'}"
    return f"{names[0]}{others}: {text}"


def _failed(name: str, stream: str, error: str) -> SourceReport:
    return SourceReport(source=name, stream=stream, status="failed", error=error)
