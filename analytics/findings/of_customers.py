"""Customers for whom nothing works any more, and integrations that lose their customers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from analytics import numbers
from analytics.findings.finding import Finding, finding_id
from analytics.findings.wording import say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from analytics.incidents.incident import Incident
    from analytics.incidents.names import Names
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

FAILING_CALLS: Final = 10
FAILING_SPAN: Final = dt.timedelta(days=1)
"""For a customer nothing works any more after this many failed calls in a row over at least this long."""
ALARMING_CALLS: Final = 100
"""From so many failed calls on, it is urgent."""


def is_failing(row: Mapping[str, Any]) -> bool:
    """Whether a row of `failing_customers` is more than a failed last call, or an hour's outage."""
    return bool(row["calls"] >= FAILING_CALLS and row["last_call"] - row["failing_since"] >= FAILING_SPAN)


def of_failing(warehouse: Warehouse, scope: Scope, names: Names, incidents: Iterable[Incident]) -> Iterator[Finding]:
    """The customers for whom nothing works any more, and no incident tells of it: a customer that calls once a day makes none."""
    zone = ZoneInfo(warehouse.snapshot.time_zone)
    told = [one for one in incidents if one.errors is not None and one.ended_at is None and one.kind != "early_warning"]
    # Since when it fails does not depend on the period that somebody looks at.
    for row in warehouse.query_file("findings/failing_customers", scope.replace(since=None)).iter_rows(named=True):
        if scope.since is not None and row["last_call"].astimezone(zone).date() < scope.since:
            continue
        integration, customer = row["integration"], row["customer"]
        is_told = any(integration in one.integrations and customer in one.customers for one in told)
        if is_failing(row) and not is_told:
            yield _failing(row, names, warehouse.snapshot.time_zone)


def of_lost(warehouse: Warehouse, scope: Scope, names: Names, complete: Collection[str]) -> Iterator[Finding]:
    """The integrations that have lost at least half of their customers; only `complete` ones, of whose window no log is missing."""
    for row in warehouse.query_file("findings/customers_down", scope).iter_rows(named=True):
        integration = row["integration"]
        if integration not in complete:
            continue
        yield Finding(
            id=finding_id("customers_down", integration),
            kind="customers_down",
            severity="medium",
            subject=integration,
            since=None,
            until=None,
            what=say("customers_down", "what", name=names.named("integration", integration)),
            why=say(
                "customers_down",
                "why",
                now=numbers.counted(row["now"], "customer"),
                before=numbers.counted(row["before"], "customer"),
            ),
            who=say("who", "partner_of", partner=names.partner(str(row["partner"]))),
            what_to_do=say("customers_down", "todo"),
            link=f"integrations?integration={integration}",
            party="partner",
            weight=row["before"] - row["now"],
            integration=integration,
        )


def _failing(row: Mapping[str, Any], names: Names, time_zone: str) -> Finding:
    integration, customer, party = row["integration"], row["customer"], row["party"]
    subject = f"{integration} at {customer}"
    who = names.contact(party, {integration: 1.0}, {customer: 1.0})
    return Finding(
        id=finding_id("customer_failing", subject),
        kind="customer_failing",
        severity="high" if row["calls"] >= ALARMING_CALLS else "medium",
        subject=subject,
        since=row["failing_since"],
        until=None,
        what=say(
            "customer_failing",
            "what",
            name=names.named("integration", integration),
            customer=names.named("customer", customer),
            since=numbers.instant(row["failing_since"], time_zone),
        ),
        why=say(
            "customer_failing",
            "why_broke" if row["last_success"] else "why_never",
            calls=numbers.counted(row["calls"], "call"),
            outcome=say("outcome", row["outcome"]),
            success=numbers.instant(row["last_success"], time_zone),
        ),
        who=say("who", f"{party}_of", **{party: who}) if who else say("who", party),
        what_to_do=say("error_spike", f"todo_{party}"),
        link=f"pair?{urlencode({'integration': integration, 'customer': customer})}",
        party=party,
        weight=row["calls"],
        integration=integration,
        customer=customer,
    )
