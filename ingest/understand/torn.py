"""Whether a last line without an end was cut off, or is no record whatever follows it.

A source that counts as complete (see `Reader.is_whole`) may still end in mid-line: a disk was full, a machine died. Such a line is
rejected as `torn_line`, and no time, customer or id is taken from it, because half of a number is another number. But if no
continuation could make a record of the line, it was wrong from the start, and is rejected for its fault. A line without an end that is a whole
record counts as a call: nothing was missing from it but its end.

{"timestamp": "2026-10-01T07:00:00Z", "meth        may go on
{"timestamp": "2026-10-01T07:00:00Z", nothing}    is no record whatever comes behind it
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

_BEGUN = re.compile(r"-?|t(?:r|ru)?|f(?:a|al|als)?|n(?:u|ul)?|[.]|[.]?[0-9]*[eE][+-]?|\\?u?[0-9A-Fa-f]{0,4}")
"""Beginnings that become a value, the rest of a number, or an escape only with their end."""

_TOO_MANY = re.compile("([0-9]+) values where .* names? ([0-9]+)")
_SAID_OF_QUOTES = re.compile("value [0-9]+ (?:goes on behind|has a quote in it)")


def torn_lines(numbers: Sequence[int], lines: pa.Table, raw: pa.Table, log_format: str) -> list[int]:
    """Those of these lines, the last ones of their sources and without an end, that are no record and may go on."""
    if not numbers:
        return []
    is_last = pc.is_in(raw["line_number"], pa.array(numbers, pa.int64()))
    refused = raw.filter(pc.and_(is_last, pc.equal(raw["fate"], "not_a_record")))
    details = dict(zip(refused["line_number"].to_pylist(), refused["detail"].to_pylist(), strict=True))
    texts = lines.filter(pc.is_in(lines["line_number"], pa.array(details, pa.int64())))
    return [
        number
        for number, line in zip(texts["line_number"].to_pylist(), texts["line"].to_pylist(), strict=True)
        if may_go_on(line, log_format, details[number])
    ]


def may_go_on(line: str, log_format: str, detail: str | None) -> bool:
    """Whether some continuation could make a record of this line, which is none in that format.

    >>> [may_go_on(line, "json", None) for line in ('{"a": 1, "b', '{"a": tr', '{"a": nothing}', "oops")]
    [True, True, False, False]
    >>> may_go_on("1 2 3", "w3c", "3 values where #Fields names 2"), may_go_on("1", "w3c", "1 values where #Fields names 2")
    (False, True)
    """
    if log_format == "json":
        return _is_begun_object(line)
    counts = _TOO_MANY.search(detail or "")
    if counts is not None:
        return int(counts[1]) <= int(counts[2])
    return _SAID_OF_QUOTES.search(detail or "") is None


def _is_begun_object(line: str) -> bool:
    # What stands in front may be what a container's runtime has put there, whole or not.
    begin = line.find("{")
    if begin < 0:
        return re.match(r"[0-9<\[]|[A-Za-z0-9_.-]+ +\|", line) is not None
    text = line[begin:].rstrip("\r\n")
    try:
        json.JSONDecoder().decode(text)
    except json.JSONDecodeError as error:
        return error.msg.startswith("Unterminated string") or _BEGUN.fullmatch(text[error.pos :]) is not None
    except RecursionError:
        return True
    return False
