"""Blocks of lines in, calls and rejects out: what `ingest` stores and `inspect` shows.

read_fields   lines of a block    (lines.py)          the lines with their places
              fields of a line    (formats/)          texts, and times and numbers as usual
              beside the fields   (beside_fields.py)  another host, a damaged line's id and time
              second look         (second_look.py)    times and numbers that are unusual
understand    distinct values     (vocabulary.py)     ids, URLs, queries, user agents: understood and redacted
              each line           (understood.sql)    its fate, and the rest of the call
              rejected lines      (rejected.py)       what is wrong, and a redacted sample

Everything that leaves is redacted here, before anybody writes a byte. A value is redacted for the column that it goes into, by the
pattern of that column, after it is understood: an id that was redacted first could not be recognised. Where several columns of a
call come from one text (the URL), each is cut out first and then redacted by itself. A rejected line has no columns, so its sample
is redacted as a whole: first queries, then the client and user before the time, then each number and each word that no list knows, and
last the groups of digits that together are a person's number.

Some texts are redacted twice. The word `redacted` and a cut at the greatest length give a text new neighbours and a new end, and
half a date is a number. So a user agent is redacted a second time, and kept only if that changes nothing; a sample is redacted at
600 characters, cut to 200 and redacted again (engine/redact/).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.arrow import arrow_schema, without
from ingest.call import CALL_COLUMNS
from ingest.engine.connection import answer, begin_source, connect_shared
from ingest.engine.kept_words import KeptWords
from ingest.formats.wrapped.format import wrapping_of
from ingest.read.blocks import MAX_LINE_BYTES
from ingest.read.lines import lines_of
from ingest.reject import REJECT_COLUMNS
from ingest.understand.beside_fields import with_damaged, without_other_hosts
from ingest.understand.provenance import NumberedBlock, Provenance, in_order
from ingest.understand.rejected import rejected_lines
from ingest.understand.second_look import look_again
from ingest.understand.torn import torn_lines
from ingest.understand.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb

    from ingest.formats.protocol import LogFormat
    from ingest.understand.counts import Counts


_HERE = Path(__file__).parent
_ENVELOPES, _UNDERSTOOD = ((_HERE / name).read_text(encoding="utf-8") for name in ("envelopes.sql", "understood.sql"))
_NO_ENVELOPES = pa.table(
    {
        "line_number": pa.array([], pa.int64()),
        **{name: pa.array([], pa.string()) for name in ("soap_connector", "update_operation", "body_integration_id")},
        "has_token": pa.array([], pa.bool_()),
    }
)

_NO_REJECTS = arrow_schema(REJECT_COLUMNS).empty_table()


@dataclass(frozen=True)
class Fields:
    """The fields of the lines of some blocks, as they stand in the log: half of the way to calls."""

    places: Provenance
    lines: pa.Table
    raw: pa.Table
    contexts: Sequence[Mapping[str, Any]]
    """For each block, the context in which the next one is read."""
    unread: pa.Table | None = None
    """Values that are there and cannot be read; None where all were read."""
    log_format: str = "json"
    """The name of the format that they were read by."""
    says_host: str = ""
    """How the operator says which field of this format holds the host."""
    wrapping: tuple[tuple[str, ...], str | None] = ((), None)
    """What was taken away from around them, and the pattern of a line inside; None where there is no inside."""

    @property
    def line_counts(self) -> list[int]:
        """How many lines each block has."""
        return self.places.line_counts

    def beginning_at(self, first_lines: Sequence[int]) -> Fields:
        """The same of blocks whose first lines have these numbers in their sources."""
        return replace(self, places=self.places.beginning_at(first_lines))


@dataclass(frozen=True)
class Understood:
    """What became of some lines: calls and rejects as the lake has them, in the order of the lines."""

    counts: Sequence[Counts]
    """For each block, the counts of its lines."""
    calls: pa.Table
    rejects: pa.Table


class Understanding:
    """One connection to the engine, and what it knows of values that come back. Used by one thread at a time.

    An engine of one thread does each statement in the thread that asks it, so several of these work at the same time, in
    a thread each, and share nothing but the engine's macros and tables, which nobody changes.
    """

    def __init__(self, *, threads: int | None = None) -> None:
        self._connection: duckdb.DuckDBPyConnection = connect_shared(threads=threads)
        # The next block's steps need the memory that this block's steps have used. Given back, it would be asked for again at once.
        for setting in ("allocator_flush_threshold", "allocator_bulk_deallocation_flush_threshold"):
            self._connection.execute(f"set {setting} = '8GB'")
        self._connection.execute("set variable max_line_bytes = ?", [f"{MAX_LINE_BYTES:,}"])
        self._vocabulary = Vocabulary.of_process(self._connection)
        self._names_host = False
        self.words = KeptWords(self._connection)
        """What of a text may be kept, by the same connection."""

    def close(self) -> None:
        """Let go of the engine and its memory."""
        self._vocabulary.leave()
        self._connection.close()

    def begin(
        self, *, now: dt.datetime, time_zone: str, source_time_zone: str | None = None, host: str | None = None
    ) -> None:
        """Set what the lines of a source do not say themselves; see `begin_source`."""
        self._names_host = host is not None
        begin_source(self._connection, now=now, time_zone=time_zone, source_time_zone=source_time_zone, host=host)

    def read(
        self, numbered_blocks: Sequence[NumberedBlock], log_format: LogFormat
    ) -> tuple[Understood, Sequence[Mapping[str, Any]]]:
        """What became of the lines of these blocks, and for each of them the context of the lines that follow."""
        fields = self.read_fields(numbered_blocks, log_format)
        return self.understand(fields), fields.contexts

    def read_fields(self, numbered_blocks: Sequence[NumberedBlock], log_format: LogFormat) -> Fields:
        """The fields of the lines of these blocks.

        One block or many cost nearly the same, because planning the engine's work takes as long as thousands of lines.
        """
        connection = self._connection
        tables = [lines_of(numbered.block) for numbered in numbered_blocks]
        places = Provenance(numbered_blocks, [len(table) for table in tables])
        lines = _numbered(pa.concat_tables(tables))
        starts, before = places.starts.tolist(), [one.context for one in numbered_blocks]
        begins = list(zip(starts, before, strict=True))
        raw, contexts = self._read_raw(lines, log_format, begins)
        looked = look_again(
            connection,
            raw,
            starts=starts,
            before=before,
            contexts=contexts,
        )
        return Fields(
            places,
            lines,
            looked.raw,
            looked.contexts,
            looked.unread,
            log_format.name,
            log_format.says_host,
            wrapping_of(log_format),
        )

    def _read_raw(
        self, lines: pa.Table, log_format: LogFormat, begins: Sequence[tuple[int, Mapping[str, Any]]]
    ) -> tuple[pa.Table, Sequence[Mapping[str, Any]]]:
        """The fields that the format reads from these lines, with a host that stands elsewhere in a line."""
        connection = self._connection
        connection.register("lines", lines)
        raw, contexts = log_format.read(connection, lines, begins)
        if self._names_host:
            raw = without_other_hosts(connection, lines, raw, log_format.says_host)
        raw = with_damaged(connection, lines, raw)
        connection.unregister("lines")
        return raw, contexts

    def understand(self, fields: Fields) -> Understood:
        """What became of these lines."""
        connection, places, raw = self._connection, fields.places, fields.raw
        connection.execute(
            "set variable torn_lines = ?::bigint[]",
            [torn_lines(places.torn_lines, fields.lines, raw, fields.log_format)],
        )
        connection.register("raw", self._vocabulary.encode(raw))
        if raw["body"].null_count < len(raw):
            connection.register("envelopes", answer(connection, _ENVELOPES, most=len(raw)))
        else:
            connection.register("envelopes", _NO_ENVELOPES)
        understood = in_order(answer(connection, _UNDERSTOOD, most=len(raw)))
        fate = understood["fate"]
        accepted = understood if fate.null_count == len(fate) else without(understood, pc.is_valid(fate))
        accepted = self._vocabulary.complete(accepted, [column.name for column in CALL_COLUMNS])
        calls = places.completed(accepted, CALL_COLUMNS)
        rejects = _NO_REJECTS
        if len(accepted) < len(raw):
            rejected = in_order(
                rejected_lines(self._connection, fields.lines, understood, fields.says_host, fields.wrapping)
            )
            rejects = places.completed(rejected, REJECT_COLUMNS)
        else:
            rejected = understood.slice(0, 0)
        for name in ("envelopes", "raw"):
            connection.unregister(name)
        counts = places.counts(accepted, rejected, raw, understood.filter(pc.equal(fate, "ignored")))
        if fields.unread is not None:
            unread = places.unread(accepted, fields.unread, self._shown)
            counts = [replace(one, unread=values) for one, values in zip(counts, unread, strict=True)]
        return Understood(counts, calls, rejects)

    def _shown(self, text: str) -> str:
        """A value as it may be shown."""
        [[shown]] = self._connection.execute("select shown_value(?)", [text]).fetchall()
        return str(shown)


def _numbered(lines: pa.Table) -> pa.Table:
    """The lines with their line_number, from 1."""
    table = lines.add_column(0, "line_number", pa.array(np.arange(1, len(lines) + 1, dtype=np.int64)))
    # DuckDB reads as many batches at a time as it has threads.
    return pa.Table.from_batches(table.to_batches(max_chunksize=8192))
