"""The go-live review of one integration: everything but three things comes from a warehouse narrowed to its partner.

The three: which days were logged at all; since when a log is there, for whether a customer is new; and calls that name the integration in
another place than the header, or with a mistake in it. Whoever reads this may be the partner.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pydantic import Field

from analytics.reports.errors import ReportError
from analytics.reports.figures import Figures, rows, span
from analytics.reports.model import Dated, Record
from analytics.review.answer import CheckName, CustomerState, PartName, Verdict
from analytics.review.review import review
from analytics.warehouse.warehouse import Warehouse
from ingest.call import Environment, IdDefect, IdStatus, Operation, Product, Protocol

if TYPE_CHECKING:
    from analytics.reports.month import Month
    from analytics.scope import Scope


class PartRow(Record):
    """One of the three things that are reviewed."""

    part: PartName
    verdict: Verdict


class CheckRow(Record):
    """One thing that the review looks at."""

    part: PartName
    check: CheckName
    verdict: Verdict
    held: int
    judged: int
    share: float | None
    low: float | None
    high: float | None
    why: str


class WrongIdRow(Record):
    """Calls that name the integration, but not by a right id in the header."""

    id_status: IdStatus
    id_defect: IdDefect | None
    basis: str
    calls: int
    customers: int
    last_call: dt.datetime


class UseRow(Record):
    """One part of the API that it uses."""

    product: Product
    protocol: Protocol
    connector: str | None
    operation: Operation
    customers: int
    calls: int
    errors: int
    error_rate: float
    last_call: dt.datetime


class VersionRow(Record):
    """One version of an endpoint that it asks for (SB)."""

    connector: str | None
    operation: Operation
    api_version: str | None
    calls: int
    errors: int
    customers: int
    last_call: dt.datetime


class OnboardingRow(Record):
    """One customer that began in the month."""

    customer: str
    name: str | None
    branch: str | None
    state: CustomerState
    first_call: dt.datetime
    first_success: dt.datetime | None
    hours: float | None
    errors_before: int | None
    status_before: int | None
    connector_before: str | None
    calls: int
    errors: int
    last_call: dt.datetime


class HandlingRow(Record):
    """What it does after an error: of all callers (customer null), or of one."""

    status: int
    customer: str | None
    name: str | None
    environment: Environment | None
    own: bool | None
    connector: str | None
    errors: int
    repeats: int
    within_1s: int
    within_10s: int
    within_60s: int
    runs: int
    longest_run: int
    recovered: int
    open: int
    seconds_to_success: float | None
    longest_seconds: float | None
    customers: int
    first_error: dt.datetime
    last_error: dt.datetime


class ExampleRow(Record):
    """Errors in a row, to look up in a log."""

    status: int
    customer: str
    name: str | None
    connector: str
    since: dt.datetime
    last_error: dt.datetime
    errors: int
    repeats: int
    within_1s: int
    within_10s: int
    within_60s: int
    success_at: dt.datetime | None
    seconds_to_success: float | None


class ReviewReport(Dated):
    """The review of one integration in one month."""

    integration: str
    name: str | None
    partner: int
    partner_name: str | None
    calls: int
    good_share: float | None
    good_low: float | None = Field(description="the ends of the 95 % interval of good_share")
    good_high: float | None
    parts: tuple[PartRow, ...]
    checks: tuple[CheckRow, ...]
    ids: tuple[WrongIdRow, ...]
    uses: tuple[UseRow, ...]
    versions: tuple[VersionRow, ...]
    onboarding: tuple[OnboardingRow, ...]
    handling: tuple[HandlingRow, ...]
    examples: tuple[ExampleRow, ...]


def ask(everything: Warehouse, month: Month, about: Scope) -> ReviewReport:
    """The review of an integration in a month. ReportError when it was never seen, or the month was not logged."""
    integration = str(everything.known_now(about).integration)
    partner = int(integration.partition("_")[0])
    if everything.viewer.partner not in {None, partner}:
        raise ReportError(f"you may not see partner {partner} here; expected {everything.viewer.partner}")
    viewer = everything.viewer.replace(partner=partner)
    with Warehouse.over(everything.snapshot, everything.registry, viewer=viewer, days_are_told=True) as own:
        figures = Figures(own, month, everything=everything)
        answer = review(own, integration, figures.scope, everything=everything)
        if not answer.calls and not _was_seen(own, integration):
            raise ReportError(
                f"integration {integration} has no calls: no call from {span(everything)} carries this IntegrationId; "
                f"`koppelzicht check {integration}` says what arrives instead"
            )
        return ReviewReport(
            **figures.dated(),
            integration=answer.integration,
            name=answer.name,
            partner=answer.partner,
            partner_name=answer.partner_name,
            calls=answer.calls,
            good_share=answer.good_share,
            good_low=answer.good_low,
            good_high=answer.good_high,
            parts=tuple(PartRow(part=part.part, verdict=part.verdict) for part in answer.parts),
            checks=tuple(
                CheckRow(**{name: getattr(check, name) for name in CheckRow.model_fields}) for check in answer.checks
            ),
            ids=rows(WrongIdRow, answer.ids),
            uses=rows(UseRow, answer.uses),
            versions=rows(VersionRow, answer.versions),
            onboarding=rows(OnboardingRow, answer.onboarding),
            handling=rows(HandlingRow, answer.handling),
            examples=rows(ExampleRow, answer.examples),
        )


def _was_seen(own: Warehouse, integration: str) -> bool:
    found = own.query(
        "select count(*) as calls from calls where integration = $integration", {"integration": integration}
    )
    return bool(found["calls"].item())
