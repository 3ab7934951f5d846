"""The certification clock: which integrations have enough customers to be certified, and for how long.

The vendor requires a number of customers (5) that use an integration, and does not define "use". So every count is shown with our
rule: a customer counts for the `window_days` (30) after a production call that succeeded, was not a log-in, carries the
integration's id and was not made to the partner's own environment.

The count has one definition, the step certification/last_days, and the metric and this clock both read it. A page and a report
that counted by themselves would sooner or later show two numbers, and one of them would cost somebody a certificate.

No verdict rests on missing logs. A call that no log holds can only add a customer. So a verdict of *enough* is true whatever is
missing. A verdict of *too few* or *none* could change, so the state is `unknown` instead (course.py has the table). *Falling* and
*window ends* rest on customers that are silent, so they are not reported while hours are missing. `coverage` says what is missing
in the logs in which the integration, or one of its customers, is seen.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.certification.course import calendar_of, course_of, judged, latest
from analytics.certification.reasons import ids_of, with_reasons
from analytics.coverage.coverage import coverage, logs_of
from analytics.errors import AnalyticsError

if TYPE_CHECKING:
    import polars as pl

    from analytics.coverage.coverage import Logs
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse


WINDOW_DAYS = 30
REQUIRED = 5
LONGEST_WINDOW = 400
WARNING_PART = 4
"""A verdict is at risk if it would end within one part in this number of the window (a week, if the window is 30 days)."""
_NARROWING = ("customer", "connector", "stream")
"""The parts of a scope that leave out calls of an integration."""
_ANY = "any"
"""The product of an integration that was never seen to call, or that calls both products."""


@dataclass(frozen=True)
class Certification:
    """The answer, and what it rests on.

    `rows`: one row per integration, the contract's columns first (since: the first day of the state, as far as the logs reach;
    certified_since and certified_until: the dates of the certificate, which may come from a replaced id), then partner,
    partner_name, since_is_start (whether nothing is known before `since`), missing (the number of customers that would restore the
    certification), silent, failing_customers, below_on, calls, missing_calls, malformed_calls and mistyped_calls (calls without
    the right id, its own or its partner's), supplied_connectors, inherited_from.
    `course`: integration, day, customers, silent, complete, certified, state, for every day that the logs cover.
    `has_registry`: whether the registry knows any integration. If it knows none, no integration is known to be certified.
    `ids`: the calls without the right id that could be attributed, and the basis of that (certification/ids.sql).
    """

    rows: pl.DataFrame
    course: pl.DataFrame
    ids: pl.DataFrame
    window: tuple[dt.date, dt.date] | None
    window_days: int
    required: int
    has_registry: bool


def certification(
    warehouse: Warehouse, scope: Scope, *, window_days: int = WINDOW_DAYS, required: int = REQUIRED
) -> Certification:
    """The clock of every integration that the registry or a call names, at the end of the scope's period.

    Partner, integration and product choose integrations; customer, connector and stream narrow the calls that are counted. The
    course begins with the period; the windows reach back further. There are no rows if the lake has no day of the period.
    AnalyticsError if the window or the number of customers is out of range.
    """
    import polars as pl

    if not 1 <= window_days <= LONGEST_WINDOW:
        raise AnalyticsError(f"a window of {window_days} days: expected 1 to {LONGEST_WINDOW} days")
    if required < 1:
        raise AnalyticsError(f"{required} customers required: expected 1 or more")
    logs = logs_of(warehouse)
    scope = _where_logs_live(scope, logs)
    asked = scope.replace(since=None, product=None)
    facts = _facts(warehouse, scope, window_days=window_days, required=required)
    params = {"window": window_days, "warning": max(1, window_days // WARNING_PART)}
    counted = warehouse.query_file("certification/course", asked, params)
    calendar = calendar_of(asked, logs)
    is_narrowed = _is_narrowed(warehouse, scope)
    course = judged(
        coverage(
            warehouse, logs, course_of(facts, counted, calendar), asked, window_days=window_days, required=required
        ),
        is_production=scope.environment == "production",
        is_narrowed=is_narrowed,
        required=required,
    )
    partners = facts["partner"].unique()
    ids = warehouse.query_file(
        "certification/ids", asked.replace(partner=None, integration=None), {"window": window_days}
    ).filter(pl.col("partner").is_in(partners.to_list()))
    rows = with_reasons(
        latest(facts, course, required).join(ids_of(facts, ids), on="integration", how="left", maintain_order="left"),
        is_production=scope.environment == "production",
        is_narrowed=is_narrowed,
        window_days=window_days,
        required=required,
    )
    last_day = calendar["day"].max()
    return Certification(
        rows=rows,
        course=course.select("integration", "day", "customers", "silent", "complete", "certified", "state").filter(
            pl.lit(value=True) if scope.since is None else pl.col("day") >= scope.since
        ),
        ids=ids,
        window=_window(last_day, window_days) if isinstance(last_day, dt.date) else None,
        window_days=window_days,
        required=required,
        has_registry=facts.is_empty() or bool(facts["has_registry"].any()),
    )


def _facts(warehouse: Warehouse, scope: Scope, *, window_days: int, required: int) -> pl.DataFrame:
    """The facts about every integration that is asked for, at the end of the period, with the product of its logs."""
    import polars as pl

    params = {
        "window": window_days,
        "required": required,
        "partner": scope.partner,
        "integration": scope.integration,
    }
    facts = warehouse.query_file("certification/now", scope.replace(since=None, product=None), params)
    if scope.product is not None:
        facts = facts.filter(pl.col(f"has_{scope.product}"))
    return facts.with_columns(product=_product())


def _where_logs_live(scope: Scope, logs: Logs) -> Scope:
    """The scope, ending no later than the logs: a later stray call must not move a window."""
    last = logs.last_day
    if last is None:
        return scope
    end = last + dt.timedelta(days=1)
    return scope.replace(until=min(scope.until or end, end))


def _window(last_day: dt.date, days: int) -> tuple[dt.date, dt.date]:
    return last_day - dt.timedelta(days=days - 1), last_day + dt.timedelta(days=1)


def _is_narrowed(warehouse: Warehouse, scope: Scope) -> bool:
    """Whether calls that may belong to customers are left out, by the scope or because the viewer may not see them."""
    return any(getattr(scope, name) is not None for name in _NARROWING) or not warehouse.viewer.holds_whole_logs


def _product() -> pl.Expr:
    import polars as pl

    return (
        pl.when(pl.col("has_profit") & ~pl.col("has_sb"))
        .then(pl.lit("profit"))
        .when(pl.col("has_sb") & ~pl.col("has_profit"))
        .then(pl.lit("sb"))
        .otherwise(pl.lit(_ANY))
    )
