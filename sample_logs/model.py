"""The made-up world behind the sample logs: who calls whom, how often, and what happens to them.

Read from the files in `model/`, which say what each thing means, and laid out as tables for the SQL that makes calls of
them. Loops here go over clients, customers and hours, never over calls. Nothing depends on a clock or on chance: where
something has to look random it follows from the MD5 of a name.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = Path(__file__).parent / "model"
ZONE = ZoneInfo("Europe/Amsterdam")
FIRST_DAY = dt.date(2026, 8, 1)
LAST_DAY = dt.date(2026, 10, 31)
SLOTS = 1000
"""A repertoire divides its calls over this many slots."""

Environment: TypeAlias = Literal["production", "test", "accept", "training"]
Stream: TypeAlias = Literal["gateway", "proxy", "iis", "focus", "staging"]


@dataclass(frozen=True, kw_only=True)
class Client:
    """A program that calls. The fields are explained in `model/clients.toml`."""

    name: str
    repertoire: str
    prefix: str
    rhythm: str
    busyness: int
    customers: int
    agent: str
    sends: str | list[str] | None = None
    envelope_id: str | None = None
    authorization: str | None = None
    product: Literal["profit", "sb"] = "profit"
    api_version: str | None = None
    accept: int = 0
    test: int = 0
    training: int = 0
    own: int | None = None
    leaves: tuple[dt.date, ...] = ()
    joins: tuple[dt.date, ...] = ()
    successor_of: str | None = None
    host: Literal["plain", "upper", "port", "dot", "old"] = "plain"
    paths: Literal["documented", "lower", "mixed"] = "documented"
    errors: int = 100


@dataclass(frozen=True, kw_only=True)
class Customer:
    """Who is called: a subscription number, or the environment of an SB accountant."""

    customer: str
    name: str
    branch: str


@dataclass(frozen=True, kw_only=True)
class Use:
    """A client that is used by a customer in one environment, from a day until another (half-open)."""

    client: Client
    customer: str
    environment: Environment
    since: dt.date = FIRST_DAY
    until: dt.date = LAST_DAY + dt.timedelta(days=1)
    rank: int = 0  # among the client's customers; -1: the partner itself


@cache
def read(name: str) -> dict[str, Any]:
    """One of the files in `model/`."""
    return tomllib.loads((MODEL / name).read_text(encoding="utf-8"))


@cache
def clients() -> tuple[Client, ...]:
    """Every program that calls."""
    return tuple(Client(**table) for table in read("clients.toml")["client"])


@cache
def customers() -> tuple[Customer, ...]:
    """The 200 customers, those with a subscription number first."""
    return (*_profit_customers(), *_sb_customers())


def registry() -> dict[str, list[dict[str, object]]]:
    """Rows of the three registry files, by the name of the file."""
    partners = read("partners.toml")["partner"]
    return {
        "partners": [
            {
                "partner": partner["partner"],
                "name": partner["name"],
                "contact": partner["contact"],
                "email": f"koppelingen@{partner['name'].split()[0].lower()}.example",
                "phone": f"+31 99 000 {partner['partner'] % 10000:04}",
            }
            for partner in partners
        ],
        "integrations": [
            {
                "integration": f"{partner['partner']}_{integration['project']}",
                "partner": partner["partner"],
                "project": integration["project"],
                "name": integration["name"],
                "replaces": integration.get("replaces", ""),
                "certified_since": integration.get("certified_since", ""),
                "certified_until": integration.get("certified_until", ""),
                "listed": str(integration["listed"]).lower(),
            }
            for partner in partners
            for integration in partner["integrations"]
        ],
        "customers": [vars(customer) for customer in customers()],
    }


@cache
def uses() -> tuple[Use, ...]:
    """Every client at every customer of it, in every environment."""
    found: list[Use] = []
    for client in clients():
        found += _uses_of(client, found)
    return tuple(found)


def stream_of(use: Use) -> Stream:
    """The server that logs these calls."""
    if use.environment != "production":
        return "staging"
    if use.client.product == "sb":
        return "focus"
    if use.client.host == "old":
        return "iis"
    if draw("zone", use.customer) % 5 < 3:
        return "gateway"
    return "iis" if use.client.repertoire.endswith("_soap") else "proxy"


def draw(*names: object) -> int:
    """Return a number that looks random and is always the same for these names."""
    return int.from_bytes(md5("/".join(map(str, names)).encode(), usedforsecurity=False).digest()[:6], "big")


def _profit_customers() -> Iterator[Customer]:
    world = read("customers.toml")
    names = [
        (branch, kind, place)
        for branch, kinds in world["branches"].items()
        for kind in kinds
        for place in world["places"]
    ]
    names.sort(key=lambda name: draw("customer", *name))
    for number, (branch, kind, place) in enumerate(names[: world["profit"]]):
        has_seven_digits = number % 4 == 0
        subscription = 2000317 + number * 48611 % 8000000 if has_seven_digits else 3000 + number * 37
        yield Customer(customer=str(subscription), name=f"{kind} {place}", branch=branch)


def _sb_customers() -> Iterator[Customer]:
    for accountant, names in read("customers.toml")["accountants"].items():
        accountant_name = f"{accountant.capitalize()} Accountants"
        yield Customer(customer=f"{accountant}/admin", name=accountant_name, branch="Accountancy")
        for name in names:
            environment = name.lower().replace(" ", "-")
            yield Customer(customer=f"{accountant}/{environment}", name=name, branch="Midden- en kleinbedrijf")


def _uses_of(client: Client, earlier: list[Use]) -> list[Use]:
    if client.successor_of is None:
        chosen = _customers_of(client, {use.customer for use in earlier})
    else:
        chosen = [use.customer for use in earlier if use.client.name == client.successor_of][: client.customers]
    moves = next((other.joins for other in clients() if other.successor_of == client.name), ())
    since = dict(zip(chosen, client.joins, strict=False))
    until = dict(zip(chosen, moves or client.leaves, strict=False))
    found = [
        Use(
            client=client,
            customer=customer,
            environment="production",
            since=since.get(customer, FIRST_DAY),
            until=until.get(customer, LAST_DAY + dt.timedelta(days=1)),
            rank=rank,
        )
        for rank, customer in enumerate(chosen)
    ]
    environments: tuple[Environment, ...] = ("accept", "test", "training")
    found += [
        Use(client=client, customer=customer, environment=environment)
        for environment in environments
        for customer in chosen[: getattr(client, environment)]
    ]
    if client.own is not None:
        found.append(Use(client=client, customer=str(client.own), environment="production", rank=-1))
    return found


def _customers_of(client: Client, known: set[str]) -> list[str]:
    """Choose customers: half of them new, while there are any, so that each of the 200 is somebody's."""
    pool = [c.customer for c in customers() if ("/" in c.customer) == (client.product == "sb")]
    pool.sort(key=lambda customer: draw(client.name, customer))
    fresh = [customer for customer in pool if customer not in known][: client.customers // 2]
    chosen = fresh + [customer for customer in pool if customer not in fresh]
    return sorted(chosen[: client.customers], key=lambda customer: draw("order", client.name, customer))
