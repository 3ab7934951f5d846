"""Made-up worlds with gaps of every kind: calls, rejected lines, loads and a registry from a seed.

Each world has some logs that are whole and some with a story of `STORIES`. Partners and customers have seven digits.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

from tests.oracle.clock import clock_of, holidays_of, hours_of
from tests.oracle.logs import Loaded, Rejected, Seen
from tests.oracle.verdicts import Registered

PERIODS = (
    (dt.date(2026, 8, 17), dt.date(2026, 11, 22)),  # the clock is put back on 25 October
    (dt.date(2026, 1, 26), dt.date(2026, 5, 10)),  # and forward on 29 March; Easter, the king's birthday
    (dt.date(2026, 10, 5), dt.date(2027, 1, 17)),  # Christmas
)


@dataclass(frozen=True)
class Lost:
    """A part of the week that is not loaded on some days: hours by UTC, weekdays from 0."""

    days: range
    hours: range = range(24)
    weekdays: range = range(7)

    def has(self, day: int, hour: int) -> bool:
        return day in self.days and hour % 24 in self.hours and (day - 1) % 7 in self.weekdays


@dataclass
class Log:
    """How one log is written; days as ordinals, `until` is the day behind the last one."""

    name: str
    customers: list[tuple[str, str]]
    """Each with the integration it is connected by."""
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
    """Lines of a load of its own that are rejected, without a time."""
    muted: range = range(0)
    """Days on which it shows a header that is always empty."""
    torn: frozenset[str] = frozenset()
    """Customers of whom every line is damaged."""


@dataclass
class MadeUp:
    """A world: what the product gets, and what the oracle gets."""

    seed: int
    stories: list[str]
    calls: list[Seen] = field(default_factory=list)
    sent: list[str | None] = field(default_factory=list)
    """The id as each call carried it, before renames."""
    rejects: list[Rejected] = field(default_factory=list)
    loads: list[Loaded] = field(default_factory=list)
    registry: list[Registered] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)
    loaded_at: dt.datetime | None = None
    """When the last log was loaded, where some calls are dated after that."""

    @cached_property
    def renames(self) -> dict[str, str]:
        """The new ids by the old ones."""
        return {one.replaces: one.integration for one in self.registry if one.replaces}


Story: TypeAlias = Callable[[random.Random, Log, "Place"], list[Log]]


@dataclass
class Place:
    """What the stories of a world have in common."""

    since: int
    until: int
    others: list[Log]
    ended: dict[str, int] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    """The old ids by the ones that replace them."""
    is_ahead: bool = False
    """Whether the logs were loaded in the night behind their last day."""


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
    """The partner has got another number on the day on which the log got another name."""
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
    """A job in the night by UTC or by the local clock; the log ends, or the nights are lost, soon after a clock was changed."""
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
    """Of one partner, or of two; for three days or long, at the end or not."""
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
    """A few lines of a clock that is up to two days fast, in a log with others or in one of their own."""
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


def world(seed: int) -> MadeUp:
    """The world of this seed. Stories come up in turn, so that as many seeds as there are have each of them."""
    rng = random.Random(seed)
    since, until = (day.toordinal() for day in PERIODS[seed % len(PERIODS)])
    names = list(STORIES)
    told = [names[(2 * seed + place) % len(names)] for place in (0, 1)] + [rng.choice(names)]
    place = Place(since, until, [])
    logs: list[Log] = []
    for number, story in enumerate(["whole", "whole", *told]):
        customers = [
            (str(7_000_001 + 1000 * number + one), f"{1_000_001 + number}_{1 + one // rng.choice([6, 12])}")
            for one in range(rng.choice([6, 8, 12]))
        ]
        log = Log(f"log{number}", customers, since, until, rng.choice([25, 60, 90]))
        logs += STORIES[story](rng, log, place)
    # a customer of one log is seen in another, too
    logs[0].customers.append(logs[-1].customers[0])
    made = MadeUp(seed, told, ended=place.ended)
    made.registry = _registry(rng, logs, place.replaced)
    is_quiet = rng.random() < 0.7
    for log in logs:
        _write(rng, log, made, is_quiet=is_quiet)
    made.calls, made.sent = (list(some) for some in zip(*_in_order(made), strict=True))
    made.loads = _loads(made)
    if place.is_ahead:
        made.loaded_at = dt.datetime.fromordinal(place.until).replace(hour=2, tzinfo=dt.UTC)
    return made


def _in_order(made: MadeUp) -> list[tuple[Seen, str | None]]:
    return sorted(
        zip(made.calls, made.sent, strict=True), key=lambda pair: (pair[0].at, pair[0].stream, pair[0].customer)
    )


def _registry(rng: random.Random, logs: list[Log], replaced: dict[str, str]) -> list[Registered]:
    """Most integrations, half of them certified; one has replaced another, which was certified, besides those given."""
    found = []
    for integration in sorted({integration for log in logs for _, integration in log.customers} - replaced.keys()):
        if rng.random() < 0.85:
            since = dt.date(2026, 1, 1) if rng.random() < 0.6 else None
            found.append(Registered(integration=integration, certified_since=since))
    given = [Registered(integration=new, replaces=old) for new, old in sorted(replaced.items())]
    if found:
        old = next(one for one in found if one.integration not in replaced.values())
        found.append(Registered(integration="1900001_7", replaces=old.integration))
    return found + given


def _write(rng: random.Random, log: Log, made: MadeUp, *, is_quiet: bool) -> None:
    rest = rng.choice([0.0, 0.08])
    for day in range(log.since, log.until):
        if day in log.unloaded:
            continue
        for hour, calls in sorted(_calls_by_hour(rng, log, day, rest=rest, is_quiet=is_quiet).items()):
            if log.lost is not None and log.lost.has(day, hour):
                continue
            for _ in range(calls):
                at = dt.datetime.fromtimestamp(hour * 3600 + rng.randrange(3600), dt.UTC)
                _add(rng, log, made, at, day)
    for _ in range(log.untimed):
        made.rejects.append(
            Rejected(
                load=f"{log.name}-untimed", stream=f"{log.name}-untimed", reason="bad_time", at=None, integration=None
            )
        )


def _calls_by_hour(rng: random.Random, log: Log, day: int, *, rest: float, is_quiet: bool) -> Counter[int]:
    """How many calls in which hours: office hours, all day, or a job in the night. `rest`: the share left where offices rest."""
    hours = list(hours_of(day))
    if log.shape == "nightly":
        return Counter({hour: round(log.per_day) for hour in hours if clock_of(hour).hour == 3})
    if log.shape == "nightly_utc":
        return Counter({hour: round(log.per_day) for hour in hours if hour % 24 == 1})
    weekday = (day - 1) % 7
    expected = log.per_day
    if log.shape == "office":
        expected *= rest if weekday > 4 or (is_quiet and day in holidays_of(dt.date.fromordinal(day).year)) else 1
        hours = [hour for hour in hours if 8 <= clock_of(hour).hour < 18]
    whole, part = divmod(expected * rng.uniform(0.85, 1.15), 1)
    return Counter(rng.choice(hours) for _ in range(int(whole) + (rng.random() < part)))


def _add(rng: random.Random, log: Log, made: MadeUp, at: dt.datetime, day: int) -> None:
    """Somebody calls; a few without an id, to their own environment, in vain or for a token only. A few lines are damaged."""
    customer, integration = rng.choice(log.customers)
    if day in log.rejected:
        made.rejects.append(
            Rejected(load=f"{log.name}-1", stream=log.name, reason="unknown_host", at=at, integration=integration)
        )
        return
    chance = rng.random()
    sent = None if day in log.unlogged or day in log.muted or chance < 0.02 else integration
    meant = made.renames.get(sent, sent) if sent is not None else None
    is_own = sent is not None and 0.02 <= chance < 0.03 and log.product == "profit"
    if is_own and sent is not None:
        customer = sent.split("_")[0]
    if customer in log.torn or chance > 0.997:
        is_told = rng.random() < 0.6
        made.rejects.append(
            Rejected(
                load=f"{log.name}-1",
                stream=log.name,
                reason=rng.choice(["not_a_record", "bad_status"]),
                at=at if rng.random() < 0.9 else None,
                integration=meant if is_told else None,
                sent=sent if is_told else None,
                customer=customer if log.product == "profit" and rng.random() < 0.9 else None,
                environment=log.environment,
            )
        )
        return
    made.sent.append(sent)
    made.calls.append(
        Seen(
            at=at,
            stream=log.name,
            product=log.product,
            environment=log.environment,
            customer=customer,
            integration=meant,
            id_status="not_logged" if day in log.unlogged else "valid" if sent is not None else "missing",
            own=is_own,
            status=500 if 0.03 <= chance < 0.06 else 200,
            operation="auth" if 0.06 <= chance < 0.08 else rng.choice(["get", "get", "insert"]),
            connector=rng.choice(["KnSubject", "KnPerson"]),
        )
    )


def _loads(made: MadeUp) -> list[Loaded]:
    """A load for each stream, and for each load that only rejects tell of."""
    hours: dict[str, list[int]] = {}
    for call in made.calls:
        hours.setdefault(call.stream, []).append(call.hour)
    found = [
        Loaded(load=f"{stream}-1", stream=stream, calls=len(some), first=min(some), last=max(some))
        for stream, some in hours.items()
    ]
    others = {(one.load, one.stream) for one in made.rejects} - {(one.load, one.stream) for one in found}
    return found + [Loaded(load=load, stream=stream, calls=0, first=None, last=None) for load, stream in sorted(others)]
