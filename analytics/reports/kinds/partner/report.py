"""One month of one partner, from a warehouse that cannot show it anybody else's."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from pydantic import Field

from analytics.findings.findings import ids_of_partner, in_order
from analytics.reports.errors import ReportError
from analytics.reports.figures import Figures, rows, span
from analytics.reports.model import MisplacedIdRow, MonthFigures, Record
from analytics.warehouse.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.findings.finding import Finding
    from analytics.reports.month import Month
    from analytics.scope import Scope


class CustomerRow(Record):
    """One customer of one integration; also the partner's own environment, and one whose calls all failed."""

    partner: int
    integration: str
    customer: str
    name: str | None
    branch: str | None
    calls: int
    errors: int
    error_rate: float | None
    first_call: dt.datetime
    last_call: dt.datetime


class PartnerReport(MonthFigures):
    """One month of one partner."""

    partner: int
    name: str | None
    customers: tuple[CustomerRow, ...]
    misplaced_ids: tuple[MisplacedIdRow, ...] | None = Field(description="None: may not be seen")


def ask(everything: Warehouse, month: Month, about: Scope) -> PartnerReport:
    """The partner's month. All but two things come from a warehouse narrowed to the partner.

    The two: which days were logged at all, and calls whose malformed or misplaced id names this very partner.
    ReportError when the partner was never seen, or the month was not logged.
    """
    partner = about.partner
    assert partner is not None, "the report is about a partner"
    if everything.viewer.partner not in {None, partner}:
        raise ReportError(f"you may not see partner {partner} here; expected {everything.viewer.partner}")
    viewer = everything.viewer.replace(partner=partner)
    with Warehouse.over(everything.snapshot, everything.registry, viewer=viewer, days_are_told=True) as own:
        _check_seen(everything, own, partner)
        figures = Figures(own, month, everything=everything)
        misplaced = _misplaced_ids(everything, figures, partner)
        return PartnerReport(
            **figures.in_full(_findings(everything, figures, partner)),
            partner=partner,
            name=_name(own, partner),
            customers=rows(CustomerRow, own.metric("customer_links", figures.scope)),
            misplaced_ids=misplaced,
        )


def _findings(everything: Warehouse, figures: Figures, partner: int) -> list[Finding]:
    """The findings that the partner's own calls show, and the wrong ids that are known to be its own."""
    found = {one.id: one for one in figures.findings()}
    if everything.viewer.partner is None:
        scope = figures.scope.replace(partner=partner)
        found |= {one.id: one for one in ids_of_partner(everything, scope)}
    return in_order(found.values())


def _check_seen(everything: Warehouse, own: Warehouse, partner: int) -> None:
    if own.data_until() is not None:
        return
    raise ReportError(
        f"partner {partner} has no calls: no call from {span(everything)} carries an IntegrationId that begins with {partner}_; "
        "`koppelzicht metric customers_per_partner --environment all` lists the partners that have calls"
    )


def _name(own: Warehouse, partner: int) -> str | None:
    names = own.query("select name from partners where partner = $partner", {"partner": partner})["name"]
    return names[0] if len(names) else None


def _misplaced_ids(everything: Warehouse, figures: Figures, partner: int) -> tuple[MisplacedIdRow, ...] | None:
    if everything.viewer.partner is not None:
        return None
    found = everything.query_file("reports/misplaced_ids", figures.scope, {"partner": partner})
    return tuple(_discreet(rows(MisplacedIdRow, found)))


def _discreet(found: tuple[MisplacedIdRow, ...]) -> Iterator[MisplacedIdRow]:
    """Leave out a sent text with more numbers than an id has: they may be somebody else's."""
    for row in found:
        alone = row.sent is not None and len(set(re.findall(r"[0-9]+", row.sent))) <= 2
        yield row if alone else row.model_copy(update={"sent": None})
