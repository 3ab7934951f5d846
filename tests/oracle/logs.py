"""Which hours a log misses, found a second time: plain Python, stream by stream and hour by hour, from the definitions alone.

- Life: days with calls less than eight days apart are an island; one with fewer calls than a median day of the main one is
  stray, and a stream lives from the first to the last of the others. All streams together live from `Logs.first` to `Logs.last`.
- End: on the day that was declared; or where others hold nine in ten of its customers (same product, environment and customer) and
  two thirds of their calls within 672 hours; else a stream that lives no more has stopped, and is judged to the end of the logs.
- Expected: the median of the four weeks before and the four after, eight weeks away at most; of an hour by the local clock and by
  UTC, whichever is less. Low: three in four of them have more than twice as many calls, by both.
- Missing: silence in which ten bursts of calls were to be expected, hour by hour or day by day; a run of silent days that is no chance
  by how many of the days around have calls; all of the silence in which a stream ended or that is longer than eight weeks, when
  a part of it is; quarantine, where more lines were rejected than became calls.
- Thin: the same on a holiday, and calls five deviations below what is expected, of an hour or of a day.

Where that leaves a choice, the oracle decides:

- J1. A life, a window or a silence that begins or ends with an hour has that hour in it; a stream that is handed over at an hour is
  judged with it.
- J2. The hours that an expectation rests on lie in the life, silent ones too; a name that a clock has twice gives two of them.
  Where one of the two clocks knows none, the other decides what is expected, and nothing is low.
- J3. What a day rests on are the days of the life but those of its first hour and of its end.
- J4. Bursts are measured in the life: a silence behind it does not say in which bursts calls come.
- J5. An hour that is missing by quarantine is so whatever else finds it missing.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from tests.oracle.clock import Place, day_of, holidays_of, hours_of, local_place, utc_place, week_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

MONTH_HOURS = 672
LONG_SILENCE = 8 * 7 * 24
SURE = 10.0
RARE = 1 / 20_000

State: TypeAlias = Literal["complete", "thin", "missing"]
Triple: TypeAlias = tuple[str, str, str]
"""Product, environment and customer."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One call, as far as the judgements look at it; `integration` after the renames of the registry."""

    at: dt.datetime
    stream: str
    product: str = "profit"
    environment: str = "production"
    customer: str
    integration: str | None
    id_status: str = "valid"
    own: bool = False
    status: int = 200
    operation: str = "get"
    connector: str | None = None

    @cached_property
    def hour(self) -> int:
        return int(self.at.timestamp()) // 3600

    @property
    def day(self) -> int:
        return day_of(self.hour)

    @property
    def is_use(self) -> bool:
        """Whether it makes somebody a customer."""
        return self.status < 400 and self.operation != "auth" and not self.own

    @property
    def triple(self) -> Triple:
        return self.product, self.environment, self.customer


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """One rejected line; None where its time or its id could not be read."""

    load: str
    stream: str
    reason: str
    at: dt.datetime | None
    integration: str | None

    @property
    def is_of_the_platform(self) -> bool:
        return self.reason != "unknown_host" or self.integration is not None


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """One load: how many calls it has, and the hours of the first and the last of them."""

    load: str
    stream: str
    calls: int
    first: int | None
    last: int | None


@dataclass
class Slot:
    """What is known of an hour, or of a day."""

    calls: int
    expected: float | None
    is_low: bool
    is_busy: bool


@dataclass
class Hour:
    """What was found of one hour of a stream."""

    calls: int
    state: State
    expected: float | None
    by_quarantine: bool = False
    is_holiday: bool = False


@dataclass
class Stream:
    """One stream's calls by hour, and where it lives. Without any living call it has no life."""

    name: str
    calls: Counter[int]
    first: int = 0
    last: int = 0
    end: int = 0
    ending: Literal["open", "declared", "handed_over", "stopped"] = "open"
    continues: bool = False
    hours: dict[int, Hour] = field(default_factory=dict)
    has_power: bool = False

    @cached_property
    def slots(self) -> dict[int, Slot]:
        """Every hour from the first to the end."""
        by_local = _by_place(self, local_place)
        by_utc = _by_place(self, utc_place)
        return {hour: self._slot(hour, by_local, by_utc) for hour in range(self.first, self.end + 1)}

    def _slot(self, hour: int, by_local: _Places, by_utc: _Places) -> Slot:
        local, utc = by_local.others(hour), by_utc.others(hour)
        own = sum(self.calls[twin] for twin in by_local.twins(hour))
        medians = [statistics.median(others) for others in (local, utc) if others]
        return Slot(
            self.calls[hour],
            min(medians) if medians else None,
            _mostly(other > 2 * own for other in local) and _mostly(other > 2 * self.calls[hour] for other in utc),
            _mostly(other > 0 for other in local),
        )

    @cached_property
    def whole_days(self) -> range:
        return range(day_of(self.first) + 1, day_of(self.end))

    def calls_on(self, day: int) -> int:
        return sum(self.calls[hour] for hour in hours_of(day))

    @cached_property
    def days(self) -> dict[int, Slot]:
        """Every whole day."""
        lived = {day: self.calls_on(day) for day in self.whole_days if day <= day_of(self.last)}
        weeks = sorted({week_of(day_of(hour)) for hour in self.calls if self.first <= hour <= self.last})
        found = {}
        for day in self.whole_days:
            calls = self.calls_on(day)
            near = _near(week_of(day), weeks)
            others = [lived[other] for week in near if (other := day + 7 * (week - week_of(day))) in lived]
            found[day] = Slot(
                calls,
                statistics.median(others) if others else None,
                _mostly(other > 2 * calls for other in others),
                _mostly(other > 0 for other in others),
            )
        return found

    @cached_property
    def burst(self) -> float:
        return _burst(slot for hour, slot in self.slots.items() if hour <= self.last)

    @cached_property
    def burst_of_days(self) -> float:
        return _burst(slot for day, slot in self.days.items() if day <= day_of(self.last))

    def level(self, day: int) -> float | None:
        """How much of what was expected was called on a day, over the hours with calls; None where that are too few."""
        told = [
            slot
            for hour in hours_of(day)
            if (slot := self.slots.get(hour)) is not None and slot.calls and slot.expected
        ]
        return sum(slot.calls for slot in told) / sum(slot.expected or 0 for slot in told) if len(told) >= 3 else None


class _Places:
    """The hours of a life by week and place in it."""

    def __init__(self, hours: Mapping[Place, list[int]], stream: Stream, place: Callable[[int], Place]) -> None:
        self._hours, self._stream, self._place = hours, stream, place
        self._weeks = sorted({place(hour)[0] for hour in stream.calls if stream.first <= hour <= stream.last})

    def twins(self, hour: int) -> list[int]:
        return [twin for twin in range(hour - 1, hour + 2) if self._place(twin) == self._place(hour)]

    def others(self, hour: int) -> list[int]:
        week, place = self._place(hour)
        return [
            self._stream.calls[other]
            for near in _near(week, self._weeks)
            for other in self._hours.get((near, place), ())
        ]


def _by_place(stream: Stream, place: Callable[[int], Place]) -> _Places:
    hours = defaultdict(list)
    for hour in range(stream.first, stream.last + 1):
        hours[place(hour)].append(hour)
    return _Places(hours, stream, place)


def _near(week: int, weeks: Sequence[int]) -> list[int]:
    before = [other for other in weeks if week - 8 <= other < week][-4:]
    return before + [other for other in weeks if week < other <= week + 8][:4]


def _mostly(holds: Iterable[bool]) -> bool:
    held = list(holds)
    return bool(held) and sum(held) >= 0.75 * len(held)


def _burst(slots: Iterable[Slot]) -> float:
    off = [
        abs(slot.calls - slot.expected) / math.sqrt(slot.expected) for slot in slots if slot.is_busy and slot.expected
    ]
    return max(1.0, (statistics.median(off) / 0.6745) ** 2) if off else 1.0


# -- where streams live, begin and end ----------------------------------------------------------------------------------


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
    living = [number for number in range(len(islands)) if number == main or total[number] >= median_day]
    first_day, last_day = islands[living[0]][0], islands[living[-1]][-1]
    hours = [hour for hour in calls if first_day <= day_of(hour) <= last_day]
    return min(hours), max(hours)


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
        """Whether the others rest that day; where none of them can tell, whether the calendar has it."""
        if (stream, day) not in self._known:
            if day not in self._levels:
                levels = {name: one.level(day) for name, one in self.streams.items()}
                self._levels[day] = {name: level for name, level in levels.items() if level is not None}
            others = [level for name, level in self._levels[day].items() if name != stream]
            in_calendar = day in holidays_of(dt.date.fromordinal(day).year)
            self._known[stream, day] = statistics.median(others) < 0.5 if others else in_calendar
        return self._known[stream, day]


def judged_logs(
    calls: Sequence[Seen],
    *,
    rejects: Sequence[Rejected] = (),
    loads: Sequence[Loaded] = (),
    ended: Mapping[str, int] | None = None,
) -> Logs:
    """Every hour of every stream with its state. `ended`: the day on which a stream was declared to have ended."""
    by_stream: dict[str, Counter[int]] = defaultdict(Counter)
    for call in calls:
        by_stream[call.stream][call.hour] += 1
    streams = {}
    for name, hours in by_stream.items():
        first, last = life_of(hours)
        streams[name] = Stream(name, hours, first, last)
    first, last = min(one.first for one in streams.values()), max(one.last for one in streams.values())
    traffic = _Traffic(calls)
    for stream in streams.values():
        _end(stream, streams, traffic, last, (ended or {}).get(stream.name))
        stream.continues = _continues(stream, traffic, first, last)
    quarantine = _quarantine(by_stream, rejects, loads, range(first, last + 1), ended or {})
    logs = Logs(streams, first, last, quarantine)
    for stream in streams.values():
        _judge(stream, logs, last)
    for name in quarantine.keys() & streams.keys():
        for hour in quarantine[name] & streams[name].hours.keys():
            judged = streams[name].hours[hour]
            judged.state, judged.by_quarantine = "missing", True
    return logs


class _Traffic:
    """Calls by customer, stream and hour."""

    def __init__(self, calls: Iterable[Seen]) -> None:
        self.by_hour: dict[int, Counter[tuple[str, Triple]]] = defaultdict(Counter)
        for call in calls:
            self.by_hour[call.hour][call.stream, call.triple] += 1

    def in_hours(self, hours: range) -> Iterator[tuple[str, Triple, int]]:
        for hour in hours:
            for (stream, triple), count in self.by_hour.get(hour, {}).items():
                yield stream, triple, count

    def customers_in(self, stream: str, hours: range) -> set[Triple]:
        return {triple for other, triple, _ in self.in_hours(hours) if other == stream}

    def cover(self, stream: str, customers: set[Triple], window: range, base: range) -> bool:
        """Whether other streams hold nine in ten of these customers, and two thirds of their calls, in the window as in the base."""
        if not len(window):
            return False
        elsewhere = [(triple, count) for other, triple, count in self.in_hours(window) if other != stream]
        seen = {triple for triple, _ in elsewhere} & customers
        calls = sum(count for triple, count in elsewhere if triple in customers)
        before = sum(count for _, triple, count in self.in_hours(base) if triple in customers)
        return 10 * len(seen) >= 9 * len(customers) and 3 * calls * len(base) >= 2 * before * len(window)


def _end(
    stream: Stream, streams: Mapping[str, Stream], traffic: _Traffic, lake_hour: int, declared: int | None
) -> None:
    stream.end = lake_hour
    last = stream.last
    if last == lake_hour:
        return
    if declared is not None and day_of(last) <= declared:
        stream.end, stream.ending = min(hours_of(declared)[-1], lake_hour), "declared"
        return
    base = range(max(last - MONTH_HOURS + 1, stream.first), last + 1)
    customers = traffic.customers_in(stream.name, base)
    begun = sorted(other.first for other in streams.values() if other is not stream and other.first > last)
    windows = [(last, range(last + 1, min(last + MONTH_HOURS, lake_hour) + 1))]
    windows += [(start, range(start, min(start + MONTH_HOURS - 1, lake_hour) + 1)) for start in begun]
    for start, window in windows:
        if traffic.cover(stream.name, customers, window, base):
            stream.end, stream.ending = start, "handed_over"
            return
    stream.ending = "stopped"


def _continues(stream: Stream, traffic: _Traffic, lake_begin: int, lake_hour: int) -> bool:
    if stream.first <= lake_begin:
        return False
    base = range(stream.first, min(stream.first + MONTH_HOURS - 1, lake_hour) + 1)
    window = range(max(stream.first - MONTH_HOURS, lake_begin), stream.first)
    return traffic.cover(stream.name, traffic.customers_in(stream.name, base), window, base)


def _quarantine(
    by_stream: Mapping[str, Counter[int]],
    rejects: Sequence[Rejected],
    loads: Sequence[Loaded],
    lake: range,
    ended: Mapping[str, int],
) -> dict[str, set[int]]:
    platform = [one for one in rejects if one.is_of_the_platform]
    timed: Counter[tuple[str, int]] = Counter()
    timed_of_load: Counter[str] = Counter()
    untimed_of_load: Counter[str] = Counter()
    for reject in rejects:
        if reject.at is not None:
            timed_of_load[reject.load] += 1
    for reject in platform:
        if reject.at is None:
            untimed_of_load[reject.load] += 1
        else:
            timed[reject.stream, day_of(int(reject.at.timestamp()) // 3600)] += 1
    found: dict[str, set[int]] = defaultdict(set)
    for (stream, day), count in timed.items():
        if count > sum(by_stream.get(stream, Counter())[hour] for hour in hours_of(day)):
            found[stream].update(hours_of(day))
    for load in loads:
        if untimed_of_load[load.load] > load.calls + timed_of_load[load.load]:
            hours = lake if load.first is None or load.last is None else range(load.first, load.last + 1)
            found[load.stream].update(hours)
    return {
        stream: {hour for hour in hours if hour in lake and (stream not in ended or day_of(hour) <= ended[stream])}
        for stream, hours in found.items()
    }


# -- the states of the hours --------------------------------------------------------------------------------------------


def _judge(stream: Stream, logs: Logs, lake_hour: int) -> None:
    missing = _missing(stream, logs)
    thin = _thin(stream, logs, missing, lake_hour)
    for hour, slot in stream.slots.items():
        state: State = "missing" if hour in missing else "thin" if hour in thin else "complete"
        expected = {"missing": missing, "thin": thin}.get(state, {}).get(hour)
        known = [one for one in (slot.expected, expected) if one is not None]
        stream.hours[hour] = Hour(
            slot.calls,
            state,
            max(known) if known else None,
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


def _missing(stream: Stream, logs: Logs) -> dict[int, float]:
    """The missing hours, with what the tests of days expect of one."""
    found = dict.fromkeys(_missing_by_hours(stream, logs), 0.0)
    for day, expected in _missing_by_days(stream, logs).items():
        found |= dict.fromkeys(hours_of(day), expected / 24)
    for silence in _silences(stream):
        is_at_the_end = silence[0] > stream.last
        if (is_at_the_end or len(silence) > LONG_SILENCE) and any(hour in found for hour in silence):
            found = dict.fromkeys(silence, 0.0) | found
    return found


def _silences(stream: Stream) -> list[list[int]]:
    return list(_runs(hour for hour, slot in stream.slots.items() if not slot.calls))


def _missing_by_hours(stream: Stream, logs: Logs) -> Iterator[int]:
    for silence in _silences(stream):
        told = [
            hour for hour in silence if stream.slots[hour].is_low and not logs.is_holiday(stream.name, day_of(hour))
        ]
        if sum(stream.slots[hour].expected or 0 for hour in told) / stream.burst >= SURE:
            yield from told


def _missing_by_days(stream: Stream, logs: Logs) -> dict[int, float]:
    """The days that are missing by the test of days, or of runs of days, with the calls expected of one."""
    found: dict[int, float] = {}
    for run in _runs(day for day, slot in stream.days.items() if not slot.calls):
        told = {
            day: stream.days[day].expected or 0.0
            for day in run
            if stream.days[day].is_low and not logs.is_holiday(stream.name, day)
        }
        if sum(told.values()) / stream.burst_of_days >= SURE:
            found |= told
        if (mean := _run_test(stream, logs, run)) is not None:
            found |= {day: max(found.get(day, 0.0), mean) for day in run}
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


def _thin(stream: Stream, logs: Logs, missing: Mapping[int, float], lake_hour: int) -> dict[int, float]:
    found: dict[int, float] = {}
    for silence in _silences(stream):
        low = [hour for hour in silence if stream.slots[hour].is_low]
        if sum(stream.slots[hour].expected or 0 for hour in low) / stream.burst >= SURE:
            found |= {hour: 0.0 for hour in low if logs.is_holiday(stream.name, day_of(hour))}
    for hour, slot in stream.slots.items():
        is_cut = hour in {stream.first, lake_hour}
        if slot.calls and slot.is_low and not is_cut and _is_far_below(slot, stream.burst):
            found[hour] = 0.0
    for day, whole in stream.days.items():
        if whole.calls and whole.is_low and _is_far_below(whole, stream.burst_of_days):
            for hour in hours_of(day):
                slot = stream.slots[hour]
                if hour not in missing and slot.calls < (slot.expected or 0):
                    found[hour] = (whole.expected or 0) / 24
    return found


def _is_far_below(slot: Slot, burst: float) -> bool:
    return 2 * (math.sqrt(slot.expected or 0) - math.sqrt(slot.calls)) >= 5 * math.sqrt(burst)


def _has_power(stream: Stream, logs: Logs) -> bool:
    """Whether a silence of ten days would be noticed."""
    days = [
        slot.expected or 0
        for day, slot in stream.days.items()
        if day <= day_of(stream.last) and not logs.is_holiday(stream.name, day)
    ]
    hours = [slot.expected or 0 for hour, slot in stream.slots.items() if hour <= stream.last]
    lived = {day_of(hour) for hour in range(stream.first, stream.last + 1)}
    active = sum(stream.calls_on(day) > 0 for day in lived) / len(lived)
    return (
        (bool(days) and 10 * statistics.mean(days) / stream.burst_of_days >= SURE)
        or 240 * statistics.mean(hours) / stream.burst >= SURE
        or (1 - min(active, 0.9)) ** 10 < RARE
    )
