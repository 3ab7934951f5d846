"""When streams live, end, and continue one another. `logs.py` has the definitions."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from tests.oracle.clock import day_of, hours_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.oracle.seen import Pair, Seen
    from tests.oracle.streams import Stream


MONTH_HOURS = 672
LONG_SILENCE = 8 * 7 * 24
ROUNDING_ERROR = 1e-9
"""The largest difference between two ways of dividing the same numbers."""


def life_of(calls: Counter[int]) -> tuple[int, int]:
    """The first and the last hour in which a stream lives."""
    by_day: Counter[int] = Counter()
    for hour, count in calls.items():
        by_day[day_of(hour)] += count
    days = sorted(by_day)
    islands = [[days[0]]]
    for day in days[1:]:
        if day - islands[-1][-1] < 8:
            islands[-1].append(day)
        else:
            islands.append([day])
    total = [sum(by_day[day] for day in island) for island in islands]
    main = max(range(len(islands)), key=lambda number: (total[number], number))
    median_day = statistics.median(by_day[day] for day in islands[main])
    living = [
        number
        for number in range(len(islands))
        if number == main or total[number] >= median_day or 10 * total[number] > total[main]
    ]
    first_day, last_day = islands[living[0]][0], islands[living[-1]][-1]
    hours = [hour for hour in calls if first_day <= day_of(hour) <= last_day]
    return min(hours), max(hours)


class Traffic:
    """Calls by customer and integration, stream and hour."""

    def __init__(self, calls: Iterable[Seen]) -> None:
        self.by_hour: dict[int, Counter[tuple[str, Pair]]] = defaultdict(Counter)
        for call in calls:
            self.by_hour[call.hour][call.stream, call.pair] += 1

    def in_hours(self, hours: range) -> Iterator[tuple[str, Pair, int]]:
        for hour in hours:
            for (stream, pair), count in self.by_hour.get(hour, {}).items():
                yield stream, pair, count

    def pairs_in(self, stream: str, hours: range) -> set[Pair]:
        return {pair for other, pair, _ in self.in_hours(hours) if other == stream}

    def cover(self, stream: str, pairs: set[Pair], window: range, base: range, *, has_to_grow: bool) -> bool:
        """Whether other streams hold nine in ten of these pairs in the window, with two thirds of the calls that the base had.

        If a pair has no integration, every call of its customer is one of its calls. If `has_to_grow`, the other streams need more
        calls than in the base: at least half as many more as the stream itself had.
        """
        if not len(window):
            return False
        elsewhere = [(pair, count) for other, pair, count in self.in_hours(window) if other != stream]
        seen_elsewhere = {pair for pair, _ in elsewhere} | {_of_anybody(pair) for pair, _ in elsewhere}
        rate = sum(count for pair, count in elsewhere if _is_among(pair, pairs)) / len(window)
        before = [(other, count) for other, pair, count in self.in_hours(base) if _is_among(pair, pairs)]
        own, of_others = (
            sum(count for other, count in before if (other == stream) == is_own) / len(base) for is_own in (True, False)
        )
        return (
            10 * len(pairs & seen_elsewhere) >= 9 * len(pairs)
            and rate >= 2 / 3 * (own + of_others) - ROUNDING_ERROR
            and (not has_to_grow or rate - of_others >= own / 2 - ROUNDING_ERROR)
        )


def _of_anybody(pair: Pair) -> Pair:
    return (*pair[:3], None)


def _is_among(pair: Pair, pairs: set[Pair]) -> bool:
    return pair in pairs or _of_anybody(pair) in pairs


def find_end(
    stream: Stream, streams: Mapping[str, Stream], traffic: Traffic, lake_hour: int, declared: int | None
) -> None:
    stream.end = lake_hour
    last = stream.last
    if last == lake_hour:
        return
    if declared is not None and day_of(last) <= declared:
        stream.end, stream.ending = min(hours_of(declared)[-1], lake_hour), "declared"
        return
    base = range(max(last - MONTH_HOURS + 1, stream.first), last + 1)
    pairs = traffic.pairs_in(stream.name, base)
    begun = sorted(
        other.first for other in streams.values() if other is not stream and last < other.first <= last + LONG_SILENCE
    )
    windows = [(last, range(last + 1, min(last + MONTH_HOURS, lake_hour) + 1))]
    windows += [(start, range(start, min(start + MONTH_HOURS - 1, lake_hour) + 1)) for start in begun]
    for start, window in windows:
        if traffic.cover(stream.name, pairs, window, base, has_to_grow=True):
            stream.end, stream.ending = start, "handed_over"
            return
    stream.ending = "stopped"


def is_continuation(stream: Stream, traffic: Traffic, lake_begin: int, lake_hour: int) -> bool:
    if stream.first <= lake_begin:
        return False
    base = range(stream.first, min(stream.first + MONTH_HOURS - 1, lake_hour) + 1)
    window = range(max(stream.first - MONTH_HOURS, lake_begin), stream.first)
    pairs = traffic.pairs_in(stream.name, base)
    return traffic.cover(stream.name, pairs, window, base, has_to_grow=False)
