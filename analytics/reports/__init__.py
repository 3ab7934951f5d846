"""Batch reports: a month of one partner, or of everybody, as one HTML page and its numbers as CSV.

partner_report.py, month_report.py   ask the warehouse (figures.py) and say what stands out (findings.py)
model.py                             what a report says: page and CSV files are written from this alone
page.py, templates/                  the page; notices.py: what a reader has to know about its figures
charts.py, svg.py                    its charts, and how marks become SVG
mailing.py                           whom to write to about a change
text.toml                            every word of the two reports
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel

from analytics.reports.errors import ReportError
from analytics.reports.model import MonthReport, PartnerReport, Report
from analytics.reports.month import Month
from analytics.spreadsheet.csv_text import csv_text
from ingest.lake.durable import write_anew

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from analytics.warehouse.warehouse import Warehouse

__all__ = ["MonthReport", "PartnerReport", "ReportError", "write_month_report", "write_partner_report"]


def write_partner_report(warehouse: Warehouse, partner: int, month: str, out: Path) -> list[Path]:
    """The files of a partner's month (like 2026-10), written to the folder `out`; the page first.

    `partner-1234-2026-10.html` is the page, `partner-1234-2026-10.csv` its figures in short, `partner-1234-2026-10-customers.csv`
    and so on its tables. Nothing in them is another partner's. ReportError says why there is nothing to write, or nowhere.
    """
    from analytics.reports.page import partner_page
    from analytics.reports.partner_report import partner_report

    report = partner_report(warehouse, partner, Month.parse(month))
    stem = f"partner-{partner}-{report.period.month}"
    return _write(out, stem, report, lambda file: partner_page(report, file))


def write_month_report(warehouse: Warehouse, month: str, out: Path) -> list[Path]:
    """The files of everybody's month (like 2026-10), written to the folder `out`; the page first.

    `month-2026-10.html` is the page, `month-2026-10.csv` its figures in short, `month-2026-10-partners.csv` and so on its
    tables. ReportError says why there is nothing to write, or nowhere.
    """
    from analytics.reports.month_report import month_report
    from analytics.reports.page import month_page

    report = month_report(warehouse, Month.parse(month))
    return _write(out, f"month-{report.period.month}", report, lambda file: month_page(report, file))


def _write(out: Path, stem: str, report: Report, page: Callable[[Callable[[str], str]], str]) -> list[Path]:
    def csv_name(table: str) -> str:
        return f"{stem}-{table.replace('_', '-')}.csv"

    texts = {f"{stem}.html": page(csv_name), f"{stem}.csv": _summary(report)}
    texts |= {csv_name(name): csv_text(header, rows) for name, (header, rows) in _tables(report).items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write_anew(out / name, text)
    except OSError as error:
        raise ReportError(f"{out}: the report cannot be written there: {error.strerror or error}") from error
    return [out / name for name in texts]


def _tables(report: Report) -> dict[str, tuple[list[str], list[list[object]]]]:
    """Header and rows of every table of the report, by the name of its field."""
    tables = {}
    for name, field in type(report).model_fields.items():
        rows = getattr(report, name)
        if isinstance(rows, tuple):
            columns = list(_row_model(field.annotation).model_fields)
            tables[name] = (columns, [[getattr(row, column) for column in columns] for row in rows])
    return tables


def _row_model(annotation: object) -> type[BaseModel]:
    """The row's model in `tuple[Row, ...]` or `tuple[Row, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return _row_model(next(argument for argument in get_args(annotation) if argument is not type(None)))


def _summary(report: Report) -> str:
    """The figures at the top of the page, one a line, with those of the previous month."""
    now, before = report.totals, report.totals_before
    period, previous = report.period, report.previous
    about: list[tuple[str, object, object, str]] = [
        ("month", period.month, previous.month, ""),
        ("since", period.since, previous.since, "date"),
        ("until", period.until, previous.until, "date, not included"),
        ("days", period.days, previous.days, "days"),
        ("days_covered", period.days_covered, previous.days_covered, "days"),
        ("missing_days", _dates(period.missing_days), _dates(previous.missing_days), "dates"),
        ("thin_days", _dates(period.thin_days), _dates(previous.thin_days), "dates"),
        ("missing_hours", period.missing_hours, previous.missing_hours, "hours"),
        ("data_until", report.data_until, None, "UTC"),
        ("time_zone", report.time_zone, None, "of the days"),
        ("environment", "production", "production", ""),
    ]
    if isinstance(report, PartnerReport):
        about = [("partner", report.partner, None, ""), ("name", report.name, None, ""), *about]
    units = {"customers": "customers", "integrations": "integrations", "error_rate": "fraction of calls"}
    figures = [
        (name, getattr(now, name), getattr(before, name, None), units.get(name, "calls"))
        for name in type(now).model_fields
    ]
    return csv_text(("measure", "value", "before", "unit"), [*about, *figures])


def _dates(days: tuple[dt.date, ...]) -> str:
    return " ".join(day.isoformat() for day in days)
