"""Logs of offices, of jobs and of single days, and their completeness."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.registry import RegistryFiles
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import AMSTERDAM, call, given_snapshot

if TYPE_CHECKING:
    from analytics.scope import Scope

Calls = list[dict[str, Any]]
Row = tuple[str, dt.datetime, int, float | None, str, str | None]

MONDAY = dt.date(2026, 9, 7)
OFFICE = range(9, 17)


def local(day: dt.date, hour: int, *, fold: int = 0) -> dt.datetime:
    """An hour by the clock of Amsterdam, in UTC; fold=1 is the second one of that name in October."""
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=AMSTERDAM, fold=fold).astimezone(dt.UTC)


def calls_in(hour: dt.datetime, count: int, **said: Any) -> Calls:
    """This number of calls in the second half of an hour."""
    return [call(**{"called_at": f"{hour + dt.timedelta(minutes=30, seconds=n)}"} | said) for n in range(count)]


def office(weeks: int, per_hour: int | Callable[[dt.date, int], int], *, since: dt.date = MONDAY, **said: Any) -> Calls:
    """Calls in the eight hours from 9 to 17 of every working day."""
    days = [since + dt.timedelta(weeks=week, days=day) for week in range(weeks) for day in range(5)]
    return [
        row
        for day in days
        for hour in OFFICE
        for row in calls_in(local(day, hour), per_hour if isinstance(per_hour, int) else per_hour(day, hour), **said)
    ]


def but(usual: int, *, on: dt.date, at: range = OFFICE, then: int = 0) -> Callable[[dt.date, int], int]:
    """The usual number of calls but for some hours of one day."""
    return lambda day, hour: then if day == on and hour in at else usual


def completeness(folder: Path, calls: Calls, scope: Scope | None = None) -> list[Row]:
    """The metric over these calls."""
    with Warehouse.over(given_snapshot(folder, calls), RegistryFiles()) as warehouse:
        return warehouse.metric("completeness", scope).rows()


def not_complete(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row[4] != "complete"]


WEDNESDAY = dt.date(2026, 9, 16)
"""In the second of three weeks."""


# -- small logs: by the day, and by how many days in a row


def daily(since: dt.date, days: int, per_day: Callable[[dt.date], int], **said: Any) -> Calls:
    """This number of calls each day, at random hours: too few for a rhythm."""
    rows: Calls = []
    for number in range(days):
        day = since + dt.timedelta(days=number)
        chance = random.Random(day.toordinal())
        for nth in range(per_day(day)):
            rows += calls_in(local(day, chance.randrange(24)) + dt.timedelta(seconds=nth), 1, **said)
    return rows


JUNE = dt.date(2026, 6, 1)
"""No holiday comes after it until Christmas."""
