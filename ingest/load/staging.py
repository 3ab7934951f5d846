"""Blocks of many sources understood together, and written as data files that nobody sees yet.

What is read waits in a queue of items: the lines of a block, and the end of a load after its last lines. Three threads work on
it, each on a later part of the queue than the next one:

    this thread   reads blocks, and finds the fields of their lines (`read_fields`)
    the second    makes calls and rejects of the fields (`understand`)
    the third     writes the calls and rejects of blocks before those into data files

The order is what makes the counts right. This thread knows how many lines a block has as soon as it has read the fields, and needs
nothing more to number the next block. The second thread gets one group of items at a time, and its result is taken in before the
next group is handed over: so counts come in the order of the lines, and a load's end is reached after its last line was counted.
The third writes only what was taken in. Whoever decides waits for all three.
"""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.errors import PassingError, SourceError, is_lack_of_memory
from ingest.lake.ledger_row import new_load_id
from ingest.stopping import stop_if_told
from ingest.understand.understanding import Understanding

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence
    from typing import TypeAlias

    from ingest.lake.data_file import StagedFile
    from ingest.lake.lake import Lake
    from ingest.limits import Limits
    from ingest.load.load import Load
    from ingest.read.blocks import Block
    from ingest.report import Progress, ReadOptions
    from ingest.understand.counts import Counts
    from ingest.understand.provenance import NumberedBlock


@dataclass(frozen=True)
class _Lines:
    """Lines of a load that were read, and are to be understood."""

    load: Load
    numbered: NumberedBlock


@dataclass(frozen=True)
class _End:
    """The end of a load: stands after its last lines."""

    load: Load


if TYPE_CHECKING:
    _Item: TypeAlias = _Lines | _End


@dataclass
class _Understood:
    """The items that the second thread has, and what became of their lines."""

    items: list[_Item]
    counts: Future[list[Counts]]


class Staging:
    """What has been read since the last decision: items that wait, calls that are understood, files that are written."""

    def __init__(self, lake: Lake, progress: Progress | None, limits: Limits) -> None:
        self._lake = lake
        self._progress = progress
        self._limits = limits
        self._understanding = Understanding(leaves_a_thread=True)
        self._forget_waiting()
        self._is_dense = False
        self._second = ThreadPoolExecutor(1)
        self._being_understood: _Understood | None = None
        self._ended: list[Load] = []
        self._writer = ThreadPoolExecutor(1)
        self._writing: Future[list[StagedFile]] | None = None
        self._begin_files()

    def begin(self, options: ReadOptions, *, now: dt.datetime) -> None:
        """Set what the lines do not say themselves."""
        self._understanding.begin(
            now=now, time_zone=self._lake.time_zone, source_time_zone=options.time_zone, host=options.host
        )

    def _begin_files(self) -> None:
        self._id = new_load_id()
        self._files: list[StagedFile] = []
        self._touched: set[str] = set()

    def _forget_waiting(self) -> None:
        self._waiting: list[_Item] = []
        self._waiting_ids: set[str] = set()
        self._waiting_bytes = 0

    def sample(self, line: str) -> str:
        """The redacted beginning of a line."""
        return self._understanding.sample(line)

    def names(self, names: Sequence[str]) -> list[str]:
        """These names of fields, redacted where they do not look like names."""
        return self._understanding.names(names)

    def place(self, name: str, *, next_ones: Iterable[str] = ()) -> str:
        """The name of a file or a stream as it is stored; `next_ones` are those that will be asked for next."""
        return self._understanding.place(name, next_ones=next_ones)

    def columns(self, names: Sequence[str]) -> list[str]:
        """These names of columns, redacted where they do not look like names."""
        return self._understanding.columns(names)

    def add(self, load: Load, block: Block) -> None:
        """Put a block in the queue. SourceError when lines of its load cannot be understood."""
        # The next block of a load is numbered by the fields of the one before it, so that one is read first.
        if self._waiting and (load.load_id in self._waiting_ids or not self._is_read_alike(load)):
            self._read_fields()
        self._waiting.append(_Lines(load, load.numbered(block)))
        self._waiting_ids.add(load.load_id)
        self._waiting_bytes += len(block.data)
        self._is_dense = block.is_dense
        if self._waiting_bytes >= self._limits.together_bytes:
            self._read_fields()
        _raise_failure(load)

    def end(self, load: Load) -> None:
        """Put the end of a load in the queue: `take_ended` returns it once all of its lines are counted."""
        if self._waiting:
            self._waiting.append(_End(load))
        elif self._being_understood is not None:
            self._being_understood.items.append(_End(load))
        else:
            self._ended.append(load)

    def take_ended(self) -> list[Load]:
        """The loads whose ends have been reached since this was asked last, in the order of their ends."""
        ended, self._ended = self._ended, []
        return ended

    def waits_for(self, load_id: str) -> bool:
        """Whether something of this load is still to be understood."""
        return load_id in self._waiting_ids or (
            self._being_understood is not None and load_id in _ids(self._being_understood.items)
        )

    def settle(self, load: Load | None = None) -> None:
        """Understand everything that waits. SourceError when lines of this load cannot be understood."""
        self._read_fields()
        self._take_understood()
        if load is not None:
            _raise_failure(load)

    def files(self) -> list[StagedFile]:
        """The data files with everything that was added. LakeError when they cannot be written."""
        self.settle()
        self._write()
        self._wait_for_writer()
        return self._files

    def holds(self, load: Load) -> bool:
        """Whether calls or rejects of this load would be in the files of the next decision."""
        self._take_understood()
        return load.load_id in self._touched

    def drop(self, load: Load) -> None:
        """Forget what waits of this load."""
        self._waiting = [item for item in self._waiting if item.load is not load]
        self._waiting_ids = _ids(self._waiting)

    def decided(self) -> None:
        """Begin anew: a decision names the files."""
        self._begin_files()

    def discard(self) -> None:
        """Forget everything since the last decision, files included."""
        self._forget_waiting()
        self._ended = []
        understood, self._being_understood = self._being_understood, None
        if understood is not None:
            with contextlib.suppress(Exception):
                understood.counts.result()
        try:
            self._wait_for_writer()
        finally:
            self._lake.discard(self._files)
            self._understanding.forget()
            self._begin_files()

    def close(self) -> None:
        """Forget what was staged and not decided, and let go of the engine."""
        try:
            self.discard()
        finally:
            self._second.shutdown()
            self._writer.shutdown()
            self._understanding.close()

    # -- this thread

    def _read_fields(self) -> None:
        """Read the fields of the lines that wait, and hand them to the second thread when it has done those before."""
        items, lines = self._waiting, _lines(self._waiting)
        self._forget_waiting()
        if not lines:
            if items:
                self._take_understood()
                self._take_in(items, [])
            return
        try:
            fields = self._understanding.read_fields([item.numbered for item in lines], lines[0].load.log_format)
        except Exception:  # noqa: BLE001 - whatever it is, it comes of one of them, which is looked for
            stop_if_told()
            self._take_understood()
            self._take_in_one_by_one(items, is_read=False)
            return
        for item, count, context in zip(lines, fields.line_counts, fields.contexts, strict=True):
            item.load.count_read(count, context)
        self._take_understood()
        self._being_understood = _Understood(items, self._second.submit(self._understanding.understand, fields))

    def _take_understood(self) -> None:
        """Wait for the second thread, and take in what became of its lines."""
        understood, self._being_understood = self._being_understood, None
        if understood is None:
            return
        try:
            counts = understood.counts.result()
        except Exception as error:  # noqa: BLE001 - as above
            lines = _lines(understood.items)
            if len(lines) > 1:
                self._take_in_one_by_one(understood.items, is_read=True)
            else:
                lines[0].load.failure = _failure(lines[0], error)
                self._take_in([item for item in understood.items if isinstance(item, _End)], [])
        else:
            self._take_in(understood.items, counts)
        if self._understanding.waiting >= (self._limits.dense_file_rows if self._is_dense else self._limits.file_rows):
            self._write()

    def _take_in_one_by_one(self, items: Sequence[_Item], *, is_read: bool) -> None:
        """Understand these again, each by itself: one of them spoils it for all. `is_read`: their loads have counted them read."""
        for item in items:
            if isinstance(item, _End):
                self._take_in([item], [])
                continue
            try:
                [counted], [context] = self._understanding.read([item.numbered], item.load.log_format)
            except Exception as error:  # noqa: BLE001 - as above
                stop_if_told()
                item.load.failure = _failure(item, error)
                continue
            if not is_read:
                item.load.count_read(counted.lines, context)
            self._take_in([item], [counted])

    def _take_in(self, items: Sequence[_Item], counts: Sequence[Counts]) -> None:
        """Count these items in their order: the lines with what became of them, and the ends."""
        counted = iter(counts)
        for item in items:
            if isinstance(item, _End):
                self._ended.append(item.load)
                continue
            became = next(counted)
            item.load.counts += became
            if became.calls + became.rejects:
                self._touched.add(item.numbered.load_id)
            if self._progress is not None:
                self._progress.advance(item.load.name, 0, became.lines)

    def _is_read_alike(self, load: Load) -> bool:
        """Whether a load is read in the same way as those that wait, so that one statement reads all of them."""
        return self._waiting[0].load.log_format.reading == load.log_format.reading

    # -- the writer's thread

    def _write(self) -> None:
        """Begin to write what has been understood into data files below the tables, while reading goes on."""
        self._wait_for_writer()
        calls, rejects = self._understanding.calls(), self._understanding.rejects()
        self._understanding.forget()
        self._writing = self._writer.submit(self._lake.stage, f"{self._id}-{len(self._files)}", calls, rejects)

    def _wait_for_writer(self) -> None:
        """Wait for what is being written. LakeError when it cannot be."""
        writing, self._writing = self._writing, None
        if writing is not None:
            self._files += writing.result()


def _lines(items: Iterable[_Item]) -> list[_Lines]:
    return [item for item in items if isinstance(item, _Lines)]


def _ids(items: Iterable[_Item]) -> set[str]:
    """The loads whose lines are among these items."""
    return {item.numbered.load_id for item in _lines(items)}


def _raise_failure(load: Load) -> None:
    if load.failure is not None:
        raise load.failure


def _failure(item: _Lines, error: Exception) -> SourceError:
    """Why these lines could not be understood, as an error of their source."""
    failure: SourceError
    where = f"{item.load.name}: lines from {item.numbered.first_line:,} on could not be understood"
    if is_lack_of_memory(error):
        failure = PassingError(f"{where}: there is not enough memory; nothing was loaded from the source")
    else:  # the error's text may hold a value of the log, so it stays out of the message
        failure = SourceError(
            f"{where} ({type(error).__name__}); this is a bug in koppelzicht, please report it;"
            " nothing was loaded from the source"
        )
    failure.__cause__ = error
    return failure
