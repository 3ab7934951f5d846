"""Which hours a log misses, found a second time: plain Python, stream by stream and hour by hour, from the definitions alone.

- Life: days with calls less than eight days apart are an island; one with fewer calls than a median day of the main one, and a
  tenth of its calls at most, is stray, and a stream lives from the first to the last of the others. A stray call is silence. All
  streams together live from `Logs.first` to `Logs.last`. What is dated after the last load was not made yet: such a call is
  stray, too, and a stream of such calls alone does not live; of logs without any other call it is as good as any.
- End: on the day that was declared; or where others hold nine in ten of its pairs (same product, environment and customer, and the
  same integration where the stream says which) and two thirds of their calls within 672 hours, half of its own calls more than
  before; else a stream that lives no more has stopped, and is judged to the end of the logs.
- Expected: the median of the four weeks before and the four after, eight weeks away at most; of an hour by the local clock and by
  UTC, whichever is less, or, where three of them keep the same summer time, of those alone. Low: three in four of them have more than
  twice as many calls, by both. A silence is read by each clock alone as well, and the reading that expects more is believed. But of the
  edge of a silence where what ran outside would stand by that reading (autumn: the first hour by the local clock, the last by UTC;
  spring: the other way round) the lesser is taken.
- Lapse: an hour of the week, or a weekday, that has no calls for three to eight weeks of its stream's life, had some in three
  of the four weeks with calls before, and either has none since or has some in three in four of the (four) weeks with calls from
  then on. It is low, and at least the median of those weeks is expected, the lesser one of both sides, where that makes six calls
  over all of the silent weeks. Where some of those weeks
  have another summer time: by the local clock's reading only, without that edge.
- Missing: silence in which ten bursts of calls were to be expected, hour by hour, or fifteen of them in the same hour of
  successive days, or else ten day by day; else a run of silent days that is
  no chance by how many of the days around have calls. Of such days, the hours over which their calls spread. All of the silence in
  which a stream ended, or that is longer than eight weeks, when a part of it is missing. And quarantine, where more lines were rejected
  than became calls.
- Thin: silence on a holiday in which that number of calls was to be expected, and calls five deviations below the expected number, of an hour or of a day.

Where that leaves a choice, the oracle decides:

- J1. A life, a window or a silence that begins or ends with an hour has that hour in it; a stream that is handed over at an hour is
  judged with it.
- J2. The hours that an expectation rests on lie in the life, silent ones too; a name that a clock has twice gives two of them.
  Where one of the two clocks knows none, the other decides what is expected, and nothing is low. What runs once in the hour that the
  clock has twice has run: the two are low together only, whatever they are compared with.
- J3. What a day rests on are the days of the life but those of its first hour and of its end.
- J4. Bursts are measured in the life: a silence behind it does not say in which bursts calls come.
- J5. An hour that is missing by quarantine is so whatever else finds it missing.
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
    """All streams of a lake, judged."""

    streams: dict[str, Stream]
    first: int
    last: int
    quarantine: Mapping[str, set[int]]
    """The hours in quarantine of a stream, also of one without any call."""

    def __post_init__(self) -> None:
        self._levels: dict[int, dict[str, float]] = {}
        self._known: dict[tuple[str, int], bool] = {}

    def is_holiday(self, stream: str, day: int) -> bool:
        """Whether its witnesses rest that day; where none of them can tell, whether the calendar has it.

        Who rests at weekends asks those that do, for what goes on every day tells nothing of offices. Only such logs rest by
        the calendar.
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
    """Every hour of every stream with its state.

    `ended`: the day on which a stream was declared to have ended. `loaded_at`: when a log was loaded last.
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
    """The calls that were made until then, by the hour."""
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
    """The days with more rejected lines than calls, in a row in which they are ten or more."""
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
    """The loads in which more lines have no time than became calls, if at least ten have none."""
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
    """The numbers, in order, as runs without a gap."""
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
    """The hours that are silent at the same local time, day after day."""
    for time in range(24):
        same = [hour for hour in stream.slots if clock_of(hour).hour == time]
        for is_silent, run in itertools.groupby(same, lambda hour: not stream.slots[hour].calls):
            if is_silent:
                yield list(run)


def _missing_by_hours(stream: Stream, logs: Logs) -> Iterator[int]:
    found = {
        hour: expected
        for silence in _silences(stream)
        if sum((told := _ordinary(stream, logs, silence)).values()) / stream.burst >= SURE
        for hour, expected in told.items()
    }
    yield from found
    silent = {hour for silence in _silences(stream) if found.keys() & set(silence) for hour in silence}
    for streak in _streaks(stream):
        told = _ordinary(stream, logs, [hour for hour in streak if hour not in silent])
        if sum(told.values()) / stream.burst >= SURE_OF_STREAKS:
            yield from _ordinary(stream, logs, streak)


def _ordinary(stream: Stream, logs: Logs, silence: Iterable[int]) -> dict[int, float]:
    """The low hours of a silence that are no holiday, with what is expected of them."""
    return {
        hour: stream.believed[hour][0] or 0.0
        for hour in silence
        if stream.believed[hour][1] and not logs.is_holiday(stream.name, day_of(hour))
    }


def _believe(stream: Stream, logs: Logs) -> None:
    """Each hour as it is expected; each silence as the clock reads it that expects more on ordinary days."""
    for silence in _silences(stream):
        by_each = []
        for clock in (0, 1):
            stream.believed |= {hour: stream.slots[hour].read_by(clock) for hour in silence}
            by_each.append(sum(_ordinary(stream, logs, silence).values()))
        if by_each[1] <= by_each[0]:
            stream.believed |= {hour: stream.slots[hour].read_by(0) for hour in silence}


def _missing_by_days(stream: Stream, logs: Logs, by_hours: set[int]) -> dict[int, float]:
    """The days that are missing by the test of days, or else of runs of days, with the calls expected of one."""
    found: dict[int, float] = {}
    for run in _runs(day for day, slot in stream.days.items() if not slot.calls):
        told = {
            day: stream.days[day].expected or 0.0
            for day in run
            if stream.days[day].is_low and not logs.is_holiday(stream.name, day)
        }
        known = {day for day in run if by_hours.intersection(hours_of(day))}
        if sum(told.values()) / stream.burst_of_days >= SURE:
            found |= {day: calls for day, calls in told.items() if day not in known}
        elif not known and (mean := _run_test(stream, logs, run)) is not None:
            found |= dict.fromkeys(run, mean)
    return found


def _run_test(stream: Stream, logs: Logs, run: list[int]) -> float | None:
    """The mean calls of the days around a run of silent days, where it is no chance; else None."""
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
    """The hours that are thin by themselves."""
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
    """Whether a silence of ten days would be noticed."""
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
