"""The charts of a report, from its days and its errors."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from analytics import numbers
from analytics.reports import svg
from analytics.reports.wording import say, words
from ingest.call import Outcome, Party

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from analytics.reports.model import MonthFigures


@dataclass(frozen=True)
class Part:
    """A share of all errors."""

    party: Party
    calls: int
    share: float
    outcome: Outcome | None = None


def calls_chart(report: MonthFigures) -> Markup:
    """Calls and errors of each day."""
    marks = [
        svg.Mark(
            row.day,
            (("errors", row.errors or 0), ("calls", row.calls - (row.errors or 0))),
            say(
                "chart",
                "calls_tooltip",
                day=numbers.weekday(row.day),
                calls=numbers.counted(row.calls, "call"),
                errors=numbers.counted(row.errors or 0, "error"),
                customers=numbers.counted(row.customers or 0, "customer"),
            ),
        )
        for row in report.days
        if row.logs != "missing" and row.calls is not None
    ]
    peak = max(report.days, key=lambda row: row.calls or 0)
    return svg.day_columns(
        marks,
        _bands(report),
        name="calls-per-day",
        title=say("chart", "calls_of", month=numbers.month(report.period.since)),
        description=say(
            "chart",
            "calls_description",
            total=numbers.counted(report.totals.calls, "call"),
            days=numbers.counted(len(marks), "day"),
            peak_day=numbers.weekday(peak.day),
            peak=numbers.count(peak.calls or 0),
        ),
        label=lambda value: numbers.count(round(value)) if value == round(value) else "",
    )


def rate_chart(report: MonthFigures) -> Markup:
    """The error rate of each day."""
    marks = [
        svg.Mark(
            row.day,
            (("errors", row.error_rate),) if row.error_rate is not None else (),
            say(
                "chart",
                "rate_tooltip",
                day=numbers.weekday(row.day),
                rate=numbers.rate(row.error_rate),
                calls=numbers.counted(row.calls or 0, "call"),
            ),
        )
        for row in report.days
        if row.logs != "missing"
    ]
    rates = [row.error_rate for row in report.days if row.error_rate is not None]
    return svg.day_line(
        marks,
        _bands(report),
        name="error-rate-per-day",
        title=say("chart", "rate_of", month=numbers.month(report.period.since)),
        description=say(
            "chart",
            "rate_description",
            lowest=numbers.rate(min(rates, default=None)),
            highest=numbers.rate(max(rates, default=None)),
            month_rate=numbers.rate(report.totals.error_rate),
        ),
        label=lambda value: f"{value * 100:g}%",
    )


def party_chart(report: MonthFigures) -> Markup:
    """All errors as one bar, by who can fix them."""
    parts = parties_of(report)
    tips = [
        say(
            "chart",
            "party_tooltip",
            party=words("party")[part.party],
            calls=numbers.counted(part.calls, "error"),
            share=numbers.rate(part.share),
        )
        for part in parts
    ]
    return svg.share_bar(
        [svg.Share(f"party-{part.party}", part.calls, tip) for part, tip in zip(parts, tips, strict=True)],
        name="errors-by-party",
        title=say("chart", "party_of", month=numbers.month(report.period.since)),
        description="; ".join(tips),
    )


def sparks(report: MonthFigures) -> Callable[[str], Markup]:
    """A small chart of the calls of each integration, by its id."""
    calls: dict[str, dict[dt.date, int]] = {}
    for row in report.integration_days:
        calls.setdefault(row.integration, {})[row.day] = row.calls
    names = {
        row.integration: f"{row.name} ({row.integration})" if row.name else row.integration
        for row in report.integrations
    }
    logged = [row.day for row in report.days]

    def spark(integration: str) -> Markup:
        own = calls.get(integration, {})
        if not own:
            title = say("chart", "spark_none", integration=names[integration])
        else:
            total = numbers.counted(sum(own.values()), "call")
            peak = numbers.count(max(own.values()))
            title = say("chart", "spark", integration=names[integration], calls=total, peak=peak)
        return svg.sparkline([own.get(day) for day in logged], title=title)

    return spark


def parties_of(report: MonthFigures) -> list[Part]:
    """Errors by who can fix them, in a fixed order, so that colours keep their place."""
    calls = {party: sum(row.calls for row in report.errors if row.party == party) for party in get_args(Party)}
    total = sum(calls.values()) or 1
    order: tuple[Party, ...] = ("partner", "customer", "vendor")
    return [Part(party, calls[party], calls[party] / total) for party in order]


def outcomes_of(report: MonthFigures) -> list[Part]:
    """All errors by outcome and by who can fix them, most first."""
    calls: dict[tuple[Outcome, Party], int] = {}
    for row in report.errors:
        calls[row.outcome, row.party] = calls.get((row.outcome, row.party), 0) + row.calls
    total = sum(calls.values()) or 1
    parts = [Part(party, number, number / total, outcome) for (outcome, party), number in calls.items()]
    return sorted(parts, key=lambda part: (-part.calls, part.outcome or ""))


def _bands(report: MonthFigures) -> list[svg.Band]:
    return [
        svg.Band(row.day, row.logs, say("chart", f"{row.logs}_tooltip", day=numbers.weekday(row.day)))
        for row in report.days
        if row.logs != "complete"
    ]
