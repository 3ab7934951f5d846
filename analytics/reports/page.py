"""A report as one HTML page: no script, nothing fetched, every text escaped by the template engine."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from analytics import numbers
from analytics.findings.of_customers import FAILING_CALLS
from analytics.reports import cells, svg
from analytics.reports.charts import calls_chart, outcomes_of, parties_of, party_chart, rate_chart, sparks
from analytics.reports.kind import KINDS
from analytics.reports.model import MonthFigures, Totals
from analytics.reports.notices import notes_on, warnings_on
from analytics.reports.tables import row_models, subject
from analytics.reports.wording import say, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analytics.reports.model import Dated, Finding

FOLDER = Path(__file__).parent / "templates"
FINDINGS_OF_A_KIND = 5
"""More findings of one kind than this are only counted on the page; all are in the CSV file."""

NO_CHANGE = {numbers.NOTHING, numbers.change(1, 1), numbers.difference(1, 1), numbers.points(1.0, 1.0)}


@dataclass(frozen=True)
class Card:
    """One figure at the top of the page."""

    label: str
    value: str
    change: str
    better: str
    then: str


def page(name: str, report: Dated, file: Callable[[str], str]) -> str:
    """The page of the report `name`; `file` names the CSV file of a table."""
    template = _engine().select_template([f"{name}/page.html", "tables.html"])
    return template.render(**_values(name, report, file))


def _values(name: str, report: Dated, file: Callable[[str], str]) -> dict[str, object]:
    """The variables of the templates. Those of `month_figures.html` are there only if the report is a `MonthFigures`."""
    zone = ZoneInfo(report.time_zone)
    return {
        "report": report,
        "file": file,
        "style": Markup((FOLDER / "style.css").read_text(encoding="utf-8").strip()),  # noqa: S704 - our own file
        "common": words("common"),
        "text": words(name),
        "kind": words(name)["kind"],
        "last_day": report.period.until - dt.timedelta(days=1),
        "warnings": warnings_on(report),
        "notes": notes_on(report),
        "about": _about(report),
        "changed": partial(_changed, report),
        "date": lambda instant: numbers.day(instant.astimezone(zone).date()),
        "tables": {table: list(row.model_fields) for table, row in row_models(type(report)).items()},
        "subject": subject(report),
        "cell": partial(cells.in_words, time_zone=report.time_zone),
        **(_month_figures(report) if isinstance(report, MonthFigures) else {}),
    }


def _month_figures(report: MonthFigures) -> dict[str, object]:
    """The variables of `month_figures.html` and its parts."""
    names = {row.integration: row.name for row in report.integrations}
    return {
        "cards": _cards(report),
        "shown_findings": _shown(report.findings),
        "charts": {"calls": calls_chart(report), "rate": rate_chart(report), "party": party_chart(report)},
        "parties": parties_of(report),
        "outcomes": outcomes_of(report),
        "failing_calls": FAILING_CALLS,
        "spark": sparks(report),
        "integration_name": lambda integration: names.get(integration) or integration,
    }


@cache
def _engine() -> Environment:
    engine = Environment(
        loader=FileSystemLoader([FOLDER, KINDS]),
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
        "duration": numbers.duration,
        "is_figure": cells.is_figure,
        "meter": lambda value, maximum, css="calls": svg.meter(value, maximum, css=css),
    }
    return engine


def _cards(report: MonthFigures) -> list[Card]:
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
    """Whether a change is good or bad news. A change too small to be shown is neither."""
    if now is None or before is None or abs(now - before) < 0.0005:
        return "plain"
    return more_is if now > before else ("bad" if more_is == "good" else "good")


def _changed(report: Dated, say_change: Callable[[Any, Any], str], now: float, before: float | None) -> Markup:
    """A change in a table's cell. If there is none, it is drawn softly."""
    text = say_change(now, before) if report.comparable else numbers.NOTHING
    return Markup('<span class="none">{}</span>').format(text) if text in NO_CHANGE else escape(text)


def _shown(found: Sequence[Finding]) -> list[Finding]:
    """The findings on the page: the first few of each kind."""
    shown: list[Finding] = []
    for finding in found:
        if sum(other.kind == finding.kind for other in shown) < FINDINGS_OF_A_KIND:
            shown.append(finding)
    return shown


def _about(report: Dated) -> list[tuple[str, str]]:
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
