"""Faults of known kind, place, size and time, drawn from a seed.

A fault is written for the links that it concerns: a link is a customer's environment that an integration calls. Its size is the number of
additional errors that are expected in it, by the calls that the links usually make.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from bench.lake.writing import Platform

Place: TypeAlias = Literal["platform", "connector", "integration", "customer", "pair", "integration_connector"]
PARTIES: Final = {
    "platform": "vendor",
    "connector": "vendor",
    "integration": "partner",
    "customer": "customer",
    "integration_connector": "partner",
}
SIZES: Final = (10, 50, 200)
"""Additional errors of a fault."""
QUIET_WEEKS: Final = 3
"""Nothing goes wrong in the first weeks."""


@dataclass(frozen=True)
class Fault:
    """One fault. `size`: additional errors that are expected; None for a silence."""

    place: Place
    integration: str | None
    customer: str | None
    connector: str | None
    since: dt.datetime
    until: dt.datetime
    status: int | None
    size: int | None
    party: str


def draw(connection: DuckDBPyConnection, platform: Platform, *, errors: int, silences: int) -> list[Fault]:
    """Fill `faults` with so many faults of calls and so many silences, each at a place of its own, and tell of those of every lake."""
    chance = random.Random(platform.seed)  # noqa: S311 - a seeded draw, and no secret
    links = _links(connection, platform)
    first = platform.until - dt.timedelta(days=platform.days - 7 * QUIET_WEEKS)
    days = (platform.until - first).days - 2
    made: list[Fault] = []
    places: Sequence[Place] = ("pair", "integration", "customer", "integration_connector", "connector", "platform")
    used: set[str] = set()
    tries = 0
    while len(made) < errors and tries < 50 * errors:
        tries += 1
        place = places[len(made) % len(places)]
        size = SIZES[len(made) // len(places) % len(SIZES)]
        since = dt.datetime.combine(first, dt.time(), dt.UTC) + dt.timedelta(
            days=chance.randrange(days), hours=chance.choice((6, 7, 8, 9, 10, 11, 12, 13))
        )
        fault = _error(chance, links, place=place, size=size, since=since, used=used)
        if fault is not None:
            made.append(fault)
            _write(connection, fault, links)
    while sum(fault.status is None for fault in made) < silences and tries < 100 * (errors + silences):
        tries += 1
        fault = _silence(chance, links, platform, first=first, days=days, used=used)
        if fault is not None:
            made.append(fault)
            _write(connection, fault, links)
    return made + _hours_of_outage(platform)


def _hours_of_outage(platform: Platform) -> list[Fault]:
    """The hours in which every lake of the bench has an outage: one in thirty days (bench/lake/calls.sql)."""
    first = platform.until - dt.timedelta(days=platform.days)
    hours = [
        dt.datetime.combine(first + dt.timedelta(days=day), dt.time(9), dt.UTC) for day in range(11, platform.days, 30)
    ]
    return [
        Fault("platform", None, None, None, hour, hour + dt.timedelta(hours=1), 503, 100, "vendor") for hour in hours
    ]


@dataclass(frozen=True)
class _Link:
    link: int
    integration: str
    customer: str
    daily: float
    connectors: tuple[str, ...]


def _links(connection: DuckDBPyConnection, platform: Platform) -> list[_Link]:
    """The links in production that live through the whole time, with the calls that each is likely to make a day."""
    rows = connection.execute(
        """
        with living as (
            select link, program, customer, weight,
                   first_day = 0 and last_day >= getvariable('days') as lives, environment, own
            from links
        ),
        used as (
            select slots.slot // 64 as program, list(distinct connector order by connector) as connectors
            from slots where connector is not null group by all
        )
        select living.link, programs.integration, living.customer, living.weight / sum(living.weight) over (), used.connectors
        from living
        inner join programs using (program)
        inner join used using (program)
        qualify lives and environment = 'production' and not own and programs.integration is not null
        order by link
        """
    ).fetchall()
    daily = platform.calls / platform.days
    return [
        _Link(link, integration, customer, share * daily, tuple(names))
        for link, integration, customer, share, names in rows
    ]


def _error(
    chance: random.Random, links: Sequence[_Link], *, place: Place, size: int, since: dt.datetime, used: set[str]
) -> Fault | None:
    """A fault of this size that begins then, at a place where it can be made within two days; None if the drawn one is too quiet."""
    [one] = chance.choices(links, [link.daily for link in links])
    connector = chance.choice(one.connectors)
    mine = {
        "platform": list(links),
        "connector": [link for link in links if connector in link.connectors],
        "integration": [link for link in links if link.integration == one.integration],
        "customer": [link for link in links if link.customer == one.customer],
        "pair": [one],
        "integration_connector": [link for link in links if link.integration == one.integration],
    }[place]
    key = f"{place} {one.integration} {one.customer}" if place != "platform" else f"platform {since.date()}"
    daily = sum(link.daily for link in mine)
    if place in ("connector", "integration_connector"):
        daily *= 0.15
    if key in used or (place == "customer" and len({link.integration for link in mine}) < 3):
        return None
    if place in ("integration", "integration_connector") and len({link.customer for link in mine}) < 4:
        return None
    if place == "connector" and len({link.integration.partition("_")[0] for link in mine}) < 4:
        return None
    hours = chance.choice((1, 2, 4, 8)) if place == "platform" else chance.choice((2, 4, 8, 24, 48))
    share = size / max(daily * hours / 24, 0.01) / (2 if hours <= 8 else 1)
    if share > 1:
        hours, share = 48, size / max(daily * 2, 0.01)
    if share > 1:
        return None
    share = max(share, 0.1)
    used.add(key)
    rights = place == "customer" or (place == "pair" and chance.random() < 0.5)
    status = 401 if rights else 503 if place in ("platform", "connector") else chance.choice((400, 500))
    return Fault(
        place=place,
        integration=one.integration if place in ("integration", "pair", "integration_connector") else None,
        customer=one.customer if place in ("customer", "pair") else None,
        connector=connector if place in ("connector", "integration_connector") else None,
        since=since,
        until=since + dt.timedelta(hours=hours),
        status=status,
        size=size,
        party=PARTIES.get(place) or ("customer" if rights else "partner"),
    )


def _silence(
    chance: random.Random, links: Sequence[_Link], platform: Platform, *, first: dt.date, days: int, used: set[str]
) -> Fault | None:
    """A silence of some days, or until the end, of an integration, a customer or a pair that calls often enough."""
    [one] = chance.choices(links, [link.daily for link in links])
    place: Place = chance.choice(("integration", "customer", "pair"))
    mine = [
        link
        for link in links
        if (place == "customer" or link.integration == one.integration)
        and (place == "integration" or link.customer == one.customer)
    ]
    key = f"silent {one.integration} {one.customer}"
    others = {link.customer for link in mine} if place == "integration" else {link.integration for link in mine}
    if key in used or sum(link.daily for link in mine) < 20 or (place != "pair" and len(others) < 2):
        return None
    used |= {key, f"pair {one.integration} {one.customer}"}
    since = dt.datetime.combine(
        first + dt.timedelta(days=chance.randrange(7, days - 5)), dt.time(chance.randrange(24)), dt.UTC
    )
    end = dt.datetime.combine(platform.until, dt.time(), dt.UTC)
    until = end if chance.random() < 0.5 else since + dt.timedelta(days=chance.randrange(2, 5))
    return Fault(
        place=place,
        integration=None if place == "customer" else one.integration,
        customer=None if place == "integration" else one.customer,
        connector=None,
        since=since,
        until=min(until, end),
        status=None,
        size=None,
        party={"integration": "partner", "customer": "customer"}.get(place, "unsure"),
    )


def _write(connection: DuckDBPyConnection, fault: Fault, links: Sequence[_Link]) -> None:
    rows = [
        (link.link, fault.connector, fault.since, fault.until, fault.status, _share(fault, links))
        for link in links
        if _concerns(fault, link)
    ]
    if fault.status is not None:
        connection.executemany("insert into faults values (?, ?, ?, ?, ?, ?)", rows)
        return
    connection.execute(
        "insert into faults select link, null, $since, $until, null, null from links inner join programs using (program)"
        " where coalesce(programs.integration = $integration, $integration is null)"
        " and coalesce(links.customer = $customer, $customer is null)",
        {"since": fault.since, "until": fault.until, "integration": fault.integration, "customer": fault.customer},
    )


def _concerns(fault: Fault, link: _Link) -> bool:
    return (
        fault.integration in (None, link.integration)
        and fault.customer in (None, link.customer)
        and (fault.connector is None or fault.connector in link.connectors)
    )


def _share(fault: Fault, links: Sequence[_Link]) -> float | None:
    if fault.size is None:
        return None
    daily = sum(link.daily for link in links if _concerns(fault, link)) * (0.15 if fault.connector else 1)
    hours = (fault.until - fault.since).total_seconds() / 3600
    return min(1.0, max(0.1, fault.size / max(daily * hours / 24, 0.01) / (2 if hours <= 8 else 1)))
