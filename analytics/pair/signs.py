"""What is different since a moment: values that the calls of a pair carry on one side of it only.

A value that half of the calls carried until then and none since has surely gone; one that two in a thousand carried may
only be resting. So a value counts as new or gone if chance leaves it out of the other side less than once in a hundred times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

SignName: TypeAlias = Literal["program", "token_form", "api_version", "integration_id", "protocol", "stream"]

CHANCE: Final = 0.01


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One value of one sign: the calls that carry it before and after the moment, and whether it is new or gone; null if neither."""

    sign: SignName
    value: str
    calls_before: int
    calls_after: int
    change: Literal["new", "gone"] | None


def judged(rows: Iterable[tuple[SignName, str, int, int]]) -> tuple[Sign, ...]:
    """The signs with what became of them. Rows: sign, value, calls before, calls after.

    >>> [sign.change for sign in judged([("program", "app/1", 90, 0), ("program", "app/2", 0, 30), ("program", "curl", 1, 0)])]
    ['gone', 'new', None]
    """
    listed = list(rows)
    before, after = ({row[0]: 0 for row in listed} for _ in range(2))
    for sign, _, calls_before, calls_after in listed:
        before[sign] += calls_before
        after[sign] += calls_after
    return tuple(
        Sign(
            sign=sign,
            value=value,
            calls_before=calls_before,
            calls_after=calls_after,
            change=_change(calls_before, before[sign], calls_after, after[sign]),
        )
        for sign, value, calls_before, calls_after in listed
    )


def _change(value_before: int, before: int, value_after: int, after: int) -> Literal["new", "gone"] | None:
    if not before or not after:
        return None
    if value_before == 0 and (1 - value_after / after) ** before < CHANCE:
        return "new"
    if value_after == 0 and (1 - value_before / before) ** after < CHANCE:
        return "gone"
    return None
