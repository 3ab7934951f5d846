"""What may happen to a log: it is whole, ends, is renamed, misses hours, holds damaged lines and the like."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from tests.oracle.clock import hours_of


@dataclass(frozen=True)
class Lost:
    """A part of the week that is not loaded on these days. Hours are in UTC, and Monday is 0."""

    days: range
    hours: range = range(24)
    weekdays: range = range(7)

    def has(self, day: int, hour: int) -> bool:
        return day in self.days and hour % 24 in self.hours and (day - 1) % 7 in self.weekdays


@dataclass
class Log:
    """How a log is written. Days are ordinals. `until` is exclusive."""

    name: str
    customers: list[tuple[str, str]]
    """Each customer with its integration."""
    since: int
    until: int
    per_day: float
    product: str = "profit"
    environment: str = "production"
    shape: str = "office"
    unlogged: range = range(0)
    rejected: range = range(0)
    unloaded: range = range(0)
    lost: Lost | None = None
    untimed: int = 0
    """How many lines without a time are rejected, in a load of their own."""
    muted: range = range(0)
    """Days on which the header is in the log and always empty."""
    torn: frozenset[str] = frozenset()
    """Customers whose lines are all damaged."""


Story: TypeAlias = Callable[[random.Random, Log, "Place"], list[Log]]


@dataclass
class Place:
    """The common ground of a world's stories."""

    since: int
    until: int
    others: list[Log]
    ended: dict[str, int] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    """Old ids, by the ids that replace them."""
    is_ahead: bool = False
    """Whether the logs were loaded in the night after their last day."""


def _whole(_random: random.Random, log: Log, _place: Place) -> list[Log]:
    return [log]


def _stopped(random: random.Random, log: Log, place: Place) -> list[Log]:
    return [replace(log, until=place.until - random.choice([3, 12, 28, 31, 45, 70]))]


def _declared(random: random.Random, log: Log, place: Place) -> list[Log]:
    [stopped] = _stopped(random, log, place)
    place.ended[log.name] = stopped.until - 1
    return [stopped]


def _renamed(random: random.Random, log: Log, place: Place) -> list[Log]:
    day = place.until - random.choice([10, 25, 40])
    lapse = random.choice([0, 0, 4])
    return [replace(log, until=day), replace(log, name=f"{log.name}-new", since=day + lapse)]


def _renamed_with_its_ids(random: random.Random, log: Log, place: Place) -> list[Log]:
    """On the same day, the partner gets another number and the log another name."""
    old, new = _renamed(random, log, place)
    ids = {integration: f"{int(integration[:7]) + 800_000}_{integration[8:]}" for _, integration in log.customers}
    place.replaced |= {other: integration for integration, other in ids.items()}
    return [old, replace(new, customers=[(customer, ids[integration]) for customer, integration in log.customers])]


def _renamed_by_chance(random: random.Random, log: Log, place: Place) -> list[Log]:
    day = place.until - random.choice([12, 31, 40])
    newcomer = replace(log, name=f"{log.name}-other", since=day)
    which = random.choice(["product", "environment", "customers", "volume", "integration"])
    if which == "product":
        newcomer = replace(
            newcomer, product="sb", customers=[(f"made/up{n}", i) for n, (_, i) in enumerate(log.customers)]
        )
    elif which == "environment":
        newcomer = replace(newcomer, environment="test")
    elif which == "customers":
        newcomer = replace(newcomer, customers=[(str(int(customer) + 500), i) for customer, i in log.customers])
    elif which == "integration":
        newcomer = replace(newcomer, customers=[(customer, "1700001_1") for customer, _ in log.customers])
    else:
        newcomer = replace(newcomer, per_day=log.per_day / 4)
    return [replace(log, until=day), newcomer]


def _not_logged(random: random.Random, log: Log, place: Place) -> list[Log]:
    begin = place.until - random.choice([20, 35, 60])
    return [replace(log, unlogged=range(begin, begin + random.choice([1, 10, 90])))]


def _rejected(random: random.Random, log: Log, place: Place) -> list[Log]:
    begin = place.until - random.choice([35, 20])
    return [replace(log, rejected=range(begin, begin + random.choice([3, 35])))]


def _small(random: random.Random, log: Log, place: Place) -> list[Log]:
    begin = place.until - random.choice([15, 25])
    return [replace(log, per_day=random.choice([0.3, 2, 10]), shape="all_day", unloaded=range(begin, begin + 10))]


def _late(random: random.Random, log: Log, place: Place) -> list[Log]:
    return [replace(log, since=place.until - random.choice([10, 40]))]


def _partly(random: random.Random, log: Log, place: Place) -> list[Log]:
    begin = place.until - random.choice([20, 50])
    return [replace(log, since=begin, until=begin + 10)]


def _gap(random: random.Random, log: Log, place: Place) -> list[Log]:
    begin = place.until - random.choice([8, 25, 40])
    return [replace(log, unloaded=range(begin, begin + random.choice([1, 2, 9])))]


def _nightly(random: random.Random, log: Log, place: Place) -> list[Log]:
    [gap] = random.choice([_whole, _gap])(random, log, place)
    return [replace(gap, shape=random.choice(["nightly", "nightly_utc"]), per_day=20)]


def _afternoons(random: random.Random, log: Log, place: Place) -> list[Log]:
    begin = place.until - random.choice([31, 45, 62])
    days = range(begin, begin + random.choice([20, 27, 40, 90]))
    return [replace(log, shape=random.choice(["office", "all_day"]), per_day=98, lost=Lost(days, hours=range(12, 20)))]


def _weekends(random: random.Random, log: Log, place: Place) -> list[Log]:
    begin = place.until - random.choice([32, 46])
    days = range(begin, begin + random.choice([20, 31, 90]))
    return [replace(log, shape="all_day", per_day=random.choice([15, 98]), lost=Lost(days, weekdays=range(5, 7)))]


def _nights_after_the_change(random: random.Random, log: Log, place: Place) -> list[Log]:
    """A job runs at night, by UTC or by the local clock. Soon after the clock changes, the log ends or some nights are lost."""
    changed = next((day for day in range(place.since, place.until) if len(hours_of(day)) != 24), place.until - 20)
    begin = changed + random.choice([1, 4, 9, 20])
    return [
        replace(
            log,
            shape=random.choice(["nightly", "nightly_utc"]),
            per_day=random.choice([6, 12]),
            unloaded=range(begin, begin + 4),
            until=random.choice([begin + 4, place.until]),
        )
    ]


def _unread(random: random.Random, log: Log, _place: Place) -> list[Log]:
    return [replace(log, untimed=random.choice([3, 50]))]


def _muted(random: random.Random, log: Log, place: Place) -> list[Log]:
    """The log of one partner or two shows no ids, for a few days or many, at its end or before."""
    second = [(str(int(customer) + 500), f"15{integration[2:]}") for customer, integration in log.customers[:3]]
    log.customers += second if random.random() < 0.8 else []
    begin = place.until - random.choice([3, 12, 31, 45])
    return [replace(log, muted=range(begin, random.choice([begin + 8, place.until, place.until])))]


def _torn(random: random.Random, log: Log, _place: Place) -> list[Log]:
    torn = random.sample(log.customers, random.choice([1, 2, 3]))
    return [replace(log, torn=frozenset(customer for customer, _ in torn))]


def _strayed(random: random.Random, log: Log, place: Place) -> list[Log]:
    day = random.choice([place.since - 420, place.until + 9])
    return [log, replace(log, since=day, until=day + 1, per_day=1, shape="all_day")]


def _ahead(random: random.Random, log: Log, place: Place) -> list[Log]:
    """Some lines come from a clock that is up to two days fast, in a log with others or in a log of their own."""
    place.is_ahead = True
    name = random.choice([log.name, f"{log.name}-fast"])
    return [log, replace(log, name=name, since=place.until + 1, until=place.until + 2, per_day=random.choice([1, 20]))]


STORIES: dict[str, Story] = {
    "whole": _whole,
    "stopped": _stopped,
    "declared": _declared,
    "renamed": _renamed,
    "renamed_with_its_ids": _renamed_with_its_ids,
    "renamed_by_chance": _renamed_by_chance,
    "not_logged": _not_logged,
    "rejected": _rejected,
    "small": _small,
    "late": _late,
    "partly": _partly,
    "gap": _gap,
    "nightly": _nightly,
    "afternoons": _afternoons,
    "weekends": _weekends,
    "nights_after_the_change": _nights_after_the_change,
    "unread": _unread,
    "torn": _torn,
    "muted": _muted,
    "strayed": _strayed,
    "ahead": _ahead,
}
