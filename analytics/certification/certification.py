"""The certification clock: which integrations have enough customers to be certified, and for how long.

The vendor asks that at least so many customers (5) use an integration, and defines "use" nowhere. So the rule here stands
beside every count: a customer counts for the `window_days` (30) after a production call that was no error, carries the
integration's id and is not the partner's own.

No verdict is made from missing logs. Calls that no log holds can only add customers. So a verdict that says *enough* stands
whatever is missing, and one that says *too few* or *none* could be changed: then the state is `unknown` (course.py has the table). The same goes for
*falling* and *window ends*, which rest on customers being silent: with hours missing they are not said. What is missing says
`coverage`, of the logs in which the integration or a customer of it is seen.
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
"""A verdict that would end within this part of the window (a week of thirty days) is at risk."""
_NARROWING = ("customer", "connector", "stream")
"""Parts of a scope that leave out calls of an integration."""
_ANY = "any"
"""Where a product is asked for and none is known: nobody has seen the integration call, or it calls both."""


@dataclass(frozen=True)
class Certification:
    """The answer, and what it rests on.

    `rows`: an integration a row, the contract's columns first (since: the first day of the state, as far as the logs
    reach; certified_since and certified_until: of the certificate, also of one that a replaced id has), then partner,
    partner_name, since_is_start (whether nothing is known before it), missing (customers that restore it), silent,
    failing_customers, below_on, calls, missing_calls, malformed_calls and mistyped_calls (without the right id, its own or
    its partner's), supplied_connectors, inherited_from.
    `course`: integration, day, customers, silent, complete, certified, state: every day that the logs cover.
    `has_registry`: whether the registry knows any integration. Where it knows none, none is known to be certified.
    `ids`: the calls without the right id that could be attributed, and by what (certification/ids.sql).
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

    Partner, integration and product choose integrations; customer, connector and stream narrow what is counted of them.
    The period's beginning says from when on the course is returned; the windows reach back further. No rows where the
    lake has no day of the period. AnalyticsError when the window or the number of customers cannot be.
    """
    import polars as pl

    if not 1 <= window_days <= LONGEST_WINDOW:
        raise AnalyticsError(f"a window of {window_days} days: expected 1 to {LONGEST_WINDOW}")
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
    """What is known of every integration that is asked for, at the end of the period, with the product of its logs."""
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
    """The scope, ended where the logs do: a stray call behind them moves no window."""
    last = logs.last_day
    if last is None:
        return scope
    end = last + dt.timedelta(days=1)
    return scope.replace(until=min(scope.until or end, end))


def _window(last_day: dt.date, days: int) -> tuple[dt.date, dt.date]:
    return last_day - dt.timedelta(days=days - 1), last_day + dt.timedelta(days=1)


def _is_narrowed(warehouse: Warehouse, scope: Scope) -> bool:
    """Whether calls are left out that may be of customers: by what is asked, or because they may not be seen."""
    return any(getattr(scope, name) is not None for name in _NARROWING) or not warehouse.viewer.is_of_whole_logs


def _product() -> pl.Expr:
    import polars as pl

    return (
        pl.when(pl.col("has_profit") & ~pl.col("has_sb"))
        .then(pl.lit("profit"))
        .when(pl.col("has_sb") & ~pl.col("has_profit"))
        .then(pl.lit("sb"))
        .otherwise(pl.lit(_ANY))
    )
