"""The records of a go-live review."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import polars as pl

if TYPE_CHECKING:
    from analytics.scope import EnvironmentScope

PartName: TypeAlias = Literal["integration", "onboarding", "errors"]
CheckName: TypeAlias = Literal[
    "id_on_every_call",
    "calls_succeed",
    "writes_succeed",
    "api_in_use",
    "api_version",
    "customers_get_through",
    "within_a_day",
    "visitors_call",
    "stops_when_refused",
    "waits_when_unavailable",
    "stops_after_errors",
    "recovers",
]
Verdict: TypeAlias = Literal["shown", "not_shown", "too_few", "not_visible"]
"""not_visible: these logs cannot show it. too_few: they could, but hold too few calls to judge."""
CustomerState: TypeAlias = Literal["succeeded", "never", "too_recent", "removed", "not_new"]
VisitState: TypeAlias = Literal["called", "called_before", "never_called", "too_recent"]

PARTS: dict[CheckName, PartName] = {
    "id_on_every_call": "integration",
    "calls_succeed": "integration",
    "writes_succeed": "integration",
    "api_in_use": "integration",
    "api_version": "integration",
    "customers_get_through": "onboarding",
    "within_a_day": "onboarding",
    "visitors_call": "onboarding",
    "stops_when_refused": "errors",
    "waits_when_unavailable": "errors",
    "stops_after_errors": "errors",
    "recovers": "errors",
}
"""The part that each check belongs to."""

TABLES = ("ids", "uses", "versions", "onboarding", "handling", "examples")


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that the review looks at: `held` of `judged` calls (customers, errors) are as they should be.

    `low` and `high` are the ends of the 95 % interval of the share, where the verdict rests on it.
    """

    part: PartName
    check: CheckName
    verdict: Verdict
    held: int
    judged: int
    share: float | None
    low: float | None
    high: float | None
    why: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """One of the three things that the vendor reviews, its verdict, and the checks that it follows from."""

    part: PartName
    verdict: Verdict
    decided_by: tuple[CheckName, ...]


@dataclass(frozen=True, kw_only=True)
class Review:
    """The answer. Days are half-open, null without any call in the lake; instants are UTC.

    `ids`: calls that lack the right id and are the integration's, or its partner's. `uses`: the parts of the API that it uses.
    `versions`: the versions that it asks for (SB). `onboarding`: the customers that began in the period. `visits`: those that came to the app's
    onboarding page, null if no log of it was given. `handling`: what it
    does after an error, by caller. `examples`: errors in a row, to look up.
    """

    integration: str
    name: str | None
    partner: int
    partner_name: str | None
    products: tuple[str, ...]
    environment: EnvironmentScope
    since: dt.date | None
    until: dt.date | None
    calls: int
    good_share: float | None
    good_low: float | None
    good_high: float | None
    customers: int
    first_call: dt.datetime | None
    last_call: dt.datetime | None
    parts: tuple[Part, ...]
    checks: tuple[Check, ...]
    ids: pl.DataFrame
    uses: pl.DataFrame
    versions: pl.DataFrame
    onboarding: pl.DataFrame
    visits: pl.DataFrame | None
    handling: pl.DataFrame
    examples: pl.DataFrame

    def plain(self) -> dict[str, Any]:
        """Its fields in their order, with tables as lists of rows."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value.to_dicts() if isinstance(value, pl.DataFrame) else value for name, value in values.items()}
