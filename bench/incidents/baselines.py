"""Simple rules to compare with: three sigma, and C2 of EARS. Each looks at the errors of integrations, or of each customer of one.

    three sigma  the errors of an hour against the same hour of the day in the 28 days before it (7 at least): more than the mean and
                 three standard deviations
    EARS C2      the errors of a day against the 7 days before it, the last two left out: more than the mean and three standard
                 deviations. It is the detector of syndromic surveillance (Early Aberration Reporting System)

Both count each class of errors by itself, as the product does, and hours and days without errors are zeros. What is written down for
days is known in the hour in which the day's errors are too many already, and not at midnight, which is kind to C2. Hours within six
hours of each other, and days that follow each other, are one alarm.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from analytics.incidents.course import HOUR, SAME_WITHIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from analytics.warehouse.warehouse import Warehouse

DAY: Final = 24 * HOUR
SIGMAS: Final = 3
DAYS_BEFORE: Final = 28
LEAST_DAYS: Final = 7
C2_DAYS: Final = 7
C2_LAG: Final = 2

Place: TypeAlias = tuple[str | None, str | None, str]
"""An integration, a customer if it is one pair's, and a class of errors."""
Hours: TypeAlias = "Mapping[int, int]"
"""Errors by the hour, in seconds since 1970. Hours without errors are not in it."""


@dataclass(frozen=True)
class Alarm:
    """Hours in which a rule says that there are too many errors. It has the names of an incident."""

    integration: str | None
    customer: str | None
    error_class: str
    started_at: dt.datetime
    ended_at: dt.datetime
    opened_at: dt.datetime
    score: float
    connector: str | None = None
    kind: str = "error_spike"
    party: str | None = None
    id: str = ""

    @property
    def why(self) -> str:
        """What the rule saw."""
        return f"{self.score:.0f} errors more than usual"


@dataclass(frozen=True)
class Exceeding:
    """Hours with more errors than the rule allows: `known` is the end of the hour from which on that is certain."""

    since: int
    until: int
    known: int
    score: float


Rule: TypeAlias = "Callable[[Hours, int, int], Iterator[Exceeding]]"
"""The errors of a place, the first hour of the logs, and how many errors more than usual there have to be."""


@dataclass(frozen=True)
class Usual:
    """The mean and the standard deviation (of a sample) of the counts before, and how many errors more there have to be."""

    mean: float
    deviation: float
    least: int

    @classmethod
    def of(cls, counts: Sequence[int], least: int) -> Usual:
        """What these counts tell."""
        mean = sum(counts) / len(counts)
        return cls(mean, math.sqrt(sum((count - mean) ** 2 for count in counts) / (len(counts) - 1)), least)

    def is_exceeded(self, count: int) -> bool:
        """Whether so many are too many."""
        return count > self.mean + SIGMAS * self.deviation and count - self.mean >= self.least


def three_sigma(errors: Hours, first: int, least: int) -> Iterator[Exceeding]:
    """Hours that have more errors than the same hour of the day used to have."""
    for hour, count in sorted(errors.items()):
        days = min(DAYS_BEFORE, (hour - first) // DAY)
        if days < LEAST_DAYS:
            continue
        usual = Usual.of([errors.get(hour - day * DAY, 0) for day in range(1, days + 1)], least)
        if usual.is_exceeded(count):
            yield Exceeding(hour, hour + HOUR, hour + HOUR, count - usual.mean)


def ears_c2(errors: Hours, first: int, least: int) -> Iterator[Exceeding]:
    """Days that have more errors than the seven days used to have that end two days before."""
    days: dict[int, int] = defaultdict(int)
    for hour, count in errors.items():
        days[hour // DAY] += count
    for day, count in sorted(days.items()):
        oldest = day - C2_LAG - C2_DAYS
        if oldest * DAY < first:
            continue
        usual = Usual.of([days.get(oldest + number, 0) for number in range(C2_DAYS)], least)
        if usual.is_exceeded(count):
            yield Exceeding(day * DAY, (day + 1) * DAY, _known(errors, day, usual), count - usual.mean)


def _known(errors: Hours, day: int, usual: Usual) -> int:
    """The end of the hour in which the day has too many errors already."""
    so_far, hour = 0, day * DAY
    while not usual.is_exceeded(so_far):
        so_far += errors.get(hour, 0)
        hour += HOUR
    return hour


def alarms(counted: Mapping[Place, Hours], rule: Rule, *, first: int, least: int) -> list[Alarm]:
    """What a rule says of these places."""
    return [
        Alarm(integration, customer, error_class, _at(one.since), _at(one.until), _at(one.known), one.score)
        for (integration, customer, error_class), errors in counted.items()
        for one in _joined(rule(errors, first, least))
    ]


def _joined(found: Iterable[Exceeding]) -> Iterator[Exceeding]:
    last: Exceeding | None = None
    for one in found:
        if last is not None and one.since - last.until <= SAME_WITHIN:
            last = Exceeding(last.since, one.until, last.known, last.score + one.score)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def _at(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def counted_errors(warehouse: Warehouse, *, by_customer: bool) -> dict[Place, dict[int, int]]:
    """The errors in production of each integration, or of each customer of one, by class and hour."""
    rows = warehouse.query(
        """
        select
            integration,
            if($by_customer, customer, null) as customer,
            error_class(outcome) as class,
            cast(epoch(date_trunc('hour', called_at)) as bigint) as hour,
            count(*) as errors
        from calls
        where environment = 'production' and status >= 400 and integration is not null
        group by all
        order by all
        """,
        {"by_customer": by_customer},
    )
    found: dict[Place, dict[int, int]] = defaultdict(dict)
    for integration, customer, error_class, hour, errors in rows.iter_rows():
        found[integration, customer, error_class][hour] = errors
    return dict(found)


def first_hour(warehouse: Warehouse) -> int:
    """The first hour of the first day with calls, in seconds since 1970."""
    [(first,)] = warehouse.query("select cast(epoch(min(day)) as bigint) from calls").rows()
    return int(first)
