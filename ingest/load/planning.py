"""Plans one source: its content is known already, may not be loaded, or is new from some place on.

The ledger is read before the size of a file. So bytes that are written in between count as new, and never as known.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ingest.errors import SourceError
from ingest.formats import log_format
from ingest.formats.choice import format_of, read_on, refuse_unended, wanted_format
from ingest.formats.documents import document_format, whole_content
from ingest.lake.ledger_row import own_decision
from ingest.load.load import Load, loaded
from ingest.load.memory import Remembered, Tail, grown_part
from ingest.load.recognition import Known, Marks
from ingest.load.unloading import why_not_taken_back
from ingest.read.fingerprint import Fingerprint
from ingest.read.names import STANDARD_INPUT
from ingest.report import SourceReport

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from ingest.lake.ledger_row import LedgerRow
    from ingest.load.batch import Batch
    from ingest.load.load import Source
    from ingest.load.memory import NoMemory
    from ingest.load.staging import Staging
    from ingest.read.blocks import Block
    from ingest.read.reader import Reader, State
    from ingest.report import ReadOptions
    from ingest.understand.counts import Counts

Overlap = Literal["skip", "load"]


@dataclass(frozen=True)
class Plan:
    """A load, and the blocks that are new."""

    load: Load
    blocks: Iterator[Block]


@dataclass(frozen=True)
class DocumentPlan:
    """A load of a source that is one document: all of it is loaded at once, or nothing."""

    load: Load
    kind: str
    content: Fingerprint
    """The whole document's hash."""


class Planning:
    """Plans one source after the other, each against the batch that it belongs to."""

    def __init__(
        self,
        options: ReadOptions,
        staging: Staging,
        memory: NoMemory,
        *,
        overlap: Overlap | None,
        replaces: bool,
        stored: Callable[[str], str],
        settle: Callable[[], None],
    ) -> None:
        self._options = options
        self._wanted = wanted_format(options)
        self._staging = staging
        self._memory = memory
        self._overlap = overlap
        self._replaces = replaces
        self._stored = stored
        """The name of a source as it is stored."""
        self._settle = settle
        """Understands everything that waits, and adds it to the batch."""

    def begin(self, *, now: dt.datetime) -> None:
        """Plan for a new run."""
        self._now = now
        self.decided: dict[str, Counts] = {}
        """For sources that are decided in pieces: the counts of those pieces, by the source's path."""
        self.ours: set[str] = set()
        """The loads of this run. A run that replaces does not replace what it has loaded itself."""

    def plan(self, source: Source, batch: Batch) -> SourceReport | Plan | DocumentPlan:
        """The plan of a source, or a report if nothing of it has to be loaded. SourceError if it may not be loaded."""
        recalled = self._recall(source.path, batch)
        if recalled is not None and recalled[0] == recalled[1].state:
            return self.unchanged(source, recalled[2], left=recalled[1].left, error=None)
        known = None if recalled is None else grown_part(source, *recalled)
        if known is None:
            kind = document_format(source.open(), self._wanted)
            if kind is not None:
                return self._plan_document(source, kind, batch)
            known = self._recognise(source, batch)
        replaced = self._replaced(known.load or known.overlap, batch)
        if replaced is not None:
            known = known.as_new(source.open)
        elif known.overlap is not None and self._overlap != "load":
            return self._overlapping(source, known.overlap)
        first = next(known.rest, None)
        is_left = first is not None and first.kind == "torn" and not source.reader.is_whole
        if is_left and first is not None and known.fingerprint.offset == 0 and b"\0" not in first.data:
            return self._unended(source, first, batch)
        if known.load is not None and (first is None or is_left):
            left = len(first.data) if first else 0
            self.remember(source.reader, known.load.load_id, known.marks, known.fingerprint, tail=Tail(), left=left)
            return self.unchanged(source, known.load, left=left, error=source.reader.incomplete)
        # Nobody can tell what a line is that is still being written; but a file of NULs has no line.
        begins = None if first is None or (is_left and b"\0" not in first.data) else first
        load = self._load(source, known, begins, replaced)
        return Plan(load, itertools.chain([first] if first else [], known.rest))

    def unchanged(self, source: Source, row: LedgerRow, *, left: int, error: str | None) -> SourceReport:
        """The report of a source that is known as far as this load goes."""
        if source.path in self.decided:  # its last piece was decided by somebody else
            counts = self.decided[source.path]
            return loaded(source.name, source.stream, row.log_format, counts, left=left, error=error)
        return SourceReport(
            source=source.name,
            stream=source.stream,
            status="unchanged",
            left=left,
            error=error,
            known_since=row.loaded_at,
        )

    def remember(
        self, reader: Reader, load_id: str, marks: Marks, fingerprint: Fingerprint, *, tail: Tail, left: int
    ) -> None:
        """Remember how far a file is loaded. Where its bytes are not the lines' it has to be read from its start next time."""
        if reader.state is not None:
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

    def _recall(self, path: str, batch: Batch) -> tuple[State, Remembered, LedgerRow] | None:
        """A file that this process has read before: its state now, what is remembered, and the load that it ended with."""
        recalled = None if self._replaces else self._memory.recall(path)
        if recalled is None:
            return None
        state, before = recalled
        row = batch.recognition.last(before.load_id, before.marks, before.fingerprint.position())
        return None if row is None else (state, before, row)

    def _recognise(self, source: Source, batch: Batch) -> Known:
        known = batch.recognition.recognise(source.reader, source.open)
        row = known.load or known.overlap
        if row is not None and self._staging.waits_for(row.load_id):
            # It continues a source of this batch, and its context is not known before that source is understood.
            self._settle()
            known = batch.recognition.recognise(source.open(), source.open)
        return known

    def _unended(self, source: Source, first: Block, batch: Batch) -> SourceReport:
        """The report of a source whose only line has no end yet.

        It is not loaded: an empty load would be remembered, and any other such source would be taken for the same.
        """
        refuse_unended(source.name, first, self._options)
        if not self._memory.expects_growth:
            batch.warnings.append(
                f"{source.name}: its only line has no end yet, nothing was loaded; --final takes the last line as complete"
            )
        return SourceReport(
            source=source.name,
            stream=source.stream,
            status="unchanged",
            left=len(first.data),
            error=source.reader.incomplete,
        )

    def _overlapping(self, source: Source, row: LedgerRow) -> SourceReport:
        if self._overlap == "skip":
            return self.unchanged(source, row, left=0, error=None)
        raise SourceError(
            f"{source.name}: begins like {row.source} (load {row.load_id} of {row.loaded_at:%Y-%m-%d %H:%M}, {row.end_byte:,} bytes)"
            " but is neither the same nor grown from it: an earlier copy, or another log with the same beginning;"
            " nothing was loaded. --overlap skip leaves such sources out, --overlap load loads them"
        )

    def _replaced(self, root: LedgerRow | None, batch: Batch) -> LedgerRow | None:
        """The decision that takes back the loads of a source before it is reloaded. None if there is nothing to take back.

        SourceError if calls of such a load are in sealed sums.
        """
        if not self._replaces or root is None or root.load_id in self.ours:
            return None
        loads = {row.load_id: row for row in batch.ledger.loads()}
        while root.parent in loads:
            root = loads[root.parent]
        family = batch.ledger.grown_from([root.load_id])
        if why := why_not_taken_back(batch.ledger, family):
            raise SourceError(f"{root.source}: nothing was loaded: {why}")
        return own_decision("unload", now=self._now, about=root.source, unloaded=family)

    def _load(self, source: Source, known: Known, first: Block | None, replaced: LedgerRow | None) -> Load:
        """How the new part of a source has to be read: as its beginning was, or as the operator or its content says."""
        before = known.load
        if (
            before is not None
            and before.log_format != "empty"
            and not (self._options.log_format or self._options.layout or self._options.dialect)
        ):
            form = read_on(before.log_format, before.dialect, before.resume)
        else:
            form = format_of(source.name, first, self._options, self._staging.words)
        if before is None:
            self.decided.pop(source.path, None)  # somebody has taken its pieces back meanwhile
        context = dict(before.resume) if before else {}
        return Load(
            path=source.path,
            name=source.name,
            stored_name=self._stored(source.name),
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

    def _plan_document(self, source: Source, kind: str, batch: Batch) -> SourceReport | DocumentPlan:
        if source.path == STANDARD_INPUT:
            raise SourceError(f"-: is a {kind} document, which has to be read twice; load it from a file")
        content = whole_content(source.reader)
        row = batch.recognition.whole(content.position())
        replaced = self._replaced(row, batch)
        if row is not None and replaced is None:
            return self.unchanged(source, row, left=0, error=None)
        load = Load(
            path=source.path,
            name=source.name,
            stored_name=self._stored(source.name),
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
        return DocumentPlan(load, kind, content)
