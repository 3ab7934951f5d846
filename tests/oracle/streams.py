"""One stream: its calls by hour and by day, and the calls to expect in them, by its other weeks. `logs.py` has the definitions."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

from tests.oracle.clock import Place, day_of, hours_of, local_place, offset_of, week_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


State: TypeAlias = Literal["complete", "thin", "missing"]
Reading: TypeAlias = tuple[float | None, bool]
"""The expected calls of an hour by one of the clocks, and whether the hour is low."""


@dataclass
class Slot:
    """The calls of an hour or a day, compared with other weeks."""

    calls: int
    expected: float | None
    is_low: bool
    is_busy: bool
    readings: tuple[Reading, Reading] | None = None
    """For a silent hour: its reading by the local clock, and by UTC."""

    def read_by(self, clock: int) -> Reading:
        return self.readings[clock] if self.readings is not None else (self.expected, self.is_low)


@dataclass
class Hour:
    """One hour of a stream, judged."""

    calls: int
    state: State
    expected: float | None
    by_quarantine: bool = False
    is_holiday: bool = False


@dataclass
class Stream:
    """One stream's calls by hour, and its life. A stream with only stray calls has no life."""

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
        """Its calls in an hour, without stray ones."""
        return self.calls[hour] if self.first <= hour <= self.last else 0

    @cached_property
    def weeks(self) -> list[int]:
        """The weeks of its life with calls."""
        return sorted({week_of(day_of(hour)) for hour in self.calls if self.lived(hour)})

    @cached_property
    def slots(self) -> dict[int, Slot]:
        """Every hour of its life."""
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
        """Whether the calls of this hour may stand just outside the silence, by that clock. Outside the life nobody knows, and they may."""
        outside = hour - 1 if is_autumn is (clock == 0) else hour + 1
        return not self.first <= outside <= self.end or self.lived(outside) > 0

    def _lapses(self, calls: Mapping[int, int]) -> dict[int, tuple[float, list[int]]]:
        """The weeks in which a slot has lapsed, each with its expected calls and the weeks that these come from. `calls` are by week."""
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
        """The calls of a day, spread over its hours like the expected ones. If those are fewer than half of the calls, evenly."""
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
        """The calls of a day divided by the expected ones, over its hours with calls. None if fewer than three hours have both."""
        comparable = [
            slot
            for hour in hours_of(day)
            if (slot := self.slots.get(hour)) is not None and slot.calls and slot.expected
        ]
        return (
            sum(slot.calls for slot in comparable) / sum(slot.expected or 0 for slot in comparable)
            if len(comparable) >= 3
            else None
        )


def _compared(calls: int, others: Sequence[int]) -> Slot:
    """A slot with this number of calls, compared with the same slot in other weeks."""
    return Slot(
        calls,
        statistics.median(others) if others else None,
        _mostly(other > 2 * calls for other in others),
        _mostly(other > 0 for other in others),
    )


def _is_autumn(hour: int, offsets: set[dt.timedelta | None]) -> bool:
    """Whether some of the compared hours have summer time and this hour has not."""
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
    deviations = [
        abs(slot.calls - slot.expected) / math.sqrt(slot.expected) for slot in slots if slot.is_busy and slot.expected
    ]
    return max(1.0, (statistics.median(deviations) / 0.6745) ** 2) if deviations else 1.0
