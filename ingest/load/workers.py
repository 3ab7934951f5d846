"""Blocks of lines that are understood at the same time, by as many workers as there are processors for it.

A worker is a thread with an Understanding of its own, over an engine of one thread: so N workers keep N processors busy, and one
keeps one. It takes whole blocks, finds the fields of their lines and makes calls and rejects of them; and now and then it writes a
data file. Whoever gives it work takes the results in the order of the lines.

The meaning of a block depends on the lines before it: on their number, and on the context that they leave (a header, the directives
in force). A block is understood only when both are known. It may be read before that: if the blocks before it have left the context
unchanged so far, it is read in that context, and read again if the actual one differs (`ingest.understand.carried`). So the results are
the same with any number of workers.

    worker 1   fields of block 1 | calls of block 1      | fields of block 3 ...
    worker 2   ................. | fields of block 2 | calls of block 2 ...      waits for block 1's header, and for no later one

No block waits for ever. Work begins in the order in which it was given, so the block before is in work or done. If a block fails, the
blocks after it are told, and fail with NotReadError, because the fault is not theirs.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from ingest.formats import lists_of_records
from ingest.load.load import Place
from ingest.read.records import one_record_a_line
from ingest.understand.carried import are_read_alike, carried
from ingest.understand.provenance import NumberedBlock
from ingest.understand.understanding import Understanding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ingest.formats.protocol import LogFormat
    from ingest.load.load import Load
    from ingest.read.blocks import Block
    from ingest.understand.understanding import Fields, Understood


class NotReadError(Exception):
    """Lines before these could not be read, so these cannot be read either."""


@dataclass(frozen=True, eq=False)
class Lines:
    """A block of a load, and the places before and after it, which become known later."""

    load: Load
    block: Block
    load_id: str
    """The load's id when the block was read. A long source is decided in pieces, and each has an id of its own."""
    before: Future[Place]
    last_known: Place
    """The last place before these lines that was known when they were handed over."""
    behind: Future[Place] = field(default_factory=Future)

    def numbered(self, context: Mapping[str, Any]) -> NumberedBlock:
        """The block in this context, with its lines numbered from 1."""
        return NumberedBlock(
            block=one_record_a_line(self.block, lists_of_records(self.load.log_format)),
            first_line=1,
            context=context,
            load_id=self.load_id,
            source=self.load.stored_name,
            stream=self.load.stream,
        )


class Workers:
    """Threads, each with an Understanding that it takes when its work begins and gives back when it is done."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._threads = ThreadPoolExecutor(number)
        self._idle: SimpleQueue[Understanding] = SimpleQueue()
        self._given: Mapping[str, Any] = {}

    def begin(self, **given: Any) -> None:
        """Set the facts that the lines of a source do not tell; see `begin_source`. No worker is busy at this time."""
        self._given = given
        for understanding in list(self._all_idle()):
            understanding.begin(**given)
            self._idle.put(understanding)

    def understand(self, lines: Sequence[Lines]) -> Future[Understood]:
        """The future calls and rejects of these lines, which are read alike. NotReadError if lines before them could not be read."""
        return self._threads.submit(self._understand, lines)

    def write(self, write: Callable[..., Any], *given: Any) -> Future[Any]:
        """The future result of this function, called by the next idle worker."""
        return self._threads.submit(write, *given)

    def close(self) -> None:
        """Wait for the work at hand, and let go of the engine."""
        self._threads.shutdown()
        for understanding in self._all_idle():
            understanding.close()

    # -- in a worker's thread

    def _understand(self, lines: Sequence[Lines]) -> Understood:
        try:
            understanding = self._idle.get_nowait()
        except Empty:  # a small load never needs the second one
            understanding = Understanding(threads=1)
            understanding.begin(**self._given)
        try:
            return understanding.understand(_read(understanding, lines))
        except BaseException:
            for one in lines:
                if not one.behind.done():
                    one.behind.set_exception(NotReadError())
            raise
        finally:
            self._idle.put(understanding)

    def _all_idle(self) -> Iterator[Understanding]:
        for _ in range(self._idle.qsize()):
            yield self._idle.get()


def _read(understanding: Understanding, lines: Sequence[Lines]) -> Fields:
    """The fields of these lines, as soon as their places in their sources are known. Passes the next place on to the blocks after them."""
    log_format = lines[0].load.log_format
    assumed = [_likely_context(one) for one in lines]
    fields = _fields(understanding, log_format, lines, assumed)
    before = [one.before.result() for one in lines]
    contexts = [
        carried(context, after, place.context)
        for context, after, place in zip(assumed, fields.contexts, before, strict=True)
    ]
    if any(context is None for context in contexts):
        fields = _fields(understanding, log_format, lines, [place.context for place in before])
        contexts = list(fields.contexts)
    for one, place, count, context in zip(lines, before, fields.line_counts, contexts, strict=True):
        known = context or {}
        one.behind.set_result(Place(place.next_line + count, known, are_read_alike(place.context, known)))
    return fields.beginning_at([place.next_line for place in before])


def _likely_context(lines: Lines) -> Mapping[str, Any]:
    """The most likely context of these lines. If it cannot be guessed, wait for the actual one."""
    if lines.before.done() or not lines.last_known.is_steady:
        return lines.before.result().context
    return lines.last_known.context


def _fields(
    understanding: Understanding, log_format: LogFormat, lines: Sequence[Lines], contexts: Sequence[Mapping[str, Any]]
) -> Fields:
    return understanding.read_fields(
        [one.numbered(context) for one, context in zip(lines, contexts, strict=True)], log_format
    )
