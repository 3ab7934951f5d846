"""Blocks of many sources understood together, and written as data files that nobody sees yet.

What is read waits in a queue of items: the lines of a block, and the end of a load after its last lines. Groups of items go to the
workers, and what became of them is taken in by this thread, in the order in which they were given:

    this thread   reads blocks, hands groups of them to the workers, and takes in what became of the group that was given first
    the workers   make calls and rejects of the lines (`workers.py`), and write those of groups before into data files

The order makes the counts right, and the same with any number of workers. A load's lines are counted in their order, its end comes after
its last line, and calls are in the data files in the order of the log. At any time one group more is handed out than there are workers,
so that a worker that is done finds work. More groups would fill the memory, which holds all that wait. Before a decision, all
groups are taken in.
"""

from __future__ import annotations

import contextlib
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS
from ingest.engine.connection import connect_shared
from ingest.engine.kept_words import KeptWords
from ingest.errors import PassingError, SourceError, is_lack_of_memory
from ingest.lake.ledger_row import new_load_id
from ingest.load.workers import Lines, NotReadError, Workers
from ingest.reject import REJECT_COLUMNS
from ingest.stopping import stop_if_told

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence
    from concurrent.futures import Future
    from typing import TypeAlias

    from ingest.lake.data_file import StagedFile
    from ingest.lake.lake import Lake
    from ingest.limits import Limits
    from ingest.load.load import Load, Place
    from ingest.read.blocks import Block
    from ingest.report import Progress, ReadOptions
    from ingest.understand.understanding import Understood


@dataclass(frozen=True)
class _End:
    """The end of a load: stands after its last lines."""

    load: Load


if TYPE_CHECKING:
    _Item: TypeAlias = Lines | _End


@dataclass
class _Group:
    """Items that a worker has, and the future results of their lines."""

    items: list[_Item]
    result: Future[Understood]
    is_dense: bool


_NO_CALLS, _NO_REJECTS = (arrow_schema(columns).empty_table() for columns in (CALL_COLUMNS, REJECT_COLUMNS))


class Staging:
    """What has been read since the last decision: items that wait, calls that are understood, files that are written."""

    def __init__(self, lake: Lake, progress: Progress | None, limits: Limits) -> None:
        self._lake = lake
        self._progress = progress
        self._limits = limits
        self._connection = connect_shared(threads=1)
        self.words = KeptWords(self._connection)
        """What of a text may be kept, for this thread."""
        self._workers = Workers(limits.workers)
        self._forget_waiting()
        self._at_work: deque[_Group] = deque()
        self._ended: list[Load] = []
        self._forget_understood()
        self._writing: Future[list[StagedFile]] | None = None
        self._begin_files()

    def begin(self, options: ReadOptions, *, now: dt.datetime) -> None:
        """Set what the lines do not say themselves."""
        self._workers.begin(
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
        self._is_dense = False

    def _forget_understood(self) -> None:
        self._calls: list[pa.Table] = []
        self._rejects: list[pa.Table] = []

    def add(self, load: Load, block: Block) -> None:
        """Put a block in the queue. SourceError when lines of its load cannot be understood."""
        # The next block of a load waits for the one before it, so that one goes to a worker first.
        if self._waiting and (load.load_id in self._waiting_ids or not self._is_read_alike(load)):
            self._hand_over()
        self._waiting.append(self._lines(load, block))
        self._waiting_ids.add(load.load_id)
        self._waiting_bytes += len(block.data)
        self._is_dense = block.is_dense
        if self._waiting_bytes >= self._limits.together_bytes:
            self._hand_over()
        _raise_failure(load)

    def end(self, load: Load) -> None:
        """Put the end of a load in the queue: `take_ended` returns it once all of its lines are counted."""
        if self._waiting:
            self._waiting.append(_End(load))
        elif self._at_work:
            self._at_work[-1].items.append(_End(load))
        else:
            self._ended.append(load)

    def take_ended(self) -> list[Load]:
        """The loads whose ends have been reached since this was asked last, in the order of their ends."""
        ended, self._ended = self._ended, []
        return ended

    def waits_for(self, load_id: str) -> bool:
        """Whether something of this load is still to be understood."""
        return load_id in self._waiting_ids or any(load_id in _ids(group.items) for group in self._at_work)

    def settle(self, load: Load | None = None) -> None:
        """Understand everything that waits. SourceError when lines of this load cannot be understood."""
        self._hand_over()
        self._take_all()
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
        self._take_all()
        return load.load_id in self._touched

    def drop(self, load: Load) -> None:
        """Forget what waits of this load."""
        self._waiting = [item for item in self._waiting if item.load is not load]
        self._waiting_ids = _ids(self._waiting)

    def decided(self) -> None:
        """Start with no files, because a decision has named the earlier ones."""
        self._begin_files()

    def discard(self) -> None:
        """Forget everything since the last decision, files included."""
        self._forget_waiting()
        self._ended = []
        at_work, self._at_work = self._at_work, deque()
        # The last ones first, because those that have begun wait for the ones before them.
        for group in reversed(at_work):
            group.result.cancel()
        for group in at_work:
            with contextlib.suppress(Exception):
                group.result.result()
        try:
            self._wait_for_writer()
        finally:
            self._lake.discard(self._files)
            self._forget_understood()
            self._begin_files()

    def close(self) -> None:
        """Forget what was staged and not decided, and let go of the engine."""
        try:
            self.discard()
        finally:
            self._workers.close()
            self._connection.close()

    # -- to the workers, and back

    def _lines(self, load: Load, block: Block) -> Lines:
        """The block, with its place after the last block of its load that was handed over."""
        reached = load.place
        ahead = [one for group in self._at_work for one in _lines(group.items) if one.load_id == load.load_id]
        known = [one.behind.result() for one in ahead if _is_known(one.behind)]
        return Lines(
            load,
            block,
            load.load_id,
            before=ahead[-1].behind if ahead else reached.known(),
            last_known=known[-1] if known else reached,
        )

    def _hand_over(self) -> None:
        """Hand the items that wait to a worker, and take in those that were given before any that is at work."""
        items, is_dense = self._waiting, self._is_dense
        self._forget_waiting()
        lines = _lines(items)
        if not lines:
            for item in items:
                self.end(item.load)
            return
        if is_dense:
            self._take_all()  # it may be a bomb, and there is memory for one
        self._at_work.append(_Group(items, self._workers.understand(lines), is_dense))
        while len(self._at_work) > self._workers.number:
            self._take()

    def _take_all(self) -> None:
        """Wait for the workers, and take in the results of all their lines."""
        while self._at_work:
            self._take()

    def _take(self) -> None:
        """Wait for the group that was given first, and take in the results of its lines."""
        group = self._at_work.popleft()
        lines = _lines(group.items)
        if all(one.load.failure is not None for one in lines):
            self._take_in([item for item in group.items if isinstance(item, _End)], None)
            return
        try:
            understood = group.result.result()
        except Exception as error:  # noqa: BLE001 - whatever it is, it comes of one of them, which is looked for
            stop_if_told()
            self._take_one_by_one(group.items, error)
        else:
            self._take_in(group.items, understood)
        most = self._limits.dense_file_rows if group.is_dense else self._limits.file_rows
        if sum(len(table) for table in (*self._calls, *self._rejects)) >= most:
            self._write()

    def _take_one_by_one(self, items: Sequence[_Item], error: Exception) -> None:
        """Understand these again, each by itself: one of them spoils it for all, or one that was before them."""
        is_blamed = len(_lines(items)) == 1 and not isinstance(error, NotReadError)
        for item in items:
            if isinstance(item, _End):
                self._take_in([item], None)
            elif item.load.failure is None and is_blamed:
                item.load.failure = _failure(item, error)
            elif item.load.failure is None:
                reached = item.load.place
                again = Lines(item.load, item.block, item.load_id, reached.known(), reached)
                try:
                    understood = self._workers.understand([again]).result()
                except Exception as its_own:  # noqa: BLE001 - as above
                    stop_if_told()
                    item.load.failure = _failure(item, its_own)
                else:
                    self._take_in([again], understood)

    def _take_in(self, items: Sequence[_Item], understood: Understood | None) -> None:
        """Count these items in their order: the lines with their results, and the ends of loads."""
        counted = iter(understood.counts if understood else ())
        for item in items:
            if isinstance(item, _End):
                self._ended.append(item.load)
                continue
            became, behind = next(counted), item.behind.result()
            item.load.go_on_to(behind)
            item.load.counts += became
            if became.calls + became.rejects:
                self._touched.add(item.load_id)
            if self._progress is not None:
                self._progress.advance(item.load.name, 0, became.lines)
        for kept, rows in ((self._calls, understood.calls), (self._rejects, understood.rejects)) if understood else ():
            if len(rows):
                kept.append(rows)

    def _is_read_alike(self, load: Load) -> bool:
        """Whether a load is read in the same way as those that wait, so that one statement reads all of them."""
        return self._waiting[0].load.log_format.reading == load.log_format.reading

    # -- data files

    def _write(self) -> None:
        """Begin to write what has been understood into data files below the tables, while reading goes on."""
        self._wait_for_writer()
        calls, rejects = pa.concat_tables(self._calls or [_NO_CALLS]), pa.concat_tables(self._rejects or [_NO_REJECTS])
        self._forget_understood()
        self._writing = self._workers.write(self._lake.stage, f"{self._id}-{len(self._files)}", calls, rejects)

    def _wait_for_writer(self) -> None:
        """Wait until the files are written. LakeError if they cannot be."""
        writing, self._writing = self._writing, None
        if writing is not None:
            self._files += writing.result()


def _lines(items: Iterable[_Item]) -> list[Lines]:
    return [item for item in items if isinstance(item, Lines)]


def _ids(items: Iterable[_Item]) -> set[str]:
    """The loads whose lines are among these items."""
    return {item.load_id for item in _lines(items)}


def _is_known(place: Future[Place]) -> bool:
    return place.done() and place.exception() is None


def _raise_failure(load: Load) -> None:
    if load.failure is not None:
        raise load.failure


def _failure(lines: Lines, error: Exception) -> SourceError:
    """Why these lines could not be understood, as an error of their source."""
    failure: SourceError
    where = f"{lines.load.name}: lines from {lines.load.next_line:,} on could not be understood"
    if is_lack_of_memory(error):
        failure = PassingError(f"{where}: there is not enough memory; nothing was loaded from the source")
    else:  # the error's text may hold a value of the log, so it stays out of the message
        failure = SourceError(
            f"{where} ({type(error).__name__}); this is a bug in koppelzicht, please report it;"
            " nothing was loaded from the source"
        )
    failure.__cause__ = error
    return failure
