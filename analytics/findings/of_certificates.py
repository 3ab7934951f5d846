"""Certificates that are lost, at risk, ending or ended, and what blocks one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from analytics import numbers
from analytics.findings.finding import Finding, finding_id
from analytics.findings.wording import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analytics.certification.certification import Certification
    from analytics.findings.finding import Kind, Severity
    from analytics.incidents.names import Names

SOON: Final = 7
"""A certificate that may be lost within so many days is urgent."""


def of_certificates(found: Certification, names: Names, time_zone: str) -> Iterator[Finding]:
    """What is to be said about the certificate of every integration."""
    zone = ZoneInfo(time_zone)
    for row in found.rows.iter_rows(named=True):
        reasons = row["reasons"]
        if row["state"] == "lost":
            yield _about("certificate_lost", "high", row, names, zone, since=row["since"])
        elif row["state"] == "at_risk":
            severity: Severity = "high" if (row["days_left"] or 0) <= SOON else "medium"
            yield _about("certificate_at_risk", severity, row, names, zone, since=row["since"])
        if "certification_ends" in reasons:
            yield _about("certificate_ends", "medium", row, names, zone, since=None)
        elif "certification_ended" in reasons and row["customers"]:
            yield _about("certificate_ended", "medium", row, names, zone, since=row["certified_until"])
        if "supplied_getconnectors" in reasons and "example_id" not in reasons:
            yield _about("supplied_connectors", "medium" if row["certified"] else "low", row, names, zone, since=None)


def _about(
    kind: Kind, severity: Severity, row: Mapping[str, Any], names: Names, zone: ZoneInfo, *, since: dt.date | None
) -> Finding:
    integration = row["integration"]
    ends = row["certified_until"]
    return Finding(
        id=finding_id(kind, integration),
        kind=kind,
        severity=severity,
        subject=integration,
        since=None if since is None else dt.datetime.combine(since, dt.time(), tzinfo=zone).astimezone(dt.UTC),
        until=None,
        what=say(kind, "what", name=names.named("integration", integration), day=numbers.day(ends) if ends else ""),
        why=_why(kind, row),
        who=say("who", "partner_of", partner=names.partner(str(row["partner"]))),
        what_to_do=say(kind, "todo"),
        link=f"{'practices' if kind == 'supplied_connectors' else 'certification'}?integration={integration}",
        party="partner",
        weight=row["customers"],
        integration=integration,
    )


def _why(kind: Kind, row: Mapping[str, Any]) -> str:
    name = "why"
    if kind == "certificate_at_risk":
        is_short = "too_few_customers" in row["reasons"]
        name = "why_too_few" if is_short else "why_falling" if "falling" in row["reasons"] else "why_ends"
    days = row["days_left"]
    return say(
        kind,
        name,
        customers=numbers.counted(row["customers"], "customer"),
        silent=row["silent"],
        required=row["customers_required"],
        window=numbers.counted(row["window_days"], "day"),
        connectors=numbers.counted(row["supplied_connectors"] or 0, "GetConnector"),
        left=say("certificate_at_risk", "left", days=numbers.counted(days, "day"))
        if days
        else say("certificate_at_risk", "left_today"),
    )
