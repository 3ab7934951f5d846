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
- Thin: silence in which so many calls were to be expected on a holiday, and calls five deviations below it, of an hour or of a day.

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
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from tests.oracle.clock import Place, clock_of, day_of, holidays_of, hours_of, local_place, offset_of, week_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

MONTH_HOURS = 672
LONG_SILENCE = 8 * 7 * 24
SURE = 10.0
SURE_OF_STREAKS = 15.0
RARE = 1 / 20_000
FEW_REJECTS = 10
TINY = 1e-9
"""What two ways of dividing may differ by."""

State: TypeAlias = Literal["complete", "thin", "missing"]
Reading: TypeAlias = tuple[float | None, bool]
"""How many calls a clock expects of an hour, and whether it is low."""
Pair: TypeAlias = tuple[str, str, str, str | None]
"""Product, environment, customer and integration; None where the call does not say which."""


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
    def pair(self) -> Pair:
        return self.product, self.environment, self.customer, self.integration


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """One rejected line; None where its time, its id or its customer could not be read."""

    load: str
    stream: str
    reason: str
    at: dt.datetime | None
    integration: str | None
    customer: str | None = None
    environment: str = "production"
    sent: str | None = None
    """The id that the line carries, where another one replaces it now."""

    @property
    def hour(self) -> int | None:
        return None if self.at is None else int(self.at.timestamp()) // 3600

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
    readings: tuple[Reading, Reading] | None = None
    """Of a silent hour: by the local clock and by UTC."""

    def read_by(self, clock: int) -> Reading:
        return self.readings[clock] if self.readings is not None else (self.expected, self.is_low)


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
    believed: dict[int, Reading] = field(default_factory=dict)
    hours: dict[int, Hour] = field(default_factory=dict)
    has_power: bool = False

    def lived(self, hour: int) -> int:
        """Its calls in an hour; a stray one is none."""
        return self.calls[hour] if self.first <= hour <= self.last else 0

    @cached_property
    def weeks(self) -> list[int]:
        """The weeks in which it lives and has calls."""
        return sorted({week_of(day_of(hour)) for hour in self.calls if self.lived(hour)})

    @cached_property
    def slots(self) -> dict[int, Slot]:
        """Every hour from the first to the end."""
        named = defaultdict(list)
        by_name: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(dict)
        for hour in range(self.first, self.last + 1):
            week, name = local_place(hour)
            named[week, name].append(hour)
            by_name[name].setdefault(week, []).append(hour)
        found = {hour: self._slot(hour, named) for hour in range(self.first, self.end + 1)}
        for weeks in by_name.values():
            calls = {week: sum(self.calls[hour] for hour in hours) for week, hours in weeks.items()}
            for week, (expected, others) in self._lapses(calls).items():
                [*twins, hour] = weeks[week]
                if twins:
                    continue
                slot = found[hour]
                offsets = {offset_of(one) for other in others for one in weeks[other]}
                if offsets == {offset_of(hour)}:
                    raised = _raised((slot.expected, slot.is_low), expected)
                    readings = (_raised(slot.read_by(0), expected), _raised(slot.read_by(1), expected))
                    found[hour] = replace(slot, expected=raised[0], is_low=raised[1], readings=readings)
                elif not self._is_unsure(hour, 0, is_autumn=_is_autumn(hour, offsets)):
                    found[hour] = replace(slot, readings=(_raised(slot.read_by(0), expected), slot.read_by(1)))
        return found

    def _is_unsure(self, hour: int, clock: int, *, is_autumn: bool) -> bool:
        """Whether what ran just outside of its silence would stand in this hour by that clock; what is outside is not known."""
        outside = hour - 1 if is_autumn is (clock == 0) else hour + 1
        return not self.first <= outside <= self.end or self.lived(outside) > 0

    def _lapses(self, calls: Mapping[int, int]) -> dict[int, tuple[float, list[int]]]:
        """The weeks in which a slot has lapsed, with what is expected and the weeks that say so; `calls` of the slot by week."""
        found: dict[int, tuple[float, list[int]]] = {}
        weeks = sorted(calls)
        for has_none, group in itertools.groupby(weeks, lambda week: not calls[week]):
            lapse = list(group)
            before = [week for week in self.weeks if week < lapse[0]]
            if not has_none or lapse[0] == weeks[0]:
                continue
            begun = max(week for week in weeks if week < lapse[0])
            ended = next((week for week in weeks if week > lapse[-1]), None)
            length = (weeks[-1] + 1 if ended is None else ended) - begun - 1
            sides = [
                [week for week in before if week <= begun][-4:],
                [week for week in self.weeks if week >= (ended or math.inf)][:4],
            ]
            sides = [[week for week in side if week in calls] for side in sides]
            is_busy = sum(calls[week] > 0 for week in sides[0]) >= 3
            if 3 <= length <= 8 and is_busy and (not sides[1] or _mostly(calls[week] > 0 for week in sides[1])):
                expected = min(statistics.median(calls[week] for week in side) for side in sides if side)
                if expected * length >= 6:
                    found |= dict.fromkeys(lapse, (expected, [*sides[0], *sides[1]]))
        return found

    def _slot(self, hour: int, named: Mapping[Place, list[int]]) -> Slot:
        week, name = local_place(hour)
        near = _near(week, self.weeks)
        local = [other for one in near for other in named.get((one, name), ())]
        utc = [other for one in near if self.first <= (other := hour + 168 * (one - week)) <= self.last]
        twins = [twin for twin in range(hour - 1, hour + 2) if local_place(twin) == (week, name)]
        together = sum(self.lived(twin) for twin in twins)
        if len({offset_of(other) for other in (*local, *utc)}) > 1:
            alike = [other for other in utc if offset_of(other) == offset_of(hour)]
            if len(alike) >= 3:
                return replace(_compared(together, [self.calls[other] for other in alike]), calls=self.lived(hour))
        by_name = _compared(together, [self.calls[other] for other in local])
        by_utc = _compared(self.lived(hour), [self.calls[other] for other in utc])
        medians = [slot.expected for slot in (by_name, by_utc) if slot.expected is not None]
        lesser = (min(medians) if medians else None, by_name.is_low and by_utc.is_low)
        readings = None
        if not self.lived(hour) and len(twins) == 1:
            is_autumn = _is_autumn(hour, {offset_of(other) for other in local})
            by_each = [
                (slot.expected if slot.expected is not None else lesser[0], slot.is_low) for slot in (by_name, by_utc)
            ]
            by_local, by_world = (
                lesser if self._is_unsure(hour, clock, is_autumn=is_autumn) else reading
                for clock, reading in enumerate(by_each)
            )
            readings = (by_local, by_world)
        return Slot(self.lived(hour), *lesser, by_name.is_busy, readings)

    @cached_property
    def whole_days(self) -> range:
        return range(day_of(self.first) + 1, day_of(self.end))

    def calls_on(self, day: int) -> int:
        return sum(self.lived(hour) for hour in hours_of(day))

    @cached_property
    def days(self) -> dict[int, Slot]:
        """Every whole day."""
        lived = {day: self.calls_on(day) for day in self.whole_days if day <= day_of(self.last)}
        found = {}
        for day in self.whole_days:
            near = _near(week_of(day), self.weeks)
            others = [lived[other] for week in near if (other := day + 7 * (week - week_of(day))) in lived]
            found[day] = _compared(self.calls_on(day), others)
        for weekday in range(7):
            days = {week_of(day): day for day in lived if day % 7 == weekday}
            for week, (expected, _) in self._lapses({week: lived[day] for week, day in days.items()}).items():
                found[days[week]] = _lapsed(found[days[week]], expected)
        return found

    def spread(self, day: int, calls: float) -> dict[int, float]:
        """The calls of a day over its hours: as they are expected hour by hour, where that tells of half of them at least."""
        hours = {hour: self.believed[hour][0] or 0.0 for hour in hours_of(day)}
        total = sum(hours.values())
        if total >= calls / 2 and total > 0:
            return {hour: calls * expected / total for hour, expected in hours.items()}
        return dict.fromkeys(hours, calls / 24)

    @cached_property
    def burst(self) -> float:
        return _burst(slot for hour, slot in self.slots.items() if hour <= self.last)

    @cached_property
    def burst_of_days(self) -> float:
        return _burst(slot for day, slot in self.days.items() if day <= day_of(self.last))

    @cached_property
    def rests_at_weekends(self) -> bool:
        """Whether a Saturday or Sunday of its life has fewer than half as many calls as a workday, on average."""
        lived = {day: self.calls_on(day) for day in range(day_of(self.first), day_of(self.last) + 1)}
        weekend = [calls for day, calls in lived.items() if (day - 1) % 7 >= 5]
        workdays = [calls for day, calls in lived.items() if (day - 1) % 7 < 5]
        return 2 * sum(weekend) * len(workdays) < sum(workdays) * len(weekend)

    def level(self, day: int) -> float | None:
        """How much of what was expected was called on a day, over the hours with calls; None where that are too few."""
        told = [
            slot
            for hour in hours_of(day)
            if (slot := self.slots.get(hour)) is not None and slot.calls and slot.expected
        ]
        return sum(slot.calls for slot in told) / sum(slot.expected or 0 for slot in told) if len(told) >= 3 else None


def _compared(calls: int, others: Sequence[int]) -> Slot:
    """What so many calls are beside the others of their kind."""
    return Slot(
        calls,
        statistics.median(others) if others else None,
        _mostly(other > 2 * calls for other in others),
        _mostly(other > 0 for other in others),
    )


def _is_autumn(hour: int, offsets: set[dt.timedelta | None]) -> bool:
    """Whether the clock was ahead of this hour's in the weeks that it is compared with."""
    own = offset_of(hour) or dt.timedelta()
    return any((other or dt.timedelta()) > own for other in offsets)


def _raised(reading: Reading, expected: float) -> Reading:
    return max(reading[0] or 0.0, expected), True


def _lapsed(slot: Slot, expected: float) -> Slot:
    return replace(slot, expected=max(slot.expected or 0.0, expected), is_low=True)


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
    living = [
        number
        for number in range(len(islands))
        if number == main or total[number] >= median_day or 10 * total[number] > total[main]
    ]
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


def _made_by(calls: Sequence[Seen], loaded_at: dt.datetime | None) -> Sequence[Seen]:
    """The calls that were made until then, by the hour."""
    if loaded_at is None:
        return calls
    until = int(loaded_at.timestamp()) // 3600
    return [call for call in calls if call.hour <= until] or calls


class _Traffic:
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
        """Whether other streams hold nine in ten of these pairs, and two thirds of their calls, in the window as in the base.

        A pair without an integration is held by any call of its customer, and every call of its customer is one of its calls.
        Where they have to grow: by half of what the stream itself had.
        """
        if not len(window):
            return False
        elsewhere = [(pair, count) for other, pair, count in self.in_hours(window) if other != stream]
        there = {pair for pair, _ in elsewhere} | {_of_anybody(pair) for pair, _ in elsewhere}
        rate = sum(count for pair, count in elsewhere if _is_among(pair, pairs)) / len(window)
        before = [(other, count) for other, pair, count in self.in_hours(base) if _is_among(pair, pairs)]
        own, of_others = (
            sum(count for other, count in before if (other == stream) == is_own) / len(base) for is_own in (True, False)
        )
        return (
            10 * len(pairs & there) >= 9 * len(pairs)
            and rate >= 2 / 3 * (own + of_others) - TINY
            and (not has_to_grow or rate - of_others >= own / 2 - TINY)
        )


def _of_anybody(pair: Pair) -> Pair:
    return (*pair[:3], None)


def _is_among(pair: Pair, pairs: set[Pair]) -> bool:
    return pair in pairs or _of_anybody(pair) in pairs


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


def _continues(stream: Stream, traffic: _Traffic, lake_begin: int, lake_hour: int) -> bool:
    if stream.first <= lake_begin:
        return False
    base = range(stream.first, min(stream.first + MONTH_HOURS - 1, lake_hour) + 1)
    window = range(max(stream.first - MONTH_HOURS, lake_begin), stream.first)
    pairs = traffic.pairs_in(stream.name, base)
    return traffic.cover(stream.name, pairs, window, base, has_to_grow=False)


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
    """The loads of which more lines have no time than were read, where those are ten or more."""
    timed = Counter(reject.load for reject in rejects if reject.at is not None)
    untimed = Counter(reject.load for reject in rejects if reject.is_of_the_platform and reject.at is None)
    unread = [load for load in loads if untimed[load.load] > load.calls + timed[load.load]]
    return unread if sum(untimed[load.load] for load in unread) >= FEW_REJECTS else []


# -- the states of the hours --------------------------------------------------------------------------------------------


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


def _believed(stream: Stream, logs: Logs, silence: list[int]) -> tuple[dict[int, Reading], float]:
    """A silence as the clock reads it that expects more on ordinary days, and how much that is."""
    both = []
    for clock in (0, 1):
        read = {hour: stream.slots[hour].read_by(clock) for hour in silence}
        told = [
            expected or 0.0
            for hour, (expected, is_low) in read.items()
            if is_low and not logs.is_holiday(stream.name, day_of(hour))
        ]
        both.append((read, sum(told)))
    return both[1] if both[1][1] > both[0][1] + TINY else both[0]


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
