"""The incidents of a period: error spikes and silences, one for each cause, and who can do something about each.

Everything that may be seen is looked at, and only then is narrowed down: an outage of the platform is no fault of the one integration
that somebody asks about. Eight weeks before the period say what is usual in it. In the first days of a lake nothing is usual yet.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from analytics import numbers
from analytics.incidents.incident import COLUMNS, Incident, Kind, incident_id
from analytics.incidents.logs import logs_of
from analytics.incidents.names import Names
from analytics.incidents.party import of_errors, of_silence
from analytics.incidents.silences import Calendar, of_integrations, silences
from analytics.incidents.spikes import spikes
from analytics.incidents.tree import PLATFORM, WITHOUT
from analytics.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl

    from analytics.incidents.explaining import Explained
    from analytics.incidents.logs import Logs
    from analytics.incidents.silences import Silence
    from analytics.incidents.tree import Node
    from analytics.warehouse.warehouse import Warehouse

BEGUN_BEFORE: Final = 28
"""An incident that reaches into a period may have begun so many days before it."""

_CLASSES: Final = {
    "platform": "the platform did not answer",
    "rights": "refused: the token, its rights, or the address",
    "content": "what was sent was not accepted",
}


def incidents(warehouse: Warehouse, scope: Scope) -> list[Incident]:
    """The incidents that the scope's calls had in its period, the most recent first.

    With the environment `production` (the default) or `all`, errors in accept are early warnings.
    """
    return narrowed(warehouse, everybodys(warehouse, looked_at(scope)), scope)


def looked_at(scope: Scope) -> Scope:
    """The scope in which the incidents of this scope are looked for: whatever it narrows to, everybody's calls."""
    since = scope.since and scope.since - dt.timedelta(days=min(BEGUN_BEFORE, scope.since.toordinal() - 1))
    return Scope(
        since=since, until=scope.until, environment=scope.environment, product=scope.product, stream=scope.stream
    )


def everybodys(warehouse: Warehouse, scope: Scope) -> list[Incident]:
    """All incidents of a scope that nothing narrows, the most recent first."""
    logs = logs_of(warehouse)
    if logs is None:
        return []
    names = Names(warehouse, scope)
    found: list[Incident] = []
    for environment in ("production", "accept") if scope.environment in ("production", "all") else (scope.environment,):
        there = scope.replace(environment=environment)
        kind: Kind = "early_warning" if environment == "accept" else "error_spike"
        found += _errors(warehouse, there, logs, names, kind)
    if scope.environment != "accept":
        found += _silences(warehouse, scope.replace(environment=_where(scope)), logs, names)
    return sorted(found, key=lambda one: (one.started_at, one.id), reverse=True)


def narrowed(warehouse: Warehouse, found: Iterable[Incident], scope: Scope) -> list[Incident]:
    """Those of everybody's incidents that lie in the scope's period and concern what it narrows to."""
    scope = warehouse.known_now(scope)
    return [one for one in found if _is_asked(one, scope, warehouse.snapshot.time_zone)]


def silent_integrations(warehouse: Warehouse) -> dict[str, bool]:
    """Whether each integration has fallen silent in production by the end of the logs, as `incidents` says; those with a rhythm."""
    logs = logs_of(warehouse)
    everything = Scope()
    hours = warehouse.query_file("incidents/calendar", everything)
    if logs is None or hours.is_empty():
        return {}
    integration_days, _ = warehouse.query_file("incidents/extent", everything).row(0)
    active = warehouse.query_file("incidents/integration_hours", everything)
    found = of_integrations(active, Calendar(hours, logs.left_out, logs.ends), integration_days)
    return {integration: silence is not None for integration, silence in found.items()}


def frame(found: Sequence[Incident]) -> pl.DataFrame:
    """Incidents as rows, with the columns that scripts rely on."""
    import polars as pl

    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "started_at": pl.Datetime("us", "UTC"),
        "ended_at": pl.Datetime("us", "UTC"),
        **dict.fromkeys(("calls", "errors", "customers_affected"), pl.Int64),
        **dict.fromkeys(("error_rate", "baseline_rate", "confidence"), pl.Float64),
    }
    return pl.DataFrame([one.row() for one in found], schema={name: schema.get(name, pl.String()) for name in COLUMNS})


def _where(scope: Scope) -> str:
    return "production" if scope.environment == "all" else scope.environment


def _errors(warehouse: Warehouse, scope: Scope, logs: Logs, names: Names, kind: Kind) -> Iterator[Incident]:
    integration_days, last_day = warehouse.query_file("incidents/extent", scope).row(0)
    if last_day is None:
        return
    found = spikes(warehouse, scope, logs.left_out, integration_days=integration_days, last_day=last_day)
    for one in found:
        is_platform = one.stretch.node == PLATFORM and kind == "error_spike"
        yield _spike(one, "platform_outage" if is_platform else kind, names)


def _spike(found: Explained, kind: Kind, names: Names) -> Incident:
    one, node = found.stretch, found.stretch.node
    party, confidence = of_errors(found)
    errors, rate = one.errors, one.errors / one.calls
    integrations = {name: share for name, share in found.by_integration.items() if name != WITHOUT}
    contact = names.contact(party, integrations, found.by_customer)
    place = _place(node)
    started_at = _instant(one.since)
    return Incident(
        id=incident_id(kind, *place, one.error_class, since=started_at),
        kind=kind,
        integration=place[0],
        customer=place[1],
        connector=names.spelled(place[2]),
        started_at=started_at,
        ended_at=None if one.is_open else _instant(one.until),
        calls=one.calls,
        errors=errors,
        error_rate=rate,
        baseline_rate=one.rate,
        customers_affected=len(found.by_customer),
        party=party,
        confidence=confidence,
        contact=contact,
        why=_why(found, rate, names),
        opened_at=_instant(one.opened),
        score=found.score,
        error_class=one.error_class,
        integrations=integrations,
        customers=found.by_customer,
        connectors=found.by_connector,
        node=node,
    )


def _why(found: Explained, rate: float, names: Names) -> str:
    one = found.stretch
    text = (
        f"{one.errors} of {one.calls} calls failed ({numbers.rate(rate)}, usually {numbers.rate(one.rate)});"
        f" {_CLASSES[one.error_class]}; {numbers.counted(len(found.by_customer), 'customer')}"
    )
    several = len([name for name in found.by_integration if name != WITHOUT])
    if not one.node.integration and several > 1:
        text += f" of {numbers.counted(several, 'integration')}"
    connector, most = max(found.by_connector.items(), key=lambda item: (item[1], item[0]))
    if not one.node.connector and connector != "-" and most > 0.8 * sum(found.by_connector.values()):
        text += f"; nearly all on {names.spelled(connector)}"
    return text


def _silences(warehouse: Warehouse, scope: Scope, logs: Logs, names: Names) -> Iterator[Incident]:
    integration_days, _ = warehouse.query_file("incidents/extent", scope).row(0)
    active = warehouse.query_file("incidents/active_hours", scope)
    hours = warehouse.query_file("incidents/calendar", scope)
    if active.is_empty() or hours.is_empty():
        return
    for one in silences(active, Calendar(hours, logs.left_out, logs.ends), integration_days):
        yield _silence(one, names)


def _silence(one: Silence, names: Names) -> Incident:
    party, confidence = of_silence(one)
    integration, customer, _ = place = _place(one.node)
    started_at = _instant(one.since)
    customers = {customer: 0.0} if customer else {}
    integrations = {integration: 0.0} if integration else {}
    return Incident(
        id=incident_id("silence", *place, since=started_at),
        kind="silence",
        integration=integration,
        customer=customer,
        connector=None,
        started_at=started_at,
        ended_at=None if one.is_open else _instant(one.until),
        calls=round(one.calls),
        errors=None,
        error_rate=None,
        baseline_rate=None,
        customers_affected=one.customers,
        party=party,
        confidence=confidence,
        contact=names.contact(party, integrations, customers),
        why=(
            f"no call in {round(one.missed)} hours in which it usually calls;"
            f" its longest such pause before was {round(one.longest)}"
        ),
        opened_at=_instant(one.opened),
        score=one.surprise,
        error_class=None,
        integrations=integrations,
        customers=customers,
        connectors={},
        node=one.node,
    )


def _place(node: Node) -> tuple[str | None, str | None, str | None]:
    integration, customer, connector = (None if part in ("", WITHOUT) else part for part in node)
    return integration, customer, connector


def _instant(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _is_asked(one: Incident, scope: Scope, time_zone: str) -> bool:
    """Whether the incident lies in the period and concerns what the scope narrows to."""
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(time_zone)
    if scope.until is not None and one.started_at.astimezone(zone).date() >= scope.until:
        return False
    ended = one.ended_at and (one.ended_at - dt.timedelta(microseconds=1)).astimezone(zone).date()
    if scope.since is not None and ended is not None and ended < scope.since:
        return False
    if scope.integration is not None and scope.integration not in one.integrations:
        return False
    if scope.partner is not None and not any(name.partition("_")[0] == str(scope.partner) for name in one.integrations):
        return False
    if scope.customer is not None and scope.customer not in one.customers:
        return False
    return scope.connector is None or scope.connector.lower() in one.connectors
