"""How unusual a silence of a pair is, against the hours in which it usually calls.

An hour is active or not: a burst of calls is one event. The chance that an hour is active comes from the same hour of the
week in the eight weeks before. Eight looks say little, so it leans on the same hour of the same kind of day, and this one on all
hours: each level weighs as one look. A flat prior instead would expect a call now and then in each of the 168 hours, and call the
nights of an office application a silence. The surprise of a silence is the sum of -ln(1 - q) over its hours.

Hours are not independent: holidays, month ends, a program that is off for a week. So the pair's own past is asked as well. A silence
counts if it is improbable by the hours and also clearly longer, by the same measure, than every pause before it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

WEEKS: Final = 8
LEAST_ACTIVE: Final = 20
"""With fewer active hours a pair has no rhythm yet."""
UNUSUAL: Final = math.log(10_000)
"""The surprise from which on a silence is improbable: 1 in 10,000."""
CLEARLY_LONGER: Final = 1.5
HOUR: Final = dt.timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Silence:
    """The time since the last call. Hours that the logs miss do not count.

    `expected`: the active hours that the rhythm expects in it. `surprise`: the negative logarithm of the chance of none; null
    without a rhythm. `longest_pause` and `longest_surprise`: the pause before it that was most surprising, in hours.
    """

    hours: int
    masked_hours: int
    expected: float | None
    surprise: float | None
    longest_pause: int | None
    longest_surprise: float | None
    pauses: int

    @property
    def chance(self) -> float | None:
        """How probable this silence is by the pair's hours, if these were independent."""
        return None if self.surprise is None else math.exp(-self.surprise)

    @property
    def is_unusual(self) -> bool:
        """Whether it is improbable and clearly longer than every pause before."""
        if self.surprise is None or self.surprise < UNUSUAL:
            return False
        return self.surprise >= CLEARLY_LONGER * (self.longest_surprise or 0.0)


def silence(
    active: Collection[dt.datetime], observed: Sequence[dt.datetime], masked: Collection[dt.datetime], zone: ZoneInfo
) -> Silence:
    """The silence after the last of the active hours.

    All are the beginnings of hours, in UTC. `observed`: the hours that the logs hold, in order. `masked`: those that they miss.
    """
    called = set(active)
    last = max(called)
    since = [hour for hour in observed if hour > last]
    masked_hours = sum(hour > last for hour in masked)
    before = [hour for hour in observed if min(called) <= hour <= last]
    learnt = [hour for hour in before if hour > last - dt.timedelta(weeks=WEEKS)]
    if len(called) < LEAST_ACTIVE or not learnt:
        return Silence(
            hours=len(since),
            masked_hours=masked_hours,
            expected=None,
            surprise=None,
            longest_pause=None,
            longest_surprise=None,
            pauses=0,
        )
    rhythm = _Rhythm(learnt, called, zone)
    pauses = _pauses(before, called)
    surprises = [(rhythm.surprise(pause), len(pause)) for pause in pauses]
    longest = max(surprises, default=None)
    return Silence(
        hours=len(since),
        masked_hours=masked_hours,
        expected=round(sum(map(rhythm.chance, since)), 2),
        surprise=round(rhythm.surprise(since), 2),
        longest_pause=longest[1] if longest else None,
        longest_surprise=round(longest[0], 2) if longest else None,
        pauses=len(pauses),
    )


class _Rhythm:
    """The chance of a call in each hour of the week."""

    def __init__(self, learnt: Sequence[dt.datetime], called: Collection[dt.datetime], zone: ZoneInfo) -> None:
        self._zone = zone
        seen: dict[tuple[int, int] | int, list[int]] = {}
        for hour in learnt:
            local = hour.astimezone(zone)
            for slot in (_kind(local), _slot(local)):
                counts = seen.setdefault(slot, [0, 0])
                counts[0] += hour in called
                counts[1] += 1
        rate = sum(hour in called for hour in learnt) / (len(learnt) + 1)
        self._rate = rate
        self._kinds = {
            slot: (active + rate) / (hours + 1) for slot, (active, hours) in seen.items() if isinstance(slot, tuple)
        }
        self._slots = {slot: counts for slot, counts in seen.items() if isinstance(slot, int)}

    def chance(self, hour: dt.datetime) -> float:
        local = hour.astimezone(self._zone)
        of_kind = self._kinds.get(_kind(local), self._rate)
        active, hours = self._slots.get(_slot(local), (0, 0))
        return (active + of_kind) / (hours + 1)

    def surprise(self, hours: Sequence[dt.datetime]) -> float:
        return sum(-math.log1p(-self.chance(hour)) for hour in hours)


def _kind(local: dt.datetime) -> tuple[int, int]:
    """Workday, Saturday or Sunday, and the hour of the clock."""
    return max(0, local.weekday() - 4), local.hour


def _slot(local: dt.datetime) -> int:
    return local.weekday() * 24 + local.hour


def _pauses(hours: Sequence[dt.datetime], called: Collection[dt.datetime]) -> list[list[dt.datetime]]:
    """The runs of observed hours between active ones."""
    pauses: list[list[dt.datetime]] = []
    running: list[dt.datetime] = []
    for hour in hours:
        if hour not in called:
            running.append(hour)
        elif running:
            pauses.append(running)
            running = []
    return pauses
