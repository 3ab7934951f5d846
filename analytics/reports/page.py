"""A report as one HTML page: no script, nothing fetched, every text escaped by the template engine."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from analytics import numbers
from analytics.reports import svg
from analytics.reports.figures import FAILING_CALLS
from analytics.reports.findings import label
from analytics.reports.model import Totals
from analytics.reports.wording import say, words
from ingest.call import Outcome, Party

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.reports.model import Finding, IntegrationRow, MissingTime, MonthReport, PartnerReport, Report

FOLDER = Path(__file__).parent / "templates"
FINDINGS_OF_A_KIND = 5
"""More findings of one kind than this are only counted on the page; all are in the CSV file."""

NO_CHANGE = {numbers.NOTHING, numbers.change(1, 1), numbers.difference(1, 1), numbers.points(1.0, 1.0)}
MOVERS = 6
MISSING_TIMES = 5
"""More gaps than this are only counted."""


@dataclass(frozen=True)
class Card:
    """One figure at the top of the page."""

    label: str
    value: str
    change: str
    better: str
    then: str


@dataclass(frozen=True)
class Part:
    """A share of all errors."""

    party: Party
    calls: int
    share: float
    outcome: Outcome | None = None


def partner_page(report: PartnerReport, file: Callable[[str], str]) -> str:
    """The page of a partner's month; `file` names the CSV file of a table."""
    month = numbers.month(report.period.since)
    return _render(
        "partner.html",
        report,
        file,
        kind=words("partner")["kind"],
        heading=report.name or say("partner", "fallback", partner=str(report.partner)),
        subtitle=say(
            "partner", "subtitle" if report.name else "subtitle_short", month=month, partner=str(report.partner)
        ),
        nameless=_nameless(
            integrations=[row.name for row in report.integrations],
            customers=list({row.customer: row.name for row in report.customers}.values()),
        ),
    )


def month_page(report: MonthReport, file: Callable[[str], str]) -> str:
    """The page of everybody's month; `file` names the CSV file of a table."""
    moved = [row for row in report.integrations if row.customers_before is not None]
    moved.sort(key=lambda row: (-abs(_gain(row)), row.integration))
    return _render(
        "month.html",
        report,
        file,
        kind=words("month")["kind"],
        heading=say("month", "title", month=numbers.month(report.period.since)),
        subtitle=words("month")["subtitle"],
        nameless=_nameless(
            partners=[row.name for row in report.partners],
            integrations=[row.name for row in report.integrations],
        ),
        gained=[row for row in moved if _gain(row) > 0][:MOVERS],
        lost=[row for row in moved if _gain(row) < 0][:MOVERS],
        outcomes=_outcomes(report),
    )


def _render(template: str, report: Report, file: Callable[[str], str], *, nameless: str, **values: object) -> str:
    names = {row.integration: row.name for row in report.integrations}
    zone = ZoneInfo(report.time_zone)
    shown = _shown(report.findings)
    return (
        _engine()
        .get_template(template)
        .render(
            report=report,
            file=file,
            style=Markup((FOLDER / "style.css").read_text(encoding="utf-8").strip()),  # noqa: S704 - our own file
            common=words("common"),
            last_day=report.period.until - dt.timedelta(days=1),
            warnings=_warnings(report),
            notes=_notes(report, nameless),
            cards=_cards(report),
            shown_findings=shown,
            charts={"calls": _calls_chart(report), "rate": _rate_chart(report), "party": _party_chart(report)},
            parties=_parties(report),
            failing_calls=FAILING_CALLS,
            about=_about(report),
            spark=_sparks(report),
            changed=partial(_changed, report),
            integration_name=lambda integration: names.get(integration) or integration,
            date=lambda instant: numbers.day(instant.astimezone(zone).date()),
            **values,
        )
    )


@cache
def _engine() -> Environment:
    engine = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    engine.globals |= {
        "say": say,
        "words": words,
        "count": numbers.count,
        "counted": numbers.counted,
        "rate": numbers.rate,
        "change": numbers.change,
        "difference": numbers.difference,
        "points": numbers.points,
        "month": numbers.month,
        "day": numbers.day,
        "instant": numbers.instant,
        "meter": lambda value, maximum, css="calls": svg.meter(value, maximum, css=css),
    }
    return engine


def _warnings(report: Report) -> list[str]:
    """What makes the figures of this month too low."""
    period = report.period
    ends = report.data_until.astimezone(ZoneInfo(report.time_zone)).date()
    missing = tuple(day for day in period.missing_days if day <= ends)
    warnings = []
    if missing:
        warnings.append(say("notice", "missing", days=numbers.days(missing)))
    if period.missing_times:
        warnings.append(_missing_times(period.missing_times))
    if ends < period.until - dt.timedelta(days=1):
        warnings.append(say("notice", "ends", until=numbers.instant(report.data_until, report.time_zone)))
    return warnings


def _missing_times(times: Sequence[MissingTime]) -> str:
    """Which hours are missing, the first times one by one."""
    said = [
        say("notice", "time_of", stream=time.stream, time=numbers.times(time.since, time.until))
        if time.stream
        else numbers.times(time.since, time.until)
        for time in times[:MISSING_TIMES]
    ]
    if len(times) > MISSING_TIMES:
        said.append(say("notice", "more_times", count=numbers.count(len(times) - MISSING_TIMES)))
    hours = numbers.counted(sum(time.hours for time in times), "hour")
    return say("notice", "hours", hours=hours, times="; ".join(said))


def _notes(report: Report, nameless: str) -> list[str]:
    """What a reader should know besides."""
    period, previous = report.period, report.previous
    month = numbers.month(previous.since)
    notes = []
    if previous.days_covered == 0:
        notes.append(say("notice", "previous_none", previous=month))
    elif not report.comparable:
        gaps = period if previous.complete else previous
        days, covered = numbers.counted(gaps.days, "day"), numbers.count(gaps.days_covered)
        notes.append(
            say("notice", "not_comparable", previous=month, month=numbers.month(gaps.since), covered=covered, days=days)
        )
    return [*notes, nameless] if nameless else notes


def _nameless(**names: Sequence[str | None]) -> str:
    """What to say about numbers without a name; nothing when all have one."""
    missing = {what: [name for name in found if not name] for what, found in names.items()}
    if all(len(missing[what]) == len(found) for what, found in names.items()):
        return say("notice", "registry_none")
    said = [numbers.counted(len(found), what.removesuffix("s"), what) for what, found in missing.items() if found]
    return say("notice", "registry_some", missing=" and ".join(said)) if said else ""


def _cards(report: Report) -> list[Card]:
    now, before = report.totals, report.totals_before
    then: dict[str, Any] = before.model_dump() if before else dict.fromkeys(Totals.model_fields)
    fewer_errors = _tone(now.error_rate, then["error_rate"], more_is="bad")
    shown = [
        ("customers", numbers.count, numbers.difference, _tone(now.customers, then["customers"], more_is="good")),
        ("integrations", numbers.count, numbers.difference, "plain"),
        ("calls", numbers.count, numbers.change, "plain"),
        ("error_rate", numbers.rate, numbers.points, fewer_errors),
    ]
    return [
        Card(
            label=words("common")[name],
            value=written(getattr(now, name)),
            change=changed(getattr(now, name), then[name]) if before and report.comparable else "",
            better=better,
            then=f"{numbers.month(report.previous.since)}: {written(then[name])}" if before else words("hint")[name],
        )
        for name, written, changed, better in shown
    ]


def _tone(now: float | None, before: float | None, *, more_is: Literal["good", "bad"]) -> str:
    """Whether a change is good news; one that is shown as none is neither."""
    if now is None or before is None or abs(now - before) < 0.0005:
        return "plain"
    return more_is if now > before else ("bad" if more_is == "good" else "good")


def _changed(report: Report, say_change: Callable[[Any, Any], str], now: float, before: float | None) -> Markup:
    """A change in a table's cell, soft where there is none."""
    text = say_change(now, before) if report.comparable else numbers.NOTHING
    return Markup('<span class="none">{}</span>').format(text) if text in NO_CHANGE else escape(text)


def _shown(found: Sequence[Finding]) -> list[Finding]:
    """The findings that stand on the page: of each kind the first few."""
    shown: list[Finding] = []
    for finding in found:
        if sum(other.kind == finding.kind for other in shown) < FINDINGS_OF_A_KIND:
            shown.append(finding)
    return shown


def _calls_chart(report: Report) -> Markup:
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


def _rate_chart(report: Report) -> Markup:
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


def _bands(report: Report) -> list[svg.Band]:
    return [
        svg.Band(row.day, row.logs, say("chart", f"{row.logs}_tooltip", day=numbers.weekday(row.day)))
        for row in report.days
        if row.logs != "complete"
    ]


def _parties(report: Report) -> list[Part]:
    """Errors by who can fix them, in a fixed order, so that colours keep their place."""
    calls = {party: sum(row.calls for row in report.errors if row.party == party) for party in get_args(Party)}
    total = sum(calls.values()) or 1
    order: tuple[Party, ...] = ("partner", "customer", "vendor")
    return [Part(party, calls[party], calls[party] / total) for party in order]


def _outcomes(report: Report) -> list[Part]:
    calls: dict[tuple[Outcome, Party], int] = {}
    for row in report.errors:
        calls[row.outcome, row.party] = calls.get((row.outcome, row.party), 0) + row.calls
    total = sum(calls.values()) or 1
    parts = [Part(party, number, number / total, outcome) for (outcome, party), number in calls.items()]
    return sorted(parts, key=lambda part: (-part.calls, part.outcome or ""))


def _party_chart(report: Report) -> Markup:
    parts = _parties(report)
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


def _sparks(report: Report) -> Callable[[str], Markup]:
    calls: dict[str, dict[dt.date, int]] = {}
    for row in report.integration_days:
        calls.setdefault(row.integration, {})[row.day] = row.calls
    names = {row.integration: label(row.name, row.integration) for row in report.integrations}
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


def _about(report: Report) -> list[tuple[str, str]]:
    text = words("about")
    period, previous = report.period, report.previous
    values = {
        "since": numbers.day(period.since),
        "last": numbers.day(period.until - dt.timedelta(days=1)),
        "time_zone": report.time_zone,
        "until": numbers.instant(report.data_until, report.time_zone),
        "covered": numbers.count(period.days_covered),
        "days": numbers.count(period.days),
        "previous": numbers.month(previous.since),
        "covered_before": numbers.count(previous.days_covered),
        "days_before": numbers.count(previous.days),
    }
    terms = ("period", "until", "covered", "error", "customer", "integration", "change", "csv")
    return [(text[term], say("about", f"{term}_text", **values)) for term in terms]


def _gain(row: IntegrationRow) -> int:
    return row.customers - (row.customers_before or 0)
