"""Hours, days and weeks as the oracle counts them, and the holidays of the Netherlands.

An hour is a whole number since 1970 in UTC. A day is local, as `date.toordinal()` numbers it. A week begins on Monday.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TypeAlias
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
Place: TypeAlias = tuple[int, tuple[int, int]]
"""A week, and the weekday and hour in it."""


@cache
def clock_of(hour: int) -> dt.datetime:
    """The local time at the beginning of an hour."""
    return dt.datetime.fromtimestamp(hour * 3600, AMSTERDAM)


@cache
def day_of(hour: int) -> int:
    return clock_of(hour).date().toordinal()


@cache
def hours_of(day: int) -> range:
    """The 23 to 25 hours of a local day."""
    date = dt.date.fromordinal(day)
    first, end = (
        int(dt.datetime.combine(one, dt.time(), AMSTERDAM).timestamp()) // 3600
        for one in (date, date + dt.timedelta(days=1))
    )
    return range(first, end)


def week_of(day: int) -> int:
    return (day - 1) // 7


@cache
def local_place(hour: int) -> Place:
    """The week, and the weekday and hour in it, by the local clock."""
    clock = clock_of(hour)
    day = clock.date().toordinal()
    return week_of(day), ((day - 1) % 7, clock.hour)


@cache
def offset_of(hour: int) -> dt.timedelta | None:
    """The offset of the local clock from UTC."""
    return clock_of(hour).utcoffset()


def easter(year: int) -> int:
    """The day of Easter Sunday, by Gauss's rule, for the years 1900 to 2099."""
    a, b, c = year % 19, year % 4, year % 7
    d = (19 * a + 24) % 30
    e = (2 * b + 4 * c + 6 * d + 5) % 7
    if (d, e) == (29, 6) or ((d, e) == (28, 6) and a > 10):
        e -= 7
    return dt.date(year, 3, 22).toordinal() + d + e


@cache
def holidays_of(year: int) -> frozenset[int]:
    def on(month: int, day: int) -> int:
        return dt.date(year, month, day).toordinal()

    king = on(4, 27) if dt.date(year, 4, 27).weekday() != 6 else on(4, 26)
    days = {on(1, 1), king, on(5, 5), *(on(12, day) for day in range(24, 32))}
    # Good Friday, Easter Sunday and Monday, Ascension and the day after, Whit Sunday and Monday
    return frozenset(days | {easter(year) + later for later in (-2, 0, 1, 39, 40, 49, 50)})
