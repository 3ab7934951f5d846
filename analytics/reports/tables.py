"""The numbers of a report as CSV: a file for each of its tables, and one for its figures in short."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args, get_origin

from pydantic import BaseModel

from analytics.reports.model import MonthFigures
from analytics.spreadsheet.csv_text import csv_text

if TYPE_CHECKING:
    import datetime as dt

    from analytics.reports.model import Dated


def tables(report: Dated) -> dict[str, str]:
    """Every table of the report as CSV, by the name of its field. A table that the viewer may not see is left out."""
    return {
        name: csv_text(
            list(row.model_fields), [[getattr(each, column) for column in row.model_fields] for each in rows]
        )
        for name, row in row_models(type(report)).items()
        if (rows := getattr(report, name)) is not None
    }


def summary(report: Dated) -> str:
    """The subject of the report and the figures at the top of its page, one per line, with those of the previous month."""
    period, previous = report.period, report.previous
    about: list[tuple[str, object, object, str]] = [
        *((name, value, None, "") for name, value in subject(report).items()),
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
    return csv_text(("measure", "value", "before", "unit"), [*about, *_figures(report)])


def subject(report: Dated) -> dict[str, object]:
    """The fields that only this kind of report has and that are no tables, such as the partner it is about."""
    told = {*MonthFigures.model_fields, *row_models(type(report))}
    return {name: getattr(report, name) for name in type(report).model_fields if name not in told}


def row_models(report: type[Dated]) -> dict[str, type[BaseModel]]:
    """The model of the rows of every table of a report, by the name of its field."""
    models = {name: _row_model(field.annotation) for name, field in report.model_fields.items()}
    return {name: model for name, model in models.items() if model is not None}


def _figures(report: Dated) -> list[tuple[str, object, object, str]]:
    if not isinstance(report, MonthFigures):
        return []
    now, before = report.totals, report.totals_before
    units = {"customers": "customers", "integrations": "integrations", "error_rate": "fraction of calls"}
    return [
        (name, getattr(now, name), getattr(before, name, None), units.get(name, "calls"))
        for name in type(now).model_fields
    ]


def _row_model(annotation: object) -> type[BaseModel] | None:
    """The row's model in `tuple[Row, ...]` or `tuple[Row, ...] | None`; None where there is no such tuple."""
    for inner in get_args(annotation):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return inner if get_origin(annotation) is tuple else None
        if (found := _row_model(inner)) is not None:
            return found
    return None


def _dates(days: tuple[dt.date, ...]) -> str:
    return " ".join(day.isoformat() for day in days)
