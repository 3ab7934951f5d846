"""One month of everybody, for those who run the platform."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from pydantic import Field

from analytics.reports.figures import Figures, rows
from analytics.reports.model import IntegrationRow, MonthFigures, Record
from ingest.call import IdDefect, IdStatus

if TYPE_CHECKING:
    from analytics.reports.month import Month
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse


MOVERS = 6


class PartnerRow(Record):
    """One partner."""

    partner: int
    name: str | None
    integrations: int
    customers: int
    calls: int
    errors: int
    error_rate: float | None
    customers_before: int | None
    calls_before: int | None
    error_rate_before: float | None


class IdRow(Record):
    """One state of the IntegrationId."""

    id_status: IdStatus
    id_defect: IdDefect | None
    calls: int
    customers: int
    share: float | None = Field(description="of the calls whose log could have held the header; None: not logged")
    share_before: float | None


class UnidentifiedRow(Record):
    """Calls whose IntegrationId is missing or malformed, by customer, user agent and connector. These may show their owner."""

    customer: str
    user_agent: str | None
    connector: str | None
    calls: int
    first_call: dt.datetime
    last_call: dt.datetime


class MonthReport(MonthFigures):
    """One month of everybody."""

    partners: tuple[PartnerRow, ...]
    ids: tuple[IdRow, ...]
    unidentified: tuple[UnidentifiedRow, ...]

    @property
    def gained(self) -> list[IntegrationRow]:
        """The integrations that gained the most customers."""
        return [row for row in self._moved() if _gain(row) > 0][:MOVERS]

    @property
    def lost(self) -> list[IntegrationRow]:
        """The integrations that lost the most customers."""
        return [row for row in self._moved() if _gain(row) < 0][:MOVERS]

    def _moved(self) -> list[IntegrationRow]:
        moved = [row for row in self.integrations if row.customers_before is not None]
        return sorted(moved, key=lambda row: (-abs(_gain(row)), row.integration))


def ask(warehouse: Warehouse, month: Month, _about: Scope) -> MonthReport:
    """The month as far as the warehouse may see. ReportError when it was not logged."""
    figures = Figures(warehouse, month, everything=warehouse)
    return MonthReport(
        **figures.in_full(figures.findings()),
        partners=rows(PartnerRow, figures.compared("customers_per_partner")),
        ids=rows(IdRow, figures.ids()),
        unidentified=rows(UnidentifiedRow, warehouse.metric("unidentified_calls", figures.scope)),
    )


def _gain(row: IntegrationRow) -> int:
    return row.customers - (row.customers_before or 0)
