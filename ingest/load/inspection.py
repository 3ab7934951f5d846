"""Shows the calls and rejects that `ingest` would make of a file. Writes nothing."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING, Any

from ingest.call import Call
from ingest.formats import lists_of_records, log_format
from ingest.formats.choice import format_of, wanted_format
from ingest.formats.documents import document_blocks, document_context, document_format
from ingest.lake.settings import DEFAULT_TIME_ZONE
from ingest.load.source_warnings import source_warnings, unread_columns
from ingest.read.names import STANDARD_INPUT, stream_of, written_name
from ingest.read.records import one_record_a_line
from ingest.read.source import open_source
from ingest.report import Inspection, Reject
from ingest.understand.counts import Counts
from ingest.understand.provenance import NumberedBlock
from ingest.understand.understanding import Understanding

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from ingest.report import ReadOptions


_MOST_NAMES = 100
"""At most this many columns that koppelzicht does not read are named."""


def inspect(path: str, options: ReadOptions, *, limit: int | None, now: dt.datetime) -> Inspection:
    """The calls and rejects of a source, and how many lines were read for them.

    With a limit at most this many calls and rejects are returned, and reading stops soon after that many calls. SourceError when the
    source cannot be read.
    """
    name, stream = written_name(path), options.stream or stream_of(path)
    with (
        contextlib.closing(open_source(path, is_final=True)) as reader,
        contextlib.closing(Understanding()) as understanding,
    ):
        kind = document_format(reader, wanted_format(options))
        blocks = document_blocks(kind, reader, reader) if kind else reader.blocks()
        first = next(blocks, None)
        form = log_format(kind) if kind else format_of(name, first, options, understanding.words)
        understanding.begin(now=now, time_zone=DEFAULT_TIME_ZONE, source_time_zone=options.time_zone, host=options.host)
        context: Mapping[str, Any] = _context(kind, path)
        counts = Counts()
        calls: list[dict[str, Any]] = []
        rejects: list[dict[str, Any]] = []
        for block in itertools.chain([first] if first else [], blocks):
            if block.kind == "long_more":
                continue
            numbered = NumberedBlock(
                block=one_record_a_line(block, lists_of_records(form)),
                first_line=counts.lines + 1,
                context=context,
                load_id="",
                source=understanding.words.place(name),
                stream=understanding.words.place(stream),
            )
            understood, [context] = understanding.read([numbered], form)
            [counted] = understood.counts
            counts += counted
            for found, rows in ((calls, understood.calls), (rejects, understood.rejects)):
                found.extend(rows[: None if limit is None else max(limit - len(found), 0)].to_pylist())
            if limit is not None and counts.calls >= limit:
                break
        unread = unread_columns(form, context, most=_MOST_NAMES)
        said = (f"{name}: {unread.text}",) if unread else ()
        is_warning = unread is not None and unread.is_warning
        return Inspection(
            log_format=form.name if counts.lines else "empty",
            dialect=form.dialect,
            lines=counts.lines,
            calls=[Call.model_validate(row) for row in calls],
            rejects=[Reject.model_validate({name: row[name] for name in Reject.model_fields}) for row in rejects],
            unread_columns=unread.names if unread else (),
            warnings=(
                *map(str, source_warnings(name, form, context, counts, nuls=reader.nuls)),
                *(said if is_warning else ()),
            ),
            notes=() if is_warning else said,
        )


def _context(kind: str | None, path: str) -> Mapping[str, Any]:
    """What a document says about all of its lines; empty for lines, which say it themselves."""
    if kind is None or path == STANDARD_INPUT:
        return {}
    with contextlib.closing(open_source(path)) as reader:
        return document_context(kind, reader)
