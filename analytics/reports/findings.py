"""The findings of a month, worst first. Each rule is one function, which defines what is normal.

The findings of overview/attention.sql are used unchanged. This module has the rules that need the course of the month, single
customers or another environment.
"""

from __future__ import annotations

import datetime as dt
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

from analytics import numbers
from analytics.reports.model import ConnectorRow, ErrorRow, Finding, MisplacedIdRow
from analytics.reports.wording import say, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analytics.reports.model import DayRow, FailingRow, IntegrationDayRow, IntegrationRow
    from ingest.call import Party

SEVERITIES: tuple[Literal["high", "medium", "low"], ...] = ("high", "medium", "low")
SUPPLIED_PREFIX = "profit_"
"""The prefix of the vendor's own GetConnectors. Their use blocks certification."""

NAMES = 5
"""A finding gives at most this many names, and the number of the others."""

ERROR_DAY_RATE = 0.05
ERROR_DAY_TIMES = 3
ERROR_DAY_ERRORS = 10
"""An error day has this error rate at least, this many times the median day's, and this many errors."""

ACCEPT_RATE = 0.05
ACCEPT_TIMES = 2
ACCEPT_ERRORS = 20
"""Accept stands out with this error rate at least, this many times production's, and this many errors."""

ALARMING_RATE = 0.25
ALARMING_CALLS = 100
"""From this error rate, and this many failed calls of one customer, on a finding is of high severity."""


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, worst first, and within a severity in their order."""
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def from_attention(
    rows: Iterable[Mapping[str, Any]], errors: Sequence[ErrorRow], *, told: Iterable[str] = ()
) -> Iterator[Finding]:
    """The findings of overview/attention.sql that matter. The error rates of integrations in `told` are explained already."""
    for row in rows:
        kind, subject = row["kind"], row["subject"]
        if row["severity"] == "low" or (kind == "error_rate_up" and subject in told):
            continue
        yield Finding(
            severity=row["severity"],
            kind=kind,
            subject=subject,
            party=_party(subject, errors) if kind == "error_rate_up" else None,
            finding=say(
                f"finding.{kind}",
                "finding",
                subject=subject,
                name=label(row["name"], subject),
                calls=numbers.counted(row["calls"], "call"),
                customers=numbers.counted(row["customers"], "customer"),
                defect=(words("id_defect") | words("id_status")).get(subject, subject).lower(),
                now=_as_said(kind, row["now"]),
                before=_usually(row["before"]) if kind == "gone_silent" else _as_said(kind, row["before"]),
            ),
            advice=say(f"finding.{kind}", "advice"),
        )


def error_days(
    course: Iterable[IntegrationDayRow],
    integrations: Sequence[IntegrationRow],
    errors: Sequence[ErrorRow],
    *,
    known: Iterable[dt.date] = (),
) -> Iterator[Finding]:
    """Integrations with days of many more errors than usual. `known` days, with errors of everybody, are left out."""
    told = set(known)
    by_integration: dict[str, list[IntegrationDayRow]] = {}
    for row in course:
        by_integration.setdefault(row.integration, []).append(row)
    for integration in integrations:
        days = by_integration.get(integration.integration, [])
        if found := [day for day in _error_days(days) if day.day not in told]:
            number = integration.integration
            about = _about_days("error_days", label(integration.name, number), found, days)
            yield about.model_copy(update={"subject": number, "party": _party(number, errors)})


def platform_error_days(days: Sequence[DayRow]) -> tuple[tuple[dt.date, ...], list[Finding]]:
    """The days on which everybody had many more errors than usual, and the finding about them, if any."""
    found = _error_days(days)
    if not found:
        return (), []
    return tuple(row.day for row in found), [_about_days("platform_error_days", "", found, days)]


def failing_customers(
    failing: Iterable[FailingRow], integrations: Sequence[IntegrationRow], time_zone: str
) -> Iterator[Finding]:
    """Customers for whom nothing works any more; figures.py has the rule."""
    names = {row.integration: row.name for row in integrations}
    for row in failing:
        yield Finding(
            severity="high" if row.calls >= ALARMING_CALLS else "medium",
            kind="customer_failing",
            subject=row.customer,
            party=row.party,
            finding=say(
                "finding.customer_failing",
                "finding",
                customer=label(row.name, row.customer),
                name=label(names.get(row.integration), row.integration),
                since=numbers.instant(row.failing_since, time_zone),
                calls=numbers.counted(row.calls, "call"),
                outcome=words("outcome_explained")[row.outcome],
            ),
            advice=say("finding.customer_failing", f"advice_{row.party}"),
        )


def accept_errors(accept: Mapping[str, tuple[int, float]], integrations: Sequence[IntegrationRow]) -> Iterator[Finding]:
    """Integrations that fail in accept much more often than in production."""
    production = {row.integration: row for row in integrations}
    for integration, (errors, error_rate) in accept.items():
        now = production.get(integration)
        usual = (now.error_rate if now else None) or 0.0
        if errors >= ACCEPT_ERRORS and error_rate >= max(ACCEPT_RATE, ACCEPT_TIMES * usual):
            yield Finding(
                severity="medium",
                kind="accept_errors",
                subject=integration,
                party="partner",
                finding=say(
                    "finding.accept_errors",
                    "finding",
                    name=label(now.name if now else None, integration),
                    now=numbers.rate(error_rate),
                    before=numbers.rate(now.error_rate if now else None),
                ),
                advice=say("finding.accept_errors", "advice"),
            )


def supplied_connectors(connectors: Iterable[ConnectorRow]) -> Iterator[Finding]:
    """The vendor's own GetConnectors that integrations use."""
    names = {row.connector for row in connectors if row.connector is not None and row.integrations > 0}
    used = sorted(name for name in names if name.lower().startswith(SUPPLIED_PREFIX))
    if used:
        kind = "finding.supplied_connectors"
        named = ", ".join(used[:NAMES])
        if len(used) > NAMES:
            named = say(kind, "more", connectors=named, count=numbers.count(len(used) - NAMES))
        yield Finding(
            severity="medium",
            kind="supplied_connectors",
            subject=", ".join(used),
            party="partner",
            finding=say(kind, "finding", connectors=named, count=numbers.counted(len(used), "supplied GetConnector")),
            advice=say(kind, "advice"),
        )


def misplaced_ids(rows: Iterable[MisplacedIdRow]) -> Iterator[Finding]:
    """Calls that name the partner in a place where they do not count."""
    for row in rows:
        kind = "misplaced" if row.found == "soap_envelope" else "malformed"
        yield Finding(
            severity="medium",
            kind=kind,
            subject=row.sent or "",
            party="partner",
            finding=say(
                f"finding.{kind}",
                "finding",
                calls=numbers.counted(row.calls, "call"),
                customers=numbers.counted(row.customers, "customer"),
                defect=words("id_defect")[row.id_defect] if row.id_defect else "",
            ),
            advice=say(f"finding.{kind}", "advice"),
        )


def label(name: str | None, number: str) -> str:
    """A name with its number, or the number alone."""
    return f"{name} ({number})" if name else number


def _error_days(days: Sequence[DayRow] | Sequence[IntegrationDayRow]) -> list[DayRow | IntegrationDayRow]:
    usual = _usual_rate(days)
    return [
        day
        for day in days
        if day.error_rate is not None
        and day.error_rate >= max(ERROR_DAY_RATE, ERROR_DAY_TIMES * usual)
        and (day.errors or 0) >= ERROR_DAY_ERRORS
    ]


def _usual_rate(days: Iterable[DayRow | IntegrationDayRow]) -> float:
    rates = [day.error_rate for day in days if day.error_rate is not None]
    return median(rates) if rates else 0.0


def _about_days(
    kind: str,
    name: str,
    days: Sequence[DayRow | IntegrationDayRow],
    course: Iterable[DayRow | IntegrationDayRow],
) -> Finding:
    error_rate = sum(day.errors or 0 for day in days) / sum(day.calls or 0 for day in days)
    when = numbers.days(tuple(day.day for day in days))
    return Finding(
        severity="high" if error_rate >= ALARMING_RATE else "medium",
        kind=kind,
        subject=when,
        party=None,
        finding=say(
            f"finding.{kind}",
            "finding",
            name=name,
            days=when,
            now=numbers.rate(error_rate),
            before=numbers.rate(_usual_rate(course)),
        ),
        advice=say(f"finding.{kind}", "advice"),
    )


def _party(integration: str, errors: Iterable[ErrorRow]) -> Party | None:
    """Who can fix most of an integration's errors."""
    calls: dict[Party, int] = {}
    for row in errors:
        if row.integration == integration:
            calls[row.party] = calls.get(row.party, 0) + row.calls
    return max(sorted(calls), key=lambda party: calls[party], default=None)


def _as_said(kind: str, value: float | None) -> str:
    if value is None:
        return ""
    match kind:
        case "error_rate_up" | "unidentified" | "not_logged":
            return numbers.rate(value)
        case "customers_down":
            return numbers.counted(round(value), "customer")
        case _:
            return numbers.counted(round(value), "day")


def _usually(days: float | None) -> str:
    return "every day" if days is None or days < 1.05 else f"every {days:.1f} days"
