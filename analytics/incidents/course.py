"""One node over time: when its errors began to be far more than usual, and when they were over.

An incident is open from the first surprising hour until the calls after it look as usual again. Hours without calls say nothing, so
an integration that calls twice a day has one incident for a week of failures and not seven.
"""

from __future__ import annotations

import bisect
import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analytics.incidents.tree import Node

HOUR: Final = 3600
SAME_WITHIN: Final = 6 * HOUR
"""Errors that come back within six hours belong to the incident before."""
OVER: Final = math.log(20)
"""An incident is over when its last calls fit the usual rate twenty times better than a third of the rate of the incident."""


@dataclass(frozen=True)
class Raised:
    """An hour in which the errors of the last `hours` hours were surprising. `hour` is in seconds since 1970."""

    hour: int
    hours: int
    rate: float
    spread: float
    score: float


@dataclass(frozen=True)
class Stretch:
    """The hours from `since` to `until` (exclusive, seconds since 1970) in which a node had far more errors of a class than usual.

    `opened` is the hour in which that could first be known. `rate` is what was usual then, `spread` how much more the node's
    errors vary than a coin's. `is_open`: nothing shows yet that it is over.
    """

    node: Node
    error_class: str
    since: int
    until: int
    opened: int
    calls: int
    errors: int
    rate: float
    spread: float
    is_open: bool


def likelihood(errors: float, calls: float, rate: float) -> float:
    """The logarithm of how much better the errors fit their own rate than the usual one; 0 if they are not more than usual.

    >>> round(likelihood(10, 20, 0.01), 1), likelihood(1, 200, 0.01)
    (32.3, 0.0)
    """
    if calls <= 0 or errors <= calls * rate:
        return 0.0
    own = min(errors / calls, 1.0)
    found = errors * math.log(own / rate)
    return found + ((calls - errors) * math.log((1 - own) / (1 - rate)) if own < 1 else 0.0)


@dataclass(frozen=True)
class Course:
    """The calls of a node by the hour, in the order of time, and how many of them failed in a class. Hours without calls are left out."""

    hours: Sequence[int]
    calls: Sequence[int]
    errors: Sequence[int]


def stretches(node: Node, error_class: str, raised: Iterable[Raised], course: Course) -> Iterator[Stretch]:
    """The stretches of a node, in the order of time."""
    place = 0
    last: Stretch | None = None
    for one in sorted(raised, key=lambda one: (one.hour, one.hours)):
        at = bisect.bisect_left(course.hours, one.hour, place)
        if at == len(course.hours) or course.hours[at] != one.hour:
            continue  # it lies in a stretch that is told already
        first = _first(one, course, at, 0 if last is None else last.until)
        if first is None:
            continue
        found, place = _followed(_opened(node, error_class, one, first), course, at)
        if last is not None and found.since - last.until <= SAME_WITHIN:
            found = dataclasses.replace(
                last,
                until=found.until,
                calls=last.calls + found.calls,
                errors=last.errors + found.errors,
                is_open=found.is_open,
            )
        elif last is not None:
            yield last
        last = found
    if last is not None:
        yield last


def _opened(node: Node, error_class: str, opening: Raised, first: int) -> Stretch:
    """A stretch whose end and size are not known yet."""
    return Stretch(
        node=node,
        error_class=error_class,
        since=first,
        until=first,
        opened=opening.hour + HOUR,
        calls=0,
        errors=0,
        rate=opening.rate,
        spread=opening.spread,
        is_open=True,
    )


def _first(opening: Raised, course: Course, place: int, not_before: int) -> int | None:
    """The hour in which the errors of a surprising hour begin; None if they are those of the incident before."""
    since = max(not_before, opening.hour - (opening.hours - 1) * HOUR)
    within = [at for at in range(max(0, place - opening.hours), place + 1) if course.hours[at] >= since]
    failed = sum(course.errors[at] for at in within)
    if likelihood(failed, sum(course.calls[at] for at in within), opening.rate) < opening.score * opening.spread / 2:
        return None
    return next(course.hours[at] for at in within if course.errors[at])


def _followed(opened: Stretch, course: Course, place: int) -> tuple[Stretch, int]:
    """The stretch from its opening, at this place, until it is over, and the place behind it."""
    first = bisect.bisect_left(course.hours, opened.since, 0, place)
    calls, failed = sum(course.calls[first : place + 1]), sum(course.errors[first : place + 1])
    known = calls, failed, course.hours[place] + HOUR
    recovery, place = 0.0, place + 1
    while place < len(course.hours) and recovery < OVER:
        made, wrong = course.calls[place], course.errors[place]
        calls, failed = calls + made, failed + wrong
        recovery = max(0.0, recovery + _recovering(wrong, made, opened.rate, known[1] / known[0]))
        if recovery == 0.0 and wrong:
            known = calls, failed, course.hours[place] + HOUR
        place += 1
    return dataclasses.replace(opened, calls=known[0], errors=known[1], until=known[2], is_open=recovery < OVER), place


def _recovering(errors: int, calls: int, rate: float, own: float) -> float:
    """How much better an hour fits the usual rate than a third of that of the incident, as a logarithm."""
    worse = min(max(own / 3, 2 * rate), 0.5)
    return errors * math.log(rate / worse) + (calls - errors) * math.log((1 - rate) / (1 - worse))
