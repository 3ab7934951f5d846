"""Reading sources again, and what has become of their rejected lines.

A source is read in the same parts as before, and its lines get the same numbers. A rejected line is found by its number, and its place
is compared. If the place differs, the source has changed or its lines are counted in another way: that is an error, and nothing is
guessed.
"""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS
from ingest.errors import LakeError, SourceError, UnknownFormatError, of_source
from ingest.formats import lists_of_records, log_format
from ingest.formats.choice import format_of, read_on, wanted_format
from ingest.formats.documents import document_blocks, document_context, document_format, whole_content
from ingest.lake.data_file import data_files, read_files
from ingest.lake.ledger_row import Retried, new_load_id, own_decision
from ingest.load.load import Source
from ingest.load.parts import Part, by_part, count_lines, until
from ingest.load.quarantine import Quarantine, of_rejected, with_removed_texts
from ingest.load.recognition import Recognition
from ingest.read.lines import lines_of
from ingest.read.names import STANDARD_INPUT, written_name
from ingest.read.records import one_record_a_line
from ingest.reject import REJECT_COLUMNS
from ingest.report import RetriedSource
from ingest.stopping import stop_if_told
from ingest.understand.provenance import NumberedBlock
from ingest.understand.second_look import COMMA, DURATIONS
from ingest.understand.understanding import Understanding

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ingest.formats.protocol import LogFormat
    from ingest.lake.data_file import StagedFile
    from ingest.lake.lake import Lake
    from ingest.lake.ledger import Ledger
    from ingest.lake.ledger_row import LedgerRow
    from ingest.limits import Limits
    from ingest.read.blocks import Block
    from ingest.report import Progress, ReadOptions

_WITH_HEADERS = ("csv", "w3c")
"""The formats whose lines cannot be understood without the lines before them."""

_CALLS, _REJECTS = arrow_schema(CALL_COLUMNS), arrow_schema(REJECT_COLUMNS)
_SAID = ("load_id", "line_number", "reason", "detail", "sample", "called_at", "integration")


@dataclass
class Found:
    """What became of the rejected lines of a source, or of many."""

    source: str = ""
    calls: list[pa.Table] = field(default_factory=list)
    rejects: list[pa.Table] = field(default_factory=list)
    retried: dict[str, Retried] = field(default_factory=dict)
    files: list[StagedFile] = field(default_factory=list)
    lines: int = 0
    is_changed: bool = False

    def add(self, old: pa.Table, calls: pa.Table, rejects: pa.Table) -> None:
        """Count the lines in `old`, which were rejected and have been read again. Those that are neither calls nor rejects are ignored."""
        self.lines += len(old)
        self.is_changed = self.is_changed or not rejects.select(_SAID).equals(old.select(_SAID))
        spans = calls.group_by("load_id").aggregate([("called_at", "min"), ("called_at", "max"), ([], "count_all")])
        made = {span["load_id"]: span for span in spans.to_pylist()}
        left = dict(zip(*(column.to_pylist() for column in rejects["load_id"].value_counts().flatten()), strict=True))
        for entry in old["load_id"].value_counts().to_pylist():
            load_id = entry["values"]
            span = made.get(load_id, {"count_all": 0, "called_at_min": None, "called_at_max": None})
            ignored = entry["counts"] - span["count_all"] - left.get(load_id, 0)
            one = Retried(span["count_all"], ignored, span["called_at_min"], span["called_at_max"])
            self.retried[load_id] = self.retried.get(load_id, Retried()) + one
        self.calls.append(calls)
        self.rejects.append(rejects)

    def take(self, other: Found) -> None:
        """Add what was found in another source."""
        self.calls += other.calls
        self.rejects += other.rejects
        self.retried |= other.retried
        self.files += other.files

    @property
    def waiting(self) -> int:
        """How many rows are not written yet."""
        return sum(len(table) for table in (*self.calls, *self.rejects))


class Rereading:
    """Reads sources again and keeps the results for their rejected lines until they are decided."""

    def __init__(self, lake: Lake, options: ReadOptions, progress: Progress | None, limits: Limits) -> None:
        self._lake = lake
        self._options = options
        self._progress = progress
        self._limits = limits
        self._understanding = Understanding()
        self._rejects = duckdb.connect(":memory:", config={"temp_directory": ""})
        self._numbers = itertools.count()
        self._found = Found()

    def close(self) -> None:
        """Close the engines."""
        self._understanding.close()
        self._rejects.close()

    def begin(self, ledger: Ledger) -> None:
        """Begin with these loads, and the rejects as they are now."""
        self._id = new_load_id()
        self._loads = {row.load_id: row for row in ledger.loads()}
        self._held = {load_id: rejects for load_id, (_, rejects) in ledger.held().items()}
        self._recognition = Recognition(ledger)
        files = [file.path for file in data_files(self._lake.open("rejects"), self._lake.path / "rejects")]
        found = read_files(self._rejects, files) if files else self._rejects.from_arrow(_REJECTS.empty_table())
        found.create_view("rejects", replace=True)

    def read(self, path: str) -> RetriedSource:
        """Read one source again. Returns the results for its rejected lines."""
        found = Found(written_name(path))
        try:
            with contextlib.closing(
                Source(path, "", is_final=True, count=self._count(found.source), limits=self._limits)
            ) as source:
                self._read(source, found)
        except LakeError:
            self._lake.discard(found.files)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this source's, and the others go on
            self._lake.discard(found.files)
            stop_if_told()
            return RetriedSource(source=found.source, status="failed", error=str(of_source(found.source, error)))
        except BaseException:
            self._lake.discard(found.files)
            raise
        calls, ignored = (sum(getattr(one, what) for one in found.retried.values()) for what in ("calls", "ignored"))
        if found.is_changed:
            self._found.take(found)
            self._write(self._found)
        else:
            self._lake.discard(found.files)
        return RetriedSource(
            source=found.source,
            status="retried" if found.is_changed else "unchanged",
            lines=found.lines,
            calls=calls,
            rejects=found.lines - calls - ignored,
            ignored=ignored,
        )

    def row(self, now: dt.datetime) -> LedgerRow | None:
        """The decision about everything that was read; None where nothing has changed."""
        if not self._found.retried:
            return None
        return own_decision("retry", now=now, load_id=self._id, retried=self._found.retried)

    def staged(self) -> list[StagedFile]:
        """The data files with everything that was found."""
        self._write(self._found, rows=1)
        return self._found.files

    def forget(self) -> None:
        """Forget what was found, and remove files that were written and not decided."""
        found, self._found = self._found, Found()
        self._lake.discard(found.files)

    # -- one source

    def _read(self, source: Source, found: Found) -> None:
        if source.path == STANDARD_INPUT:
            raise SourceError("-: standard input cannot be read again; name a file with what came from it")
        kind = document_format(source.open(), wanted_format(self._options))
        if kind is not None:
            self._read_document(source, kind, found)
            return
        known = self._recognition.recognise(source.reader, source.open)
        if known.load is None:
            raise _not_loaded(source.name, known.overlap)
        if known.fingerprint.offset < known.load.end_byte:
            raise _not_whole(source.name, known.load)
        chain = self._chain(known.load)
        if self._wanted(chain):
            # The source must still be what was recognised, up to the end of the load. Nothing after that is read.
            again = replace(known, seen=known.fingerprint).as_new(source.open)
            blocks = until(again.rest, known.load.end_byte)
            first = next(blocks, None)
            begun = itertools.chain([first] if first else [], blocks)
            self._read_lines(chain, begun, self._parts(source.name, chain, first), found)

    def _read_document(self, source: Source, kind: str, found: Found) -> None:
        hashed = source.reader
        row = self._recognition.whole(whole_content(hashed).position())
        if row is None:
            raise _not_loaded(source.name, None)
        if self._wanted([row]):
            part = Part(log_format(kind), None, document_context(kind, source.open()))
            self._read_lines([row], document_blocks(kind, source.open(), hashed), [part], found)

    def _chain(self, row: LedgerRow) -> list[LedgerRow]:
        """The loads of a source, in their order."""
        chain = [row]
        while (parent := self._loads.get(chain[-1].parent or "")) is not None:
            chain.append(parent)
        return chain[::-1]

    def _wanted(self, chain: Iterable[LedgerRow]) -> list[str]:
        """The loads among these that have rejects, except those that another source of this batch has in common with this one."""
        return [row.load_id for row in chain if self._held[row.load_id] and row.load_id not in self._found.retried]

    def _parts(self, name: str, chain: Sequence[LedgerRow], first: Block | None) -> list[Part]:
        """How the source has to be read: as the operator says; else as before, if that gave a call; else as its content says now."""
        options, words = self._options, self._understanding.words
        if options.log_format or options.layout or options.dialect:
            return [Part(format_of(name, first, options, words), None, {})]
        if not any(row.calls for row in chain):
            with contextlib.suppress(UnknownFormatError):
                return [Part(format_of(name, first, options, words), None, {})]
        parts: list[Part] = []
        before: tuple[object, ...] = ()
        context: Mapping[str, Any] = {}
        for row in chain:
            reading = row.log_format, row.dialect, row.resume.get("dialect"), row.resume.get("wrappings")
            if row.log_format != "empty" and reading != before:
                begins = {key: value for key, value in context.items() if key not in {"next_line", "is_in_line"}}
                parts.append(Part(read_on(row.log_format, row.dialect, row.resume), None, begins))
                before = reading
            if parts:
                parts[-1].end = row.end_byte
            context = row.resume
        if not parts:
            return [Part(format_of(name, first, options, words), None, {})]
        parts[-1].end = None
        return parts

    def _read_lines(
        self, chain: Sequence[LedgerRow], blocks: Iterator[Block], parts: Sequence[Part], found: Found
    ) -> None:
        """Understand these blocks, and keep what has become of the rejected lines."""
        wanted = self._wanted(chain)
        quarantine = Quarantine(self._rejects, wanted, self._limits.window_rows)
        self._understanding.begin(
            now=chain[-1].loaded_at,
            time_zone=self._lake.time_zone,
            source_time_zone=self._options.time_zone,
            host=self._options.host,
        )
        # A duration with a decimal comma decides how the durations after it are read, so no block can be left out.
        is_read_whole = chain[-1].resume.get(DURATIONS) == COMMA
        next_line = 1
        context: Mapping[str, Any] = {}
        for form, begins, whole in by_part(blocks, parts):
            block = one_record_a_line(whole, lists_of_records(form))
            context = context if begins is None else begins
            lines = count_lines(block)
            old = quarantine.take(next_line, next_line + lines)
            if len(old) or is_read_whole or form.name in _WITH_HEADERS:
                numbered = NumberedBlock(
                    block=block, first_line=next_line, context=context, load_id="", source=found.source, stream=""
                )
                context = self._understand(numbered, form, old, found)
            next_line += lines
            self._write(found)
        holds_batches = any(lists_of_records(part.form) for part in parts)
        is_cut_otherwise = holds_batches and next_line != chain[-1].resume["next_line"]
        if is_cut_otherwise or found.lines != sum(self._held[load_id] for load_id in wanted):
            raise SourceError(
                f"{found.source}: its rejected lines are no longer at the same places, so none of them was read again;"
                " 'koppelzicht ingest --replace' reloads the source"
            )

    def _understand(self, numbered: NumberedBlock, form: LogFormat, old: pa.Table, found: Found) -> Mapping[str, Any]:
        """Read a block whose rejects are `old`. Returns the context of the next block."""
        understanding = self._understanding
        try:
            understood, [context] = understanding.read([numbered], form)
        except duckdb.Error as error:
            # Its text may hold a value of the log, so it stays out of the message.
            raise SourceError(
                f"{numbered.source}: lines from {numbered.first_line:,} on could not be understood ({type(error).__name__});"
                " this is a bug in koppelzicht, please report it; no line of the source was read again"
            ) from error
        if len(old):
            places = lines_of(numbered.block)["byte_offset"].to_numpy()
            at = old["line_number"].to_numpy() - numbered.first_line
            if not np.array_equal(places[at], old["byte_offset"].to_numpy()):
                raise SourceError(
                    f"{numbered.source}: its lines are counted in another way than when it was loaded, so none of them was read"
                    " again; 'koppelzicht ingest --replace' reloads the source"
                )
            still = with_removed_texts(of_rejected(understood.rejects, old).sort_by("line_number"), old)
            found.add(old, of_rejected(understood.calls, old), still)
        return context

    def _write(self, found: Found, *, rows: int | None = None) -> None:
        """Write what was found, when it has this many rows; by default, as many as a data file should have."""
        if found.waiting >= (self._limits.file_rows if rows is None else rows):
            calls = pa.concat_tables([_CALLS.empty_table(), *found.calls])
            rejects = pa.concat_tables([_REJECTS.empty_table(), *found.rejects])
            found.calls, found.rejects = [], []
            found.files += self._lake.stage(f"{self._id}-{next(self._numbers)}", calls, rejects)

    def _count(self, name: str) -> Callable[[int], None]:
        def count(number: int) -> None:
            if self._progress is not None:
                self._progress.advance(name, number, 0)

        return count


def _not_whole(name: str, row: LedgerRow) -> SourceError:
    return SourceError(
        f"{name}: is only the beginning of {row.source} (load {row.load_id} has {row.end_byte:,} bytes of it);"
        " no line was read again. Name a file that holds all of them"
    )


def _not_loaded(name: str, overlap: LedgerRow | None) -> SourceError:
    if overlap is None:
        return SourceError(f"{name}: no load begins like this source, so none of its lines was rejected")
    return SourceError(
        f"{name}: begins like {overlap.source} (load {overlap.load_id}) but is neither the same nor grown from it;"
        " no line was read again"
    )
