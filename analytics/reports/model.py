"""The content of a report, as data. Its page and its CSV files are written from this and from nothing else.

This module has the parts that reports share. Each kind of report adds its own. Every tuple of rows is a table and becomes a CSV file:
the row's fields are the columns, in order. A column that ends in `_before` has the value of the previous calendar month, or null if
there is nothing to compare with. Rates are fractions, and instants are UTC.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from analytics.findings.finding import Kind, Severity, Who
from ingest.call import Environment, IdDefect, Operation, Outcome, Party, Product, Protocol


class Record(BaseModel):
    """A report, or a row of one of its tables. It never changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Totals(Record):
    """One line for everything in scope."""

    customers: int
    integrations: int
    calls: int
    errors: int
    error_rate: float | None


class MissingTime(Record):
    """A time without a call from a log source that is usually busy then. Half-open, in the lake's time zone."""

    stream: str | None = Field(description="the log source; None where it is not the reader's business")
    since: dt.datetime
    until: dt.datetime
    hours: int = Field(description="hours of that time in which calls were to be expected")


class Period(Record):
    """A month and how much of it the logs cover."""

    month: str = Field(description="like 2026-10")
    since: dt.date
    until: dt.date = Field(description="the first day after it")
    days: int
    missing_days: tuple[dt.date, ...] = Field(
        description="days without a call of anybody on which calls were to be expected: not logged, or not loaded"
    )
    thin_days: tuple[dt.date, ...] = Field(
        description="days on which a log source is missing, for hours or the whole day"
    )
    missing_times: tuple[MissingTime, ...] = Field(default=(), description="the hours that are missing on these days")
    calls_since: dt.date | None = Field(
        default=None,
        description="single calls of days before this one were removed, and their sums kept; None: no call of the month was",
    )

    @property
    def days_covered(self) -> int:
        """Days that are not missing."""
        return self.days - len(self.missing_days)

    @property
    def missing_hours(self) -> int:
        """The missing hours of all log sources together."""
        return sum(time.hours for time in self.missing_times)

    @property
    def complete(self) -> bool:
        """No day is missing."""
        return not self.missing_days


class Finding(Record):
    """Something that needs somebody, as `koppelzicht findings` shows it for the same period."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: Kind
    severity: Severity
    subject: str = Field(
        description="what it is about: an integration, a customer, both, a partner, or an id as it was sent"
    )
    since: dt.datetime | None
    until: dt.datetime | None = Field(description="None while it lasts")
    what: str
    why: str
    who: str
    what_to_do: str
    acknowledged_until: dt.date | None
    note: str | None
    party: Who


class DayRow(Record):
    """One day of the month. Null calls: the lake does not reach that day."""

    day: dt.date
    calls: int | None
    errors: int | None
    error_rate: float | None
    customers: int | None
    integrations: int | None
    logs: Literal["complete", "thin", "missing"] = Field(description="thin: a part of the logs is missing")


class IntegrationRow(Record):
    """One integration. It has no calls if it was used only in the previous month."""

    integration: str
    partner: int
    project: int
    name: str | None
    customers: int
    calls: int
    errors: int
    error_rate: float | None
    first_call: dt.datetime | None
    last_call: dt.datetime | None
    customers_before: int | None
    calls_before: int | None
    error_rate_before: float | None


class IntegrationDayRow(Record):
    """One integration on one day with a call."""

    integration: str
    day: dt.date
    customers: int
    calls: int
    errors: int
    error_rate: float | None


class ConnectorRow(Record):
    """One part of the API. The connector is null where it is not logged or there is none."""

    product: Product
    protocol: Protocol
    connector: str | None
    operation: Operation
    integrations: int
    customers: int
    calls: int
    errors: int
    error_rate: float | None
    calls_before: int | None


class ErrorRow(Record):
    """One kind of error of one integration on one connector."""

    integration: str | None
    connector: str | None
    outcome: Outcome
    status: int
    party: Party
    calls: int
    customers: int


class FailingRow(Record):
    """A customer whose every call has failed since some moment. findings/of_customers.py says how many calls and how long it takes."""

    integration: str
    customer: str
    name: str | None
    outcome: Outcome = Field(description="the most frequent one since then")
    party: Party
    calls: int = Field(description="failed since then")
    failing_since: dt.datetime
    last_call: dt.datetime
    last_success: dt.datetime | None = Field(description="null: none in this month")


class MisplacedIdRow(Record):
    """Calls that carry no valid IntegrationId header but do name the partner."""

    found: Literal["soap_envelope", "malformed"]
    id_defect: IdDefect | None
    sent: str | None = Field(description="what was sent, where it holds nothing but the id")
    calls: int
    customers: int
    first_call: dt.datetime
    last_call: dt.datetime


class EnvironmentRow(Record):
    """One environment; the report's other figures are about production."""

    environment: Environment
    customers: int
    integrations: int
    calls: int
    errors: int
    error_rate: float | None


class Dated(Record):
    """The part that all reports share: the month, the month before, and how far the logs cover both.

    A report that is only this has the frame of all pages (`frame.html`): what is missing, what the registry does not name,
    and what words mean. Its tables are the fields that its kind adds.
    """

    period: Period
    previous: Period
    time_zone: str = Field(description="of the days, the lake's")
    data_until: dt.datetime = Field(description="the last call in the lake")

    @property
    def comparable(self) -> bool:
        """Whether both months are logged completely. Only then is a change a change of use and not of logs."""
        return self.period.complete and self.previous.complete


class MonthFigures(Dated):
    """A report that tells a month in full (`month_figures.html`): figures, findings, days and errors."""

    totals: Totals
    totals_before: Totals | None = Field(description="None: no call at all was logged in the previous month")
    findings: tuple[Finding, ...]
    days: tuple[DayRow, ...]
    integrations: tuple[IntegrationRow, ...]
    integration_days: tuple[IntegrationDayRow, ...]
    connectors: tuple[ConnectorRow, ...]
    errors: tuple[ErrorRow, ...]
    failing: tuple[FailingRow, ...]
    environments: tuple[EnvironmentRow, ...]
