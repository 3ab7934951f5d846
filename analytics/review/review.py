"""The go-live review of an integration: whether it is shown to work, to onboard customers, and to handle errors.

Before an app goes live the vendor reviews three things with its partner: working integration, working onboarding and working error
handling. Each has a verdict here, and the evidence behind it as rows that one can look up. A log cannot show everything: what it
cannot show is `not_visible`, and nothing is guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.review.answer import Check, Part, PartName, Review, Verdict
from analytics.review.checks import checks_of
from analytics.review.facts import facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

_WORST_FIRST: dict[PartName, tuple[Verdict, ...]] = {
    "integration": ("not_shown", "too_few", "shown"),
    "onboarding": ("not_shown", "too_few", "shown"),
    "errors": ("not_shown", "shown", "too_few"),
}
"""The verdict of a part is the first of these that a check has. Not every program meets every error: a few 503 beside a hundred
500 that it handled well do not make too few."""


def review(
    warehouse: Warehouse,
    integration: str,
    scope: Scope,
    *,
    visits: pl.DataFrame | None = None,
    everything: Warehouse | None = None,
) -> Review:
    """The review of an integration, by any id that it has or had. The scope may narrow further. Any id has an answer.

    `visits` has a row (customer, called_at) per visit of the app's own onboarding page, if a log of it is at hand.
    `everything`: for an answer that its partner reads, from a `warehouse` that is narrowed to it. `facts` says what it adds.
    """
    scope = warehouse.known_now(scope.replace(integration=integration))
    asked = str(scope.integration)
    found = facts(warehouse, asked, scope, visits=visits, everything=everything)
    checks = checks_of(found)
    profile, totals = found.profile or {}, found.totals
    since, until = found.period or (None, None)
    calls = totals["calls"]
    return Review(
        integration=asked,
        name=profile.get("name"),
        partner=int(asked.partition("_")[0]),
        partner_name=profile.get("partner_name"),
        products=tuple(product for product in ("profit", "sb") if totals[f"{product}_calls"]),
        environment=scope.environment,
        since=since,
        until=until,
        calls=calls,
        good_share=totals["good"] / calls if calls else None,
        good_low=totals["good_low"],
        good_high=totals["good_high"],
        customers=profile.get("customers", 0),
        first_call=profile.get("first_call"),
        last_call=profile.get("last_call"),
        parts=parts_of(checks),
        checks=checks,
        ids=found.ids,
        uses=found.uses,
        versions=found.versions,
        onboarding=found.onboarding,
        visits=found.visits,
        handling=found.handling,
        examples=found.examples,
    )


def parts_of(checks: Sequence[Check]) -> tuple[Part, ...]:
    """The verdict on each part that follows from these checks."""
    return tuple(_part(part, checks) for part in _WORST_FIRST)


def _part(part: PartName, checks: Sequence[Check]) -> Part:
    own = [check for check in checks if check.part == part]
    there = {check.verdict for check in own}
    verdict: Verdict = next((verdict for verdict in _WORST_FIRST[part] if verdict in there), "not_visible")
    return Part(part=part, verdict=verdict, decided_by=tuple(check.check for check in own if check.verdict == verdict))
