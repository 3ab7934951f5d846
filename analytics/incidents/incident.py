"""An incident: where calls fail or are missing, since when, how much, and who can do something about it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.incidents.tree import Node

Kind: TypeAlias = Literal["error_spike", "silence", "platform_outage", "early_warning"]
Party: TypeAlias = Literal["partner", "customer", "vendor", "unsure"]


@dataclass(frozen=True, kw_only=True)
class Incident:
    """One incident. What does not apply is None; `ended_at` is None while it lasts.

    `calls` and `errors` are those of its place and time, `error_rate` and `baseline_rate` fractions of calls. For a silence,
    `calls` are those that were expected and `errors` None. `confidence` is how certain the party is, from 0 to 1.

    Not shown, but of use to pages: `opened_at`, when it could first be known; `score`, how surprising it is, as a logarithm;
    `error_class`; the integrations, customers and connectors that
    it concerns, each with its errors that no more surprising incident explains; and its `node`, which tells calls without an id from all calls.
    """

    id: str
    kind: Kind
    integration: str | None
    customer: str | None
    connector: str | None
    started_at: dt.datetime
    ended_at: dt.datetime | None
    calls: int
    errors: int | None
    error_rate: float | None
    baseline_rate: float | None
    customers_affected: int
    party: Party
    confidence: float
    contact: str | None
    why: str
    opened_at: dt.datetime
    score: float
    error_class: str | None
    integrations: Mapping[str, float]
    customers: Mapping[str, float]
    connectors: Mapping[str, float]
    node: Node

    def row(self) -> dict[str, object]:
        """What users see of it, in the order of the columns."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS: Final = (
    "id",
    "kind",
    "integration",
    "customer",
    "connector",
    "started_at",
    "ended_at",
    "calls",
    "errors",
    "error_rate",
    "baseline_rate",
    "customers_affected",
    "party",
    "confidence",
    "contact",
    "why",
)
"""The columns of incidents, on which scripts rely."""


def incident_id(kind: Kind, *place: str | None, since: dt.datetime) -> str:
    """The id of an incident: the same from run to run, and while the incident grows."""
    text = "|".join((kind, *(part or "" for part in place), since.isoformat()))
    return hashlib.sha256(text.encode()).hexdigest()[:10]
