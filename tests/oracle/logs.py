"""Which hours a log misses, found a second time: plain Python, stream by stream and hour by hour, from the definitions alone.

Life, from the first hour of a stream to its last:
- Days with calls that are less than eight days apart form an island. The main island is the one with most calls.
- An island is stray if it has fewer calls than a median day of the main island, and at most a tenth of its calls.
- A stream lives from the first to the last island that is not stray. Stray calls count as silence.
- All streams together live from `Logs.first` to `Logs.last`.
- A call dated after the last load is stray, too. A stream with only such calls does not live. If the logs have no other
  calls, these calls are not stray.

End, the hour until which a stream is judged:
- If somebody declared that the stream ended, it ends on that day, unless it has calls after it.
- Otherwise it ends where other streams take it over: within 672 hours of its last hour, or of the first hour of a stream
  that begins in the eight weeks after it. Compared with the last 672 hours of its life, the others have to hold nine in
  ten of its pairs, two thirds of all calls of these pairs, and half of its own calls more than they did before. A pair is
  product, environment, customer and, if the stream says it, integration.
- Otherwise it is judged to the end of the logs. If it has no calls in their last hour, it has stopped.

Expected, the number of calls in a slot (an hour of the week, or a weekday):
- The median of the four weeks before and the four weeks after counts. They are weeks with calls, at most eight weeks away.
- An hour is looked up by the local clock and by UTC, and the smaller number counts. But if the clock changed between these
  weeks and at least three of them have the summer time of the hour, only those count.
- A slot is low if three in four of these weeks have more than twice as many calls. For an hour, both clocks have to say so.
- A silence is also read by each clock alone. The clock that expects more calls in it is believed. But an hour at its edge
  gets the smaller number if, by that clock, its calls may stand just outside of the silence. In autumn that is the first
  hour by the local clock and the last one by UTC, in spring the other way round.

Lapse, a slot that falls silent for three to eight weeks while its stream lives:
- Three of the four weeks with calls before it have calls in the slot. After it, either no week has, or three in four of the
  next (four) weeks with calls.
- The median of those weeks is expected, the smaller one of both sides. It has to add up to six calls over the silent weeks.
- The slot is low, and at least that number is expected.
- If some of those weeks have another summer time, this holds for the reading of the local clock only, and not for an hour
  at the edge.

Missing (only low hours and days that are no holidays count):
- A silence is missing if ten bursts of calls were expected in it, hour by hour.
- The same hour of successive days is missing if fifteen bursts were expected in it.
- If the hours show nothing, a run of silent days is missing if ten bursts were expected in it, day by day, or if it is too
  long for chance, judged by the share of the days around it that have calls. Then the hours count over which the calls of
  these days spread.
- If a part of a silence is missing, and the stream ended in it or it is longer than eight weeks, all of it is missing.
- Hours in quarantine are missing: in a day or a load, more lines were rejected than became calls, and at least ten.

Thin:
- A silence on a holiday is thin if as many calls were expected in it as in a missing one.
- An hour or a day is thin if it is low and has calls, but five deviations fewer than expected.

Where the definitions leave a choice, the oracle decides:

J1. If a life, a window or a silence begins or ends with an hour, that hour belongs to it. So does the hour at which a stream is
    handed over.
J2. An expectation rests on hours of the life, silent ones too. If a clock shows an hour twice, both count. If one clock has no
    such hours, the other decides what is expected, and nothing is low. The two hours that a clock shows as one are compared
    together: a job that ran in one of them has run.
J3. A day's expectation rests on the days of the life, except the day of its first hour and the day of its end.
J4. Bursts are measured within the life. A silence after it does not tell in which bursts calls come.
J5. An hour that is missing by quarantine says so, even if something else finds it missing, too.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.oracle.clock import clock_of, day_of, holidays_of, hours_of
from tests.oracle.lives import LONG_SILENCE, Traffic, find_end, is_continuation, life_of
from tests.oracle.streams import Hour, Slot, Stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tests.oracle.seen import Loaded, Rejected, Seen

SURE = 10.0
SURE_OF_STREAKS = 15.0
RARE = 1 / 20_000
FEW_REJECTS = 10


# -- where streams live, begin and end -----------------------------------------------------------------------------------


@dataclass
class Logs:
    """All streams of a lake, with the state of their hours."""

    streams: dict[str, Stream]
    first: int
    last: int
    quarantine: Mapping[str, set[int]]
    """The hours in quarantine of each stream, also of streams without calls."""

    def __post_init__(self) -> None:
        self._levels: dict[int, dict[str, float]] = {}
        self._known: dict[tuple[str, int], bool] = {}

    def is_holiday(self, stream: str, day: int) -> bool:
        """Whether the other streams rest on that day. If none of them can tell, whether it is a holiday in the calendar.

        For a stream that rests at weekends, only others that do so count: a job that runs every day tells nothing about offices.
        The calendar counts for such streams only.
        """
        if (stream, day) not in self._known:
            if day not in self._levels:
                levels = {name: one.level(day) for name, one in self.streams.items()}
                self._levels[day] = {name: level for name, level in levels.items() if level is not None}
            is_asked = self.streams[stream].rests_at_weekends
            others = [
                level
                for name, level in self._levels[day].items()
                if name != stream and (self.streams[name].rests_at_weekends or not is_asked)
            ]
            in_calendar = day in holidays_of(dt.date.fromordinal(day).year)
            self._known[stream, day] = statistics.median(others) < 0.5 if others else is_asked and in_calendar
        return self._known[stream, day]


def judged_logs(
    calls: Sequence[Seen],
    *,
    rejects: Sequence[Rejected] = (),
    loads: Sequence[Loaded] = (),
    ended: Mapping[str, int] | None = None,
    loaded_at: dt.datetime | None = None,
) -> Logs:
    """The streams, with the state of every hour.

    `ended`: the declared last day of streams. `loaded_at`: the time of the last load.
    """
    by_stream: dict[str, Counter[int]] = defaultdict(Counter)
    for call in _made_by(calls, loaded_at):
        by_stream[call.stream][call.hour] += 1
    streams = {}
    for name, hours in by_stream.items():
        first, last = life_of(hours)
        streams[name] = Stream(name, hours, first, last)
    first, last = min(one.first for one in streams.values()), max(one.last for one in streams.values())
    traffic = Traffic(calls)
    for stream in streams.values():
        find_end(stream, streams, traffic, last, (ended or {}).get(stream.name))
        stream.continues = is_continuation(stream, traffic, first, last)
    quarantine = _quarantine(by_stream, rejects, loads, range(first, last + 1), ended or {})
    logs = Logs(streams, first, last, quarantine)
    for stream in streams.values():
        _judge(stream, logs, last)
    for name in quarantine.keys() & streams.keys():
        for hour in quarantine[name] & streams[name].hours.keys():
            judged = streams[name].hours[hour]
            judged.state, judged.by_quarantine = "missing", True
    return logs


def _made_by(calls: Sequence[Seen], loaded_at: dt.datetime | None) -> Sequence[Seen]:
    """The calls of the hours until then. If there are none, all calls."""
    if loaded_at is None:
        return calls
    until = int(loaded_at.timestamp()) // 3600
    return [call for call in calls if call.hour <= until] or calls


def _quarantine(
    by_stream: Mapping[str, Counter[int]],
    rejects: Sequence[Rejected],
    loads: Sequence[Loaded],
    lake: range,
    ended: Mapping[str, int],
) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for stream in {reject.stream for reject in rejects}:
        mine = [reject for reject in rejects if reject.stream == stream]
        for day in _days_in_quarantine(by_stream.get(stream, Counter()), mine):
            found[stream].update(hours_of(day))
        for load in _unread_loads(mine, [load for load in loads if load.stream == stream]):
            hours = lake if load.first is None or load.last is None else range(load.first, load.last + 1)
            found[stream].update(hours)
    return {
        stream: {hour for hour in hours if hour in lake and (stream not in ended or day_of(hour) <= ended[stream])}
        for stream, hours in found.items()
    }


def _days_in_quarantine(calls: Counter[int], rejects: Sequence[Rejected]) -> Iterator[int]:
    """The days with more rejected lines than calls, if a run of such days has ten rejected lines or more."""
    calls_on: Counter[int] = Counter()
    for hour, count in calls.items():
        calls_on[day_of(hour)] += count
    timed = Counter(day_of(reject.hour) for reject in rejects if reject.is_of_the_platform and reject.hour is not None)
    days = sorted(calls_on.keys() | timed.keys())
    for is_over, run in itertools.groupby(days, lambda day: timed[day] > calls_on[day]):
        bad = list(run)
        if is_over and sum(timed[day] for day in bad) >= FEW_REJECTS:
            yield from bad


def _unread_loads(rejects: Sequence[Rejected], loads: Sequence[Loaded]) -> list[Loaded]:
    """The loads with more rejected lines without a time than other lines, if these loads have ten of them or more."""
    timed = Counter(reject.load for reject in rejects if reject.at is not None)
    untimed = Counter(reject.load for reject in rejects if reject.is_of_the_platform and reject.at is None)
    unread = [load for load in loads if untimed[load.load] > load.calls + timed[load.load]]
    return unread if sum(untimed[load.load] for load in unread) >= FEW_REJECTS else []


# -- the states of the hours ---------------------------------------------------------------------------------------------


def _judge(stream: Stream, logs: Logs, lake_hour: int) -> None:
    stream.believed = {hour: (slot.expected, slot.is_low) for hour, slot in stream.slots.items()}
    _believe(stream, logs)
    by_hours = set(_missing_by_hours(stream, logs))
    spread: dict[int, float] = {}
    for day, calls in _missing_by_days(stream, logs, by_hours).items():
        spread |= stream.spread(day, calls)
    missing = by_hours | {hour for hour, expected in spread.items() if expected > 0}
    for silence in _silences(stream):
        is_at_the_end = silence[0] > stream.last
        if (is_at_the_end or len(silence) > LONG_SILENCE) and missing.intersection(silence):
            missing |= set(silence)
    for day, whole in stream.days.items():
        if whole.calls and whole.is_low and _is_far_below(whole, stream.burst_of_days):
            spread |= stream.spread(day, whole.expected or 0)
    thin = _thin(stream, logs, lake_hour) | {
        hour for hour, expected in spread.items() if stream.calls_on(day_of(hour)) and stream.lived(hour) < expected
    }
    for hour in stream.slots:
        stream.hours[hour] = Hour(
            stream.calls[hour],
            "missing" if hour in missing else "thin" if hour in thin else "complete",
            spread[hour] if hour in spread and hour not in by_hours else stream.believed[hour][0],
            is_holiday=logs.is_holiday(stream.name, day_of(hour)),
        )
    stream.has_power = _has_power(stream, logs)


def _runs(numbers: Iterable[int]) -> Iterator[list[int]]:
    """The numbers in runs without a gap."""
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _silences(stream: Stream) -> list[list[int]]:
    return list(_runs(hour for hour, slot in stream.slots.items() if not slot.calls))


def _streaks(stream: Stream) -> Iterator[list[int]]:
    """The runs of days on which an hour of the local clock is silent, each as its hours."""
    for time in range(24):
        same = [hour for hour in stream.slots if clock_of(hour).hour == time]
        for is_silent, run in itertools.groupby(same, lambda hour: not stream.slots[hour].calls):
            if is_silent:
                yield list(run)


def _missing_by_hours(stream: Stream, logs: Logs) -> Iterator[int]:
    found = {
        hour: expected
        for silence in _silences(stream)
        if sum((ordinary := _ordinary(stream, logs, silence)).values()) / stream.burst >= SURE
        for hour, expected in ordinary.items()
    }
    yield from found
    silent = {hour for silence in _silences(stream) if found.keys() & set(silence) for hour in silence}
    for streak in _streaks(stream):
        ordinary = _ordinary(stream, logs, [hour for hour in streak if hour not in silent])
        if sum(ordinary.values()) / stream.burst >= SURE_OF_STREAKS:
            yield from _ordinary(stream, logs, streak)


def _ordinary(stream: Stream, logs: Logs, silence: Iterable[int]) -> dict[int, float]:
    """The low hours of a silence outside holidays, each with its expected calls."""
    return {
        hour: stream.believed[hour][0] or 0.0
        for hour in silence
        if stream.believed[hour][1] and not logs.is_holiday(stream.name, day_of(hour))
    }


def _believe(stream: Stream, logs: Logs) -> None:
    """Note what is believed of each silence: the reading by the clock that expects more calls in it, holidays apart."""
    for silence in _silences(stream):
        by_each = []
        for clock in (0, 1):
            stream.believed |= {hour: stream.slots[hour].read_by(clock) for hour in silence}
            by_each.append(sum(_ordinary(stream, logs, silence).values()))
        if by_each[1] <= by_each[0]:
            stream.believed |= {hour: stream.slots[hour].read_by(0) for hour in silence}


def _missing_by_days(stream: Stream, logs: Logs, by_hours: set[int]) -> dict[int, float]:
    """The days that are missing by their expected calls, or by the length of their run, each with its expected calls."""
    found: dict[int, float] = {}
    for run in _runs(day for day, slot in stream.days.items() if not slot.calls):
        ordinary = {
            day: stream.days[day].expected or 0.0
            for day in run
            if stream.days[day].is_low and not logs.is_holiday(stream.name, day)
        }
        known = {day for day in run if by_hours.intersection(hours_of(day))}
        if sum(ordinary.values()) / stream.burst_of_days >= SURE:
            found |= {day: calls for day, calls in ordinary.items() if day not in known}
        elif not known and (mean := _run_test(stream, logs, run)) is not None:
            found |= dict.fromkeys(run, mean)
    return found


def _run_test(stream: Stream, logs: Logs, run: list[int]) -> float | None:
    """The mean calls of the days around a run of silent days. None if the run may be chance."""
    lived = [
        day
        for day in range(run[0] - 56, run[-1] + 57)
        if day not in run
        and day in stream.days
        and day <= day_of(stream.last)
        and not logs.is_holiday(stream.name, day)
    ]
    length = sum(not logs.is_holiday(stream.name, day) for day in run)
    if len(lived) < 28:
        return None
    active = sum(stream.days[day].calls > 0 for day in lived) / len(lived)
    is_sure = (1 - min(active, 0.9)) ** length < RARE
    return sum(stream.days[day].calls for day in lived) / len(lived) if is_sure else None


def _thin(stream: Stream, logs: Logs, lake_hour: int) -> set[int]:
    """The hours that are thin without regard to their days."""
    found = set()
    for silence in _silences(stream):
        low = [hour for hour in silence if stream.believed[hour][1]]
        if sum(stream.believed[hour][0] or 0 for hour in low) / stream.burst >= SURE:
            found |= {hour for hour in low if logs.is_holiday(stream.name, day_of(hour))}
    for hour, slot in stream.slots.items():
        is_cut = hour in {stream.first, lake_hour}
        if slot.calls and slot.is_low and not is_cut and _is_far_below(slot, stream.burst):
            found.add(hour)
    return found


def _is_far_below(slot: Slot, burst: float) -> bool:
    return 2 * (math.sqrt(slot.expected or 0) - math.sqrt(slot.calls)) >= 5 * math.sqrt(burst)


def _has_power(stream: Stream, logs: Logs) -> bool:
    """Whether ten silent days would be noticed."""
    days = [
        slot.expected
        for day, slot in stream.days.items()
        if slot.expected is not None and day <= day_of(stream.last) and not logs.is_holiday(stream.name, day)
    ]
    hours = [slot.expected for hour, slot in stream.slots.items() if slot.expected is not None and hour <= stream.last]
    lived = {day_of(hour) for hour in range(stream.first, stream.last + 1)}
    active = sum(stream.calls_on(day) > 0 for day in lived) / len(lived)
    return (
        (bool(days) and 10 * statistics.mean(days) / stream.burst_of_days >= SURE)
        or (bool(hours) and 240 * statistics.mean(hours) / stream.burst >= SURE)
        or (1 - min(active, 0.9)) ** 10 < RARE
    )
