"""The context that a block of a source leaves to the next block, if the next one was read before this context was known.

    block 1   {}                      ->   {"fields": [...]}                      a header: the next one cannot be read without
    block 2   {"fields": [...]}       ->   {"fields": [...]}                      nothing has changed, and seldom will
    block 3   {"fields": [...]}       ->   {"fields": [...], "durations": ...}    something that is only counted

A block is read in the context that the block before it leaves. Blocks that are read at the same time cannot wait for it, so a block
is read in its most likely context. The result must be the same as if the block had waited. So the assumed context is compared with the
actual one. If they differ in anything that changes how lines are read, the block is read again. Counts of lines change nothing of that:
they only go into a warning at the end, and are added up here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.formats.json_lines.headers import LINES_WITH_UNREAD_HEADERS
from ingest.understand.second_look import COMMA, DURATIONS

if TYPE_CHECKING:
    from collections.abc import Mapping


def carried(
    assumed: Mapping[str, Any], after: Mapping[str, Any], before: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The context after a block whose actual context is `before`. Read in the context `assumed`, the block left `after`.

    None if the block has to be read again.

    >>> carried({"day": 1}, {"day": 1}, {"day": 2}) is None
    True
    >>> carried({DURATIONS: [1, "1.5"]}, {DURATIONS: [3, "1.5"]}, {DURATIONS: [2, "1.234"]})
    {'durations': [4, '1.234']}
    """
    if assumed == before:
        return after
    if not are_read_alike(assumed, before):
        return None
    # With the first decimal comma it is told how many durations above it are doubtful, so they have to be known.
    if after.get(DURATIONS) == COMMA != before.get(DURATIONS):
        return None
    headers = sum(
        sign * one.get(LINES_WITH_UNREAD_HEADERS, 0) for sign, one in ((1, before), (1, after), (-1, assumed))
    )
    durations = after.get(DURATIONS)
    if durations != COMMA:
        known, first = before.get(DURATIONS) or (0, None)
        more, first_here = durations or (0, None)
        number = known + more - (assumed.get(DURATIONS) or (0,))[0]
        durations = [number, first_here if first is None else first] if number else None
    counted = {LINES_WITH_UNREAD_HEADERS: headers, DURATIONS: durations}
    return {
        **{name: value for name, value in after.items() if name not in counted},
        **{name: value for name, value in counted.items() if value},
    }


def are_read_alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether lines are read in the same way in these two contexts."""
    return _deciding(one) == _deciding(other)


def _deciding(context: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a context by which lines are read."""
    return {
        name: value
        for name, value in context.items()
        if name != LINES_WITH_UNREAD_HEADERS and (name != DURATIONS or value == COMMA)
    }
