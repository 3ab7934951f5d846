"""The facts of a review: what it asks the warehouse about one integration."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import polars as pl

from analytics.example_ids import EXAMPLE_IDS
from analytics.review.onboarding import onboarding
from analytics.review.visits import arrivals

if TYPE_CHECKING:
    from analytics.scope import Scope
    from analytics.warehouse.period import Period
    from analytics.warehouse.warehouse import Warehouse

RULES = ("hammering", "dead_token", "ignored_unavailable")
"""The rules of use that are about errors (practices/steps/rules.sql)."""
_NAMING = ("typing_error", "envelope", "digits")
"""The bases of certification/ids.sql where the call itself names the integration."""


Doubt: TypeAlias = Literal["example", "not_registered"]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the logs say about an integration in a period.

    `doubt`: why the id itself may be wrong; None if nothing says so. `sees_others`: whether calls without the id may be seen at all.
    """

    profile: dict[str, Any] | None
    period: Period | None
    totals: dict[str, Any]
    doubt: Doubt | None
    sees_others: bool
    unlogged_calls: int
    ids: pl.DataFrame
    uses: pl.DataFrame
    versions: pl.DataFrame
    onboarding: pl.DataFrame
    visits: pl.DataFrame | None
    handling: pl.DataFrame
    examples: pl.DataFrame
    rules: dict[str, dict[str, Any]]


def facts(
    warehouse: Warehouse,
    integration: str,
    scope: Scope,
    *,
    visits: pl.DataFrame | None = None,
    everything: Warehouse | None = None,
) -> Facts:
    """The facts about an integration in a scope that names it. `visits`: see `arrivals`; None if no log of them was given.

    With `everything`, the partner of the integration may read them, and `warehouse` is narrowed to it. Two of them still take more
    than its own calls, and tell nothing else about others: since when the logs are there in which a customer appears; and calls that
    name this very integration without a right id in the header, and not those that are only probably its own.
    """
    about = {"integration": integration}
    anybodys = scope.replace(integration=None, partner=None)
    period = warehouse.period(scope)
    wide = everything or warehouse
    ids = _ids(wide, integration, anybodys, period)
    if everything is not None:
        ids = ids.filter(pl.col("basis").is_in(_NAMING), pl.col("integration").is_not_null())
    began = wide.query_file("review/began", scope.replace(since=None), about)
    rules = warehouse.metric("practices", scope).filter(pl.col("rule").is_in(RULES), integration=integration)
    unlogged = warehouse.query_file("review/unlogged", anybodys, about)["calls"].item()
    return Facts(
        profile=next(iter(warehouse.query_file("integration/profile", scope, about).to_dicts()), None),
        period=period,
        totals=warehouse.query_file("review/totals", scope, about).row(0, named=True),
        doubt=_doubt(warehouse, integration),
        sees_others=wide.viewer.partner is None and wide.viewer.integration is None,
        unlogged_calls=unlogged,
        ids=ids,
        uses=warehouse.query_file("integration/connectors", scope, about),
        versions=warehouse.query_file("review/versions", scope, about),
        onboarding=onboarding(
            began,
            warehouse.query_file("review/first_successes", scope, about),
            period,
            calls_since=warehouse.calls_since(scope),
        ),
        visits=None if visits is None else arrivals(visits, began, period, time_zone=warehouse.snapshot.time_zone),
        handling=warehouse.query_file("review/handling", scope, about),
        examples=warehouse.query_file("review/examples", scope, about),
        rules={row["rule"]: row for row in rules.to_dicts()},
    )


def _doubt(warehouse: Warehouse, integration: str) -> Doubt | None:
    """Why the id may be wrong. A registry without any integration says nothing about one."""
    if integration in EXAMPLE_IDS:
        return "example"
    known = warehouse.query("select integration from integrations")["integration"]
    return "not_registered" if len(known) and integration not in known else None


def _ids(warehouse: Warehouse, integration: str, anybodys: Scope, period: Period | None) -> pl.DataFrame:
    """The period's calls without the right id that are the integration's, or of its partner and nobody knows of which integration."""
    days = (period[1] - period[0]) if period else dt.timedelta(days=1)
    found = warehouse.query_file("certification/ids", anybodys.replace(since=None), {"window": days.days})
    partner = int(integration.partition("_")[0])
    return found.filter(
        (pl.col("integration") == integration) | (pl.col("integration").is_null() & (pl.col("partner") == partner))
    )
