"""Made-up worlds with gaps of every kind: calls, rejected lines, loads and a registry from a seed.

Each world has some logs that are whole and some with a story of `STORIES`. Partners and customers have seven digits.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from tests.oracle.asked import Registered
from tests.oracle.clock import clock_of, holidays_of, hours_of
from tests.oracle.seen import Loaded, Rejected, Seen
from tests.oracle.stories import STORIES, Log, Place

PERIODS = (
    (dt.date(2026, 8, 17), dt.date(2026, 11, 22)),  # the clock is put back on 25 October
    (dt.date(2026, 1, 26), dt.date(2026, 5, 10)),  # and forward on 29 March; Easter, the king's birthday
    (dt.date(2026, 10, 5), dt.date(2027, 1, 17)),  # Christmas
)


@dataclass
class MadeUp:
    """A world, as the product and the oracle read it."""

    seed: int
    stories: list[str]
    calls: list[Seen] = field(default_factory=list)
    sent: list[str | None] = field(default_factory=list)
    """The id that each call carried, before renames."""
    rejects: list[Rejected] = field(default_factory=list)
    loads: list[Loaded] = field(default_factory=list)
    registry: list[Registered] = field(default_factory=list)
    ended: dict[str, int] = field(default_factory=dict)
    loaded_at: dt.datetime | None = None
    """The time of the last load, if calls are dated after it."""

    @cached_property
    def renames(self) -> dict[str, str]:
        """New ids, by old ones."""
        return {one.replaces: one.integration for one in self.registry if one.replaces}


def world(seed: int) -> MadeUp:
    """The world of this seed. Stories take turns: as many seeds in a row as there are stories tell all of them."""
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
    """The registry: most integrations, more than half of them certified, one that replaces another, and the given replacements."""
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
    """The calls of each hour: in office hours, all day, or by a job at night. `rest` is the share of calls when offices are closed."""
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
    """One request: mostly an ordinary call. Some have no id, go to the partner's own environment, fail, only ask for a token, or are damaged."""
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
    """One load for each stream with calls, and the loads that only rejected lines name."""
    hours: dict[str, list[int]] = {}
    for call in made.calls:
        hours.setdefault(call.stream, []).append(call.hour)
    found = [
        Loaded(load=f"{stream}-1", stream=stream, calls=len(some), first=min(some), last=max(some))
        for stream, some in hours.items()
    ]
    others = {(one.load, one.stream) for one in made.rejects} - {(one.load, one.stream) for one in found}
    return found + [Loaded(load=load, stream=stream, calls=0, first=None, last=None) for load, stream in sorted(others)]
