"""One month of everybody, for those who run the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.reports import findings
from analytics.reports.figures import Figures, rows
from analytics.reports.model import IdRow, MonthReport, PartnerRow, UnidentifiedRow

if TYPE_CHECKING:
    from analytics.reports.month import Month
    from analytics.warehouse.warehouse import Warehouse


def month_report(warehouse: Warehouse, month: Month) -> MonthReport:
    """The month as far as the warehouse may see. ReportError when it was not logged."""
    figures = Figures(warehouse, month, everything=warehouse)
    integrations = figures.integrations()
    days = figures.days()
    course = figures.integration_days()
    connectors = figures.connectors()
    errors = figures.errors()
    failing = figures.failing()
    bad_days, platform = findings.platform_error_days(days)
    spikes = list(findings.error_days(course, integrations, errors, known=bad_days))
    attention = [
        *platform,
        *spikes,
        *findings.from_attention(figures.attention(), errors, told={spike.subject for spike in spikes}),
        *findings.failing_customers(failing, integrations, warehouse.snapshot.time_zone),
        *findings.accept_errors(figures.accept_error_rates(), integrations),
        *findings.supplied_connectors(connectors),
    ]
    return MonthReport(
        period=figures.period,
        previous=figures.previous,
        time_zone=warehouse.snapshot.time_zone,
        data_until=warehouse.data_until(),
        totals=figures.totals(),
        totals_before=figures.totals_before(),
        findings=findings.in_order(attention),
        days=days,
        partners=rows(PartnerRow, figures.compared("customers_per_partner")),
        integrations=integrations,
        integration_days=course,
        connectors=connectors,
        errors=errors,
        failing=failing,
        environments=figures.environments(),
        ids=rows(IdRow, figures.ids()),
        unidentified=rows(UnidentifiedRow, warehouse.metric("unidentified_calls", figures.scope)),
    )
