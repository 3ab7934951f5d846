"""What one incident rests on: the calls of its place by the hour, and its error rate beside the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.incidents.logs import logs_of
from analytics.scope import Scope

if TYPE_CHECKING:
    import polars as pl

    from analytics.incidents.incident import Incident
    from analytics.scope import EnvironmentScope
    from analytics.warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class Evidence:
    """`hours`: hour, calls, errors, from eight weeks before the incident on. `rates`: a row for the weeks before, and one for the incident.

    Errors are those of the incident's class; of a silence, which has none, all. Then `rates` has no row for the incident.
    """

    hours: pl.DataFrame
    rates: pl.DataFrame


def evidence(warehouse: Warehouse, scope: Scope, one: Incident) -> Evidence:
    """What an incident of this scope rests on: the same sums that it was found in, without the hours that logs miss."""
    from zoneinfo import ZoneInfo

    logs = logs_of(warehouse)
    assert logs is not None, "without logs there is no incident"
    looked_at = Scope(
        since=one.started_at.astimezone(ZoneInfo(logs.time_zone)).date(),
        until=scope.until,
        environment=environment_of(one, scope),
        product=scope.product,
        stream=scope.stream,
    )
    asked: dict[str, object] = {
        "node_integration": one.node.integration,
        "node_customer": one.node.customer,
        "node_connector": one.node.connector,
        "error_class": one.error_class or "",
        **logs.lacking(),
    }
    found = {
        "since_hour": int(one.started_at.timestamp()),
        "calls_found": 0 if one.errors is None else one.calls,
        "errors_found": one.errors or 0,
    }
    return Evidence(
        hours=warehouse.query_file("incidents/hours", looked_at, asked),
        rates=warehouse.query_file("incidents/rates", looked_at, {**asked, **found}),
    )


def environment_of(one: Incident, scope: Scope) -> EnvironmentScope:
    """Where the calls of an incident of this scope were made."""
    if one.kind == "early_warning":
        return "accept"
    return "production" if scope.environment == "all" else scope.environment
