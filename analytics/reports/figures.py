"""The questions of reports to the warehouse: a calendar month, the one before it, and how far the logs cover both."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from analytics import numbers
from analytics.completeness.gaps import HOUR, gaps
from analytics.findings.findings import findings
from analytics.findings.of_customers import is_failing
from analytics.metrics import metric
from analytics.reports.errors import ReportError
from analytics.reports.model import (
    ConnectorRow,
    DayRow,
    EnvironmentRow,
    ErrorRow,
    FailingRow,
    Finding,
    IntegrationDayRow,
    IntegrationRow,
    MissingTime,
    Period,
    Totals,
)
from analytics.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from analytics.findings.finding import Finding as Found
    from analytics.reports.month import Month
    from analytics.warehouse.warehouse import Warehouse

RowT = TypeVar("RowT", bound=BaseModel)


COUNTS = ("customers", "integrations", "calls", "errors", "share")
"""Columns that are zero for an integration, partner or connector without calls in the month."""

UNKNOWN = ("error_rate", "first_call", "last_call")
"""Columns that are null for it."""


class Figures:
    """The tables of a report about one month, from one warehouse.

    `everything` is the warehouse that may see all: it only tells which days were logged at all, for a day on which one
    partner made no call is no gap in the logs.
    """

    def __init__(self, warehouse: Warehouse, month: Month, *, everything: Warehouse) -> None:
        self.month = month
        self._warehouse = warehouse
        self._everything = everything
        self.scope = Scope(since=month.since, until=month.until)
        self._scope_before = Scope(since=month.previous().since, until=month.since)
        self.period = self._period(month)
        self.previous = self._period(month.previous())
        if self.period.days_covered == 0:
            raise ReportError(f"no logs of {month} are loaded; the lake's days are {span(everything)}")

    def dated(self) -> dict[str, Any]:
        """The fields of `Dated`: both months, and how far the logs reach."""
        return {
            "period": self.period,
            "previous": self.previous,
            "time_zone": self._everything.snapshot.time_zone,
            "data_until": self._everything.data_until(),
        }

    def in_full(self, found: Iterable[Found]) -> dict[str, Any]:
        """The fields of `MonthFigures`, with these findings."""
        return {
            **self.dated(),
            "totals": self.totals(),
            "totals_before": self.totals_before(),
            "findings": tuple(Finding.model_validate(one) for one in found),
            "days": self.days,
            "integrations": self.integrations,
            "integration_days": self.integration_days,
            "connectors": self.connectors,
            "errors": self.errors,
            "failing": self.failing,
            "environments": self.environments,
        }

    def totals(self) -> Totals:
        """One line for the month."""
        return rows(Totals, self._warehouse.query_file("overview/totals", self.scope))[0]

    def totals_before(self) -> Totals | None:
        """One line for the previous month. None if nothing was logged in it."""
        if self.previous.days_covered == 0:
            return None
        return rows(Totals, self._warehouse.query_file("overview/totals", self._scope_before))[0]

    @cached_property
    def days(self) -> tuple[DayRow, ...]:
        """Every day of the month, including days that the lake does not reach."""
        counted = {row["day"]: row for row in self._warehouse.metric("calls_per_day", self.scope).iter_rows(named=True)}
        nothing = dict.fromkeys(("calls", "errors", "error_rate", "customers", "integrations"))
        return tuple(
            DayRow.model_validate(nothing | counted.get(day, {}) | {"day": day, "logs": self._logs(day)})
            for day in self.month.days
        )

    @cached_property
    def integrations(self) -> tuple[IntegrationRow, ...]:
        """Every integration called in this month or the one before."""
        return rows(IntegrationRow, self.compared("customers_per_integration"))

    @cached_property
    def integration_days(self) -> tuple[IntegrationDayRow, ...]:
        """The course of each integration."""
        return rows(IntegrationDayRow, self._warehouse.query_file("reports/integration_course", self.scope))

    @cached_property
    def connectors(self) -> tuple[ConnectorRow, ...]:
        """Every part of the API called in this month or the one before."""
        return rows(ConnectorRow, self.compared("connector_usage"))

    @cached_property
    def errors(self) -> tuple[ErrorRow, ...]:
        """Every kind of error."""
        return rows(ErrorRow, self._warehouse.metric("errors_by_outcome", self.scope))

    @cached_property
    def failing(self) -> tuple[FailingRow, ...]:
        """The customers for whom nothing works any more. A failed last call or an hour's outage is not enough."""
        found = self._warehouse.query_file("findings/failing_customers", self.scope)
        failing = [is_failing(row) for row in found.iter_rows(named=True)]
        return rows(FailingRow, found.filter(failing))

    @cached_property
    def environments(self) -> tuple[EnvironmentRow, ...]:
        """All environments."""
        return rows(
            EnvironmentRow, self._warehouse.query_file("reports/environments", self.scope.replace(environment="all"))
        )

    def findings(self) -> list[Found]:
        """Everything in the month that needs somebody, with what was acknowledged until its end or longer."""
        return findings(self._warehouse, self.scope, today=self.month.until)

    def compared(self, name: str) -> pl.DataFrame:
        """A metric, and beside it as `<column>_before` the same over the previous calendar month.

        A row of only one of the months counts zero in the other. If nothing was logged in the previous month, all of its values
        are null.
        """
        import polars as pl

        key = list(metric(name).key)
        now = self._warehouse.metric(name, self.scope)
        before = self._warehouse.metric(name, self._scope_before)
        both = now.join(
            before, on=key, how="full", coalesce=True, nulls_equal=True, suffix="_before", maintain_order="left_right"
        )
        counts = [column for column in now.columns if column in COUNTS]
        described = [column for column in now.columns if column not in {*key, *COUNTS, *UNKNOWN}]
        known = self.previous.days_covered > 0
        return both.with_columns(
            *(pl.coalesce(column, f"{column}_before") for column in described),
            *(pl.col(column).fill_null(0) for column in counts),
            *(pl.col(f"{column}_before").fill_null(0) for column in counts if known),
        )

    def ids(self) -> pl.DataFrame:
        """id_hygiene, compared. Calls whose log cannot hold an id have no share in either month."""
        import polars as pl

        is_logged = pl.col("id_status") != "not_logged"
        return self.compared("id_hygiene").with_columns(
            pl.when(is_logged).then(pl.col(column)) for column in ("share", "share_before")
        )

    def _period(self, month: Month) -> Period:
        missing = self._missing_days(month)
        times = self._missing_times(month)
        thin = {day for time in times for day in month.days if time.since.date() <= day <= (time.until - HOUR).date()}
        return Period(
            month=str(month),
            since=month.since,
            until=month.until,
            days=len(month.days),
            missing_days=tuple(day for day in month.days if day in missing),
            thin_days=tuple(day for day in month.days if day in thin - missing),
            missing_times=times,
            calls_since=self._warehouse.calls_since(Scope(since=month.since, until=month.until)),
        )

    def _missing_days(self, month: Month) -> set[dt.date]:
        """The days before and after the logs, and the days without any call on which calls were to be expected.

        By the rhythm of the logs, as the metric `completeness` has it: a Sunday of offices is no gap, and no holiday is.
        """
        import polars as pl

        lived = self._everything.lived()
        if lived is None:
            return set(month.days)
        scope = Scope(since=month.since, until=month.until, environment="all")
        is_told = pl.col("why").is_null() | (pl.col("why") != "holiday")
        silent = (
            self._everything.metric("completeness", scope)
            .with_columns(day=pl.col("hour").dt.convert_time_zone(self._everything.snapshot.time_zone).dt.date())
            .group_by("day")
            .agg(
                calls=pl.col("calls").sum(),
                expected=pl.col("expected").filter(is_told).sum(),
                is_missing=(pl.col("state") == "missing").any(),
            )
            .filter((pl.col("calls") == 0) & ((pl.col("expected") >= 1) | pl.col("is_missing")))
        )
        return {day for day in month.days if not lived[0] <= day < lived[1]} | set(silent["day"])

    def _missing_times(self, month: Month) -> tuple[MissingTime, ...]:
        """The times at which logs of such calls are missing. Only a viewer who may see everything learns which log it is."""
        viewer = self._warehouse.viewer
        scope = viewer.replace(since=month.since, until=month.until, environment="production")
        return tuple(
            MissingTime(
                stream=None if viewer.narrows else gap.stream, since=gap.since, until=gap.until, hours=gap.hours
            )
            for gap in gaps(self._everything, scope)
            if gap.state == "missing"
        )

    def _logs(self, day: dt.date) -> str:
        if day in self.period.missing_days:
            return "missing"
        return "thin" if day in self.period.thin_days else "complete"


def span(everything: Warehouse) -> str:
    """The first and the last day of the lake. ReportError when it is empty."""
    lived = everything.lived()
    if lived is None:
        raise ReportError("the lake holds no calls yet; load logs with `koppelzicht ingest`")
    return f"{numbers.day(lived[0])} to {numbers.day(lived[1] - dt.timedelta(days=1))}"


def rows(model: type[RowT], frame: pl.DataFrame) -> tuple[RowT, ...]:
    """The rows of a frame as records. Columns that the model does not have are left out."""
    columns = [name for name in model.model_fields if name in frame.columns]
    return tuple(model.model_validate(row) for row in frame.select(columns).iter_rows(named=True))
