"""Reads the access log of an app's own onboarding page: who came, and when. Writes nothing.

The App Center opens that page with the customer's environment in its address. It is the first sign of a new customer, before any call:

    203.0.113.7 - - [05/Oct/2026:08:20:00 +0200] "GET /start?afasBaseUrl=https%3A%2F%2Fbeers.afasfocus.nl%2Fenyoi HTTP/1.1" 200 512
                    --------------------------                           --------------------------------------
                    when                                                 whose environment: the customer beers/enyoi

A visit is no call: it is to a host of the app, not of the platform. So it does not go into the lake, where it would be a rejected line or a
call that nobody made. It is read when somebody asks, and of each line only the customer and the time leave this module.
"""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

import pyarrow as pa
import pyarrow.compute as pc

from ingest.engine.request_url import customers_of_urls
from ingest.formats import lists_of_records, log_format
from ingest.formats.choice import format_of, wanted_format
from ingest.formats.documents import document_blocks, document_context, document_format
from ingest.lake.settings import DEFAULT_TIME_ZONE
from ingest.read.names import STANDARD_INPUT, stream_of, written_name
from ingest.read.records import one_record_a_line
from ingest.read.source import open_source
from ingest.understand.provenance import NumberedBlock
from ingest.understand.understanding import Understanding

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from ingest.report import ReadOptions

PARAMETER = "afasBaseUrl"
_SIGN = PARAMETER.lower()


@dataclass(frozen=True, kw_only=True)
class Visits:
    """What became of the lines of an access log. Every line is one of these: lines = visits + elsewhere + others + ignored + unread.

    `seen` has a row per visit: customer and called_at (UTC). `elsewhere`: the parameter names no environment. `others`: requests without
    it. `ignored`: blank lines and comments. `unread`: lines that are no request, or have no time that can be read.
    """

    lines: int
    elsewhere: int
    others: int
    ignored: int
    unread: int
    seen: pa.Table


def read_visits(path: str, options: ReadOptions, *, now: dt.datetime) -> Visits:
    """The visits in an access log. SourceError when it cannot be read, or no known format claims its first lines."""
    lines = elsewhere = others = ignored = unread = 0
    customers: list[str] = []
    times: list[dt.datetime] = []
    for count, raw in _raw_blocks(path, options, now=now):
        lines += count
        without_comments = raw.filter(pc.fill_null(pc.not_equal(raw["fate"], "ignored"), fill_value=True))
        ignored += count - len(without_comments)
        readable = raw.filter(pc.and_(pc.is_null(raw["fate"]), pc.is_valid(raw["called_at"])))
        unread += len(without_comments) - len(readable)
        asked = readable.filter(pc.match_substring(pc.utf8_lower(readable["query"].cast(pa.string())), _SIGN))
        others += len(readable) - len(asked)
        named = customers_of_urls([_address(query) for query in asked["query"].to_pylist()]) if len(asked) else []
        for customer, called_at in zip(named, asked["called_at"].to_pylist(), strict=True):
            if customer is None or "/" not in customer:
                elsewhere += 1
            else:
                customers.append(customer)
                times.append(called_at)
    seen = {"customer": pa.array(customers, pa.string()), "called_at": pa.array(times, pa.timestamp("us", tz="UTC"))}
    return Visits(lines=lines, elsewhere=elsewhere, others=others, ignored=ignored, unread=unread, seen=pa.table(seen))


def _raw_blocks(path: str, options: ReadOptions, *, now: dt.datetime) -> Iterator[tuple[int, pa.Table]]:
    """The number of lines of each block of a source, and their fields as the log has them."""
    name, stream = written_name(path), stream_of(path)
    with (
        contextlib.closing(open_source(path, is_final=True)) as reader,
        contextlib.closing(Understanding()) as understanding,
    ):
        kind = document_format(reader, wanted_format(options))
        blocks = document_blocks(kind, reader, reader) if kind else reader.blocks()
        first = next(blocks, None)
        form = log_format(kind) if kind else format_of(name, first, options, understanding.words)
        understanding.begin(now=now, time_zone=DEFAULT_TIME_ZONE, source_time_zone=options.time_zone)
        context: Mapping[str, Any] = {}
        if kind is not None and path != STANDARD_INPUT:
            with contextlib.closing(open_source(path)) as document:
                context = document_context(kind, document)
        for block in itertools.chain([first] if first else [], blocks):
            if block.kind == "long_more":
                continue
            numbered = NumberedBlock(
                block=one_record_a_line(block, lists_of_records(form)),
                first_line=1,
                context=context,
                load_id="",
                source=understanding.words.place(name),
                stream=understanding.words.place(stream),
            )
            fields = understanding.read_fields([numbered], form)
            [context] = fields.contexts
            yield sum(fields.line_counts), fields.raw


def _address(query: str) -> str:
    """The address that the parameter names, decoded; some send it encoded twice.

    >>> _address("?x=1&afasBaseUrl=https%3A%2F%2Fbeers.afasfocus.nl%2Fenyoi")
    'https://beers.afasfocus.nl/enyoi'
    >>> _address("?AFASBASEURL=https://beers.afasfocus.nl/enyoi"), _address("?next=afasBaseUrl")
    ('https://beers.afasfocus.nl/enyoi', '')
    """
    for name, value in parse_qsl(query.removeprefix("?"), keep_blank_values=True):
        if name.lower() == _SIGN:
            return unquote(value)
    return ""
