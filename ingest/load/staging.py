"""Blocks of many sources understood together, and written as data files that nobody sees yet.

Three threads pass them on: this one reads the fields of a block, the next one understands those of the block before it, the
third one writes the calls of blocks before that.
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
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeAlias

    from ingest.lake.data_file import StagedFile
    from ingest.lake.lake import Lake
    from ingest.load.load import Load
    from ingest.read.source import Block
    from ingest.report import Progress, ReadOptions
    from ingest.understand.understanding import Counts, Stretch

    _End: TypeAlias = tuple[Load, Callable[[SourceError | None], None]]

TOGETHER_BYTES = 8 << 20
"""So much of small sources is understood at once: the engine takes as long to plan a block as to read thousands of lines."""

FILE_ROWS = 500_000
"""Calls are written when there are so many: one data file, and memory that does not grow."""

DENSE_FILE_ROWS = 100_000
"""The same where they come of next to no bytes: it may be a bomb, for which there is less room."""


@dataclass
class _Understood:
    """Blocks whose fields are read and whose calls are being understood."""

    stretches: list[tuple[Load, Stretch]]
    counts: Future[list[Counts]]
    ends: list[_End]
    """Of the loads whose last block is among these, or before them."""

    @property
    def ids(self) -> set[str]:
        """Their loads."""
        return {stretch.load_id for _, stretch in self.stretches}


class Staging:
    """What has been read since the last decision: blocks that wait, calls that are understood, files that are written."""

    def __init__(self, lake: Lake, progress: Progress | None) -> None:
        self._lake = lake
        self._progress = progress
        self._understanding = Understanding(in_step=True)
        self._forget_waiting()
        self._is_dense = False
        self._ends: list[_End] = []
        self._second = ThreadPoolExecutor(1)
        self._in_second: _Understood | None = None
        self._failed: dict[int, SourceError] = {}
        self._writer = ThreadPoolExecutor(1)
        self._writing: Future[list[StagedFile]] | None = None
        self._files: list[StagedFile] = []
        self._begin_files()

    def begin(self, options: ReadOptions, *, now: dt.datetime) -> None:
        """What the lines do not say themselves."""
        self._understanding.begin(
            now=now, time_zone=self._lake.time_zone, source_time_zone=options.time_zone, host=options.host
        )

    def _begin_files(self) -> None:
        self._id = new_load_id()
        self._files = []
        self._touched: set[str] = set()

    def _forget_waiting(self) -> None:
        self._waiting: list[tuple[Load, Stretch]] = []
        self._waiting_ids: set[str] = set()
        self._waiting_bytes = 0

    def sample(self, line: str) -> str:
        """The redacted beginning of a line."""
        return self._understanding.sample(line)

    def names(self, names: Sequence[str]) -> list[str]:
        """These names of fields, redacted where they look like anything else."""
        return self._understanding.names(names)

    def place(self, name: str, *, next_ones: Iterable[str] = ()) -> str:
        """The name of a file or a stream as it is stored; `next_ones` are those that will be asked for next."""
        return self._understanding.place(name, next_ones=next_ones)

    def columns(self, names: Sequence[str]) -> list[str]:
        """The same of names that people give to columns."""
        return self._understanding.columns(names)

    def add(self, load: Load, block: Block) -> None:
        """Understand a block, now or together with others. SourceError when lines of its load cannot be understood."""
        if self._waiting and (load.load_id in self._waiting_ids or not _same(self._waiting[0][0], load)):
            self._read_fields()
        self._waiting.append((load, load.stretch(block)))
        self._waiting_ids.add(load.load_id)
        self._waiting_bytes += len(block.data)
        self._is_dense = block.is_dense
        if self._waiting_bytes >= TOGETHER_BYTES:
            self._read_fields()
        self._raise_of(load)

    def at_end(self, load: Load, then: Callable[[SourceError | None], None]) -> None:
        """Call `then` once everything that was added of this load is understood, with what went wrong."""
        if self._waiting:
            self._ends.append((load, then))
        elif self._in_second is not None:
            self._in_second.ends.append((load, then))
        else:
            then(self._failed.pop(id(load), None))

    def waits_for(self, load_id: str) -> bool:
        """Whether something of this load is still to be understood."""
        return load_id in self._waiting_ids or (self._in_second is not None and load_id in self._in_second.ids)

    def settle(self, load: Load | None = None) -> None:
        """Understand everything that waits. SourceError when lines of this load cannot be understood."""
        self._read_fields()
        self._take_understood()
        ends, self._ends = self._ends, []
        self._run(ends)
        if load is not None:
            self._raise_of(load)

    def _raise_of(self, load: Load) -> None:
        if error := self._failed.pop(id(load), None):
            raise error

    def files(self) -> list[StagedFile]:
        """The data files with everything that was added. LakeError when they cannot be written."""
        self.settle()
        self._write()
        self._written()
        return self._files

    def holds(self, load: Load) -> bool:
        """Whether calls or rejects of this load would be in the files of the next decision."""
        self._take_understood()
        return load.load_id in self._touched

    def drop(self, load: Load) -> None:
        """Forget what waits of this load."""
        self._waiting = [(other, stretch) for other, stretch in self._waiting if other is not load]
        self._waiting_ids = {stretch.load_id for _, stretch in self._waiting}
        self._ends = [(other, then) for other, then in self._ends if other is not load]
        self._failed.pop(id(load), None)

    def decided(self) -> None:
        """The files are named by a decision: begin anew."""
        self._begin_files()

    def discard(self) -> None:
        """Forget everything since the last decision, files included."""
        self._forget_waiting()
        self._ends, self._failed = [], {}
        understood, self._in_second = self._in_second, None
        if understood is not None:
            with contextlib.suppress(Exception):
                understood.counts.result()
        try:
            self._written()
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

    def _read_fields(self) -> None:
        """Read the fields of what waits, and have its calls understood as soon as those before it are."""
        waiting = self._waiting
        if not waiting:
            return
        ends, self._ends = self._ends, []
        self._forget_waiting()
        try:
            fields = self._understanding.read_fields([stretch for _, stretch in waiting], waiting[0][0].log_format)
        except Exception:  # noqa: BLE001 - whatever it is, it comes of one of them, which is looked for
            stop_if_told()
            self._take_understood()
            self._understand_each(waiting)
            self._run(ends)
            return
        for (load, _), lines, context in zip(waiting, fields.line_counts, fields.contexts, strict=True):
            load.went_on(lines, context)
        self._take_understood()
        self._in_second = _Understood(waiting, self._second.submit(self._understanding.understand, fields), ends)

    def _take_understood(self) -> None:
        """Wait for what is being understood, and take it in."""
        understood, self._in_second = self._in_second, None
        if understood is None:
            return
        try:
            counts = understood.counts.result()
        except Exception as error:  # noqa: BLE001 - as above
            if len(understood.stretches) > 1:
                self._understand_each(understood.stretches, is_read=True)
            else:
                self._fail(*understood.stretches[0], error)
        else:
            for (load, stretch), counted in zip(understood.stretches, counts, strict=True):
                self._count(load, stretch, counted)
        if self._understanding.waiting >= (DENSE_FILE_ROWS if self._is_dense else FILE_ROWS):
            self._write()
        self._run(understood.ends)

    def _understand_each(self, stretches: Sequence[tuple[Load, Stretch]], *, is_read: bool = False) -> None:
        """Understand these one by one: one of them spoils it for all. `is_read`: their loads have gone on behind them."""
        for load, stretch in stretches:
            try:
                [counted], [context] = self._understanding.read([stretch], load.log_format)
            except Exception as error:  # noqa: BLE001 - as above
                stop_if_told()
                self._fail(load, stretch, error)
                continue
            if not is_read:
                load.went_on(counted.lines, context)
            self._count(load, stretch, counted)

    def _count(self, load: Load, stretch: Stretch, counted: Counts) -> None:
        load.counts += counted
        if counted.calls + counted.rejects:
            self._touched.add(stretch.load_id)
        if self._progress is not None:
            self._progress.advance(load.name, 0, counted.lines)

    def _fail(self, load: Load, stretch: Stretch, error: Exception) -> None:
        failure: SourceError
        where = f"{load.name}: lines from {stretch.first_line:,} on could not be understood"
        if is_lack_of_memory(error):
            failure = PassingError(f"{where}: there is not enough memory; nothing of the source was loaded")
        else:  # the error's text may hold a value of the log, so it stays out of the message
            failure = SourceError(
                f"{where} ({type(error).__name__}); this is a fault of koppelzicht, please report it;"
                " nothing of the source was loaded"
            )
        failure.__cause__ = error
        self._failed[id(load)] = failure

    def _run(self, ends: Sequence[_End]) -> None:
        for load, then in ends:
            then(self._failed.pop(id(load), None))

    def _write(self) -> None:
        """Begin to write what has been understood into data files below the tables, while reading goes on."""
        self._written()
        calls, rejects = self._understanding.calls(), self._understanding.rejects()
        self._understanding.forget()
        self._writing = self._writer.submit(self._lake.stage, f"{self._id}-{len(self._files)}", calls, rejects)

    def _written(self) -> None:
        """Wait for what is being written. LakeError when it cannot be."""
        writing, self._writing = self._writing, None
        if writing is not None:
            self._files += writing.result()


def _same(one: Load, other: Load) -> bool:
    return one.log_format.reading == other.log_format.reading
