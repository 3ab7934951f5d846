"""The rules of the metric `completeness` followed once more, one hour at a time and without an engine."""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

Row = tuple[str, dt.datetime, int, float | None, str]
Place = tuple[int, int, int]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR = dt.timedelta(hours=1)


@dataclass
class Hour:
    """What is known about one hour of one stream."""

    at: dt.datetime
    calls: int
    expected: float | None
    is_low: bool
    is_busy: bool
    missed: float = 0.0

    @property
    def day(self) -> dt.date:
        return self.at.astimezone(AMSTERDAM).date()


def completeness(called_at: Sequence[tuple[str, dt.datetime]]) -> list[Row]:
    """The rows of the metric for these calls: stream and moment of each."""
    counts: dict[str, Counter[dt.datetime]] = defaultdict(Counter)
    for stream, moment in called_at:
        counts[stream][moment.replace(minute=0, second=0, microsecond=0)] += 1
    lake_end = max(max(hours) for hours in counts.values())
    facts = {stream: _hours(counts[stream], _end(counts, stream, lake_end)) for stream in counts}
    bursts = {stream: _burst(hours) for stream, hours in facts.items()}
    for stream, hours in facts.items():
        _weigh_silences(hours, bursts[stream])
    levels = _levels(list(facts.values()))
    rows = [
        (stream, hour.at, hour.calls, hour.expected, _state(hour, bursts[stream], levels.get(hour.day), is_cut=is_cut))
        for stream, hours in facts.items()
        for hour in hours
        for is_cut in [hour.at in {hours[0].at, lake_end}]
    ]
    return sorted(rows, key=lambda row: (row[1], row[0]))


def _end(counts: dict[str, Counter[dt.datetime]], stream: str, lake_end: dt.datetime) -> dt.datetime:
    last = max(counts[stream])
    renamed = any(
        abs(min(hours) - last) <= 24 * HOUR and max(hours) > last for other, hours in counts.items() if other != stream
    )
    return last if renamed or last + dt.timedelta(days=28) < lake_end else lake_end


def _place(hour: dt.datetime) -> Place:
    clock = hour.astimezone(AMSTERDAM)
    return (clock.date() - dt.date(1996, 1, 1)).days // 7, clock.weekday(), clock.hour


def _hours(counts: Counter[dt.datetime], end: dt.datetime) -> list[Hour]:
    first, last = min(counts), max(counts)
    grid = [first + number * HOUR for number in range((end - first) // HOUR + 1)]
    weeks = sorted({_place(hour)[0] for hour in counts})
    at_place: dict[Place, list[dt.datetime]] = defaultdict(list)
    for hour in grid:
        at_place[_place(hour)].append(hour)
    return [_hour(hour, counts, weeks, at_place, last) for hour in grid]


def _hour(
    at: dt.datetime,
    counts: Counter[dt.datetime],
    weeks: list[int],
    at_place: dict[Place, list[dt.datetime]],
    last: dt.datetime,
) -> Hour:
    week, weekday, clock = _place(at)
    near = [other for other in weeks if other < week][-4:] + [other for other in weeks if other > week][:4]
    others = [
        counts[other] for near_week in near for other in at_place.get((near_week, weekday, clock), []) if other <= last
    ]
    own = sum(counts[twin] for twin in at_place[week, weekday, clock])
    return Hour(
        at=at,
        calls=counts[at],
        expected=statistics.median(others) if others else None,
        is_low=bool(others) and sum(other > 2 * own for other in others) >= 0.75 * len(others),
        is_busy=bool(others) and sum(other > 0 for other in others) >= 0.75 * len(others),
    )


def _burst(hours: list[Hour]) -> float:
    spread = [
        abs(hour.calls - hour.expected) / math.sqrt(hour.expected) for hour in hours if hour.is_busy and hour.expected
    ]
    return max(1.0, (statistics.median(spread) / 0.6745) ** 2) if spread else 1.0


def _weigh_silences(hours: list[Hour], burst: float) -> None:
    for silence in _silences(hours):
        missed = sum(hour.expected or 0.0 for hour in silence if hour.is_low) / burst
        for hour in silence:
            hour.missed = missed


def _silences(hours: list[Hour]) -> Iterator[list[Hour]]:
    silence: list[Hour] = []
    for hour in hours:
        if hour.calls:
            yield silence
            silence = []
        else:
            silence.append(hour)
    yield silence


def _levels(streams: list[list[Hour]]) -> dict[dt.date, float]:
    levels: dict[dt.date, list[float]] = defaultdict(list)
    for hours in streams:
        days: dict[dt.date, list[tuple[int, float]]] = defaultdict(list)
        for hour in hours:
            if hour.calls and hour.expected:
                days[hour.day].append((hour.calls, hour.expected))
        for day, called in days.items():
            if len(called) >= 3:
                levels[day].append(sum(calls for calls, _ in called) / sum(expected for _, expected in called))
    return {day: statistics.median(of_streams) for day, of_streams in levels.items()}


def _state(hour: Hour, burst: float, level: float | None, *, is_cut: bool) -> str:
    if not hour.is_low or hour.expected is None:
        return "complete"
    if hour.calls == 0:
        if hour.missed < 10:
            return "complete"
        return "thin" if level is not None and level < 0.5 else "missing"
    deviations = 2 * (math.sqrt(hour.expected) - math.sqrt(hour.calls)) / math.sqrt(burst)
    return "thin" if deviations >= 5 and not is_cut else "complete"
