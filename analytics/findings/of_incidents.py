"""Incidents as findings."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from analytics import numbers
from analytics.findings.finding import Finding
from analytics.findings.wording import say
from analytics.incidents.tree import WITHOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analytics.findings.finding import Severity
    from analytics.incidents.incident import Incident
    from analytics.incidents.names import Names

MANY_CUSTOMERS: Final = 5
"""An incident of so many customers is a large one: a certificate takes as many."""
MANY_ERRORS: Final = 50
ALARMING_RATE: Final = 0.25
"""From this error rate, and so many errors on, it is a large one, too."""


def of_incidents(found: Iterable[Incident], names: Names, time_zone: str) -> Iterator[Finding]:
    """Every incident as a finding."""
    zone = ZoneInfo(time_zone)
    for one in found:
        where = _where(one, names)
        yield Finding(
            id=one.id,
            kind=one.kind,
            severity=severity_of(one),
            subject=_subject(one),
            since=one.started_at,
            until=one.ended_at,
            what=say(one.kind, "what_open" if one.ended_at is None else "what", where=where, when=_when(one, zone)),
            why=f"{one.why[:1].upper()}{one.why[1:]}.",
            who=_who(one),
            what_to_do=say(one.kind, "todo" if one.kind in _ONE_ADVICE else f"todo_{one.party}"),
            link=f"incidents?incident={one.id}",
            party=one.party,
            weight=one.errors or one.calls,
            integration=one.integration,
            customer=one.customer,
        )


_ONE_ADVICE: Final = ("platform_outage", "early_warning")


def severity_of(one: Incident) -> Severity:
    """How severe an incident is: what lasts more than what is over, and what many have more than what one has."""
    many = one.customers_affected >= MANY_CUSTOMERS
    worst = (one.errors or 0) >= MANY_ERRORS and (one.error_rate or 0) >= ALARMING_RATE
    if one.kind in ("silence", "early_warning"):
        if one.ended_at is not None:
            return "low"
        if one.kind == "silence":
            return "high" if many else "medium" if one.customer is None else "low"
        return "medium"
    if one.ended_at is None:
        return "high" if many or worst or (one.error_rate or 0) >= ALARMING_RATE else "medium"
    return "medium" if many or worst else "low"


def _where(one: Incident, names: Names) -> str:
    kinds = ("integration", "customer")
    parts = [
        names.named(kind, number) for kind, number in zip(kinds, one.node, strict=False) if number not in ("", WITHOUT)
    ]
    where = " at ".join(parts)
    if one.node.integration == WITHOUT:
        where = f"calls without an id at {where}" if where else "calls without an id"
    if one.connector is not None:
        where = f"{where} on {one.connector}" if where else one.connector
    return where[:1].upper() + where[1:]


def _subject(one: Incident) -> str:
    parts = [part for part in (one.integration, one.customer) if part]
    return " at ".join(parts) or one.connector or ("calls without an id" if one.node.integration else "platform")


def _who(one: Incident) -> str:
    if one.contact is None:
        return say("who", one.party)
    return say("who", f"{one.party}_of", **{one.party: one.contact})


def _when(one: Incident, zone: ZoneInfo) -> str:
    since = _at(one.started_at, zone)
    if one.ended_at is None:
        return say("when", "since", since=since)
    until = one.ended_at.astimezone(zone)
    same_day = until.date() == one.started_at.astimezone(zone).date()
    return say("when", "between", since=since, until=f"{until:%H:%M}" if same_day else _at(one.ended_at, zone))


def _at(instant: dt.datetime, zone: ZoneInfo) -> str:
    return numbers.instant(instant, zone.key)
