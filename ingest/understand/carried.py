"""What one block of a source leaves to the next, where the next was read before that was known.

    block 1   {}                      ->   {"fields": [...]}                      a header: the next one cannot be read without
    block 2   {"fields": [...]}       ->   {"fields": [...]}                      nothing has changed, and seldom will
    block 3   {"fields": [...]}       ->   {"fields": [...], "durations": ...}    something that is only counted

The context in which a block is read is what the one before it leaves. Blocks that are read at the same time cannot wait for it, so a
block is read in the context that it will most likely have. That is right only if the block is the same afterwards as if it had waited.
So the context that was assumed is compared with the one that came, and where they differ in anything by which a line is read, the
block is read again. What counts lines that were read is no such thing: it is only told in a warning at the end, and is added up here.
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
    """The context behind a block, which is `after` where it is read in the context `assumed`, if it stands behind `before`.

    None where the block has to be read again.

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
