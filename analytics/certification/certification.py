"""The certification clock: which integrations have enough customers to be certified, and for how long.

The vendor asks that at least so many customers (5) use an integration, and defines "use" nowhere. So the rule here stands
beside every count: a customer counts for the `window_days` (30) after a production call that was no error, carries the
integration's id and is not the partner's own.

No verdict is made from missing logs. Calls that no log holds can only add customers. So a verdict that says *enough* stands
whatever is missing, and one that says *too few* or *none* could be changed: then the state is `unknown`. The same goes for
*falling* and *window ends*, which rest on customers being silent: with hours missing they are not said. What is missing says
`coverage`, of the logs in which the integration or a customer of it is seen.

    state       certified   customers in the window
    certified   yes         enough, and enough of them not silent or about to leave it
    at_risk     yes         enough, but too few when those who fell silent leave the window, or in a week; or 1 to 4
    lost        yes         none
    eligible    no          enough
    not_yet     no          too few, or none
    unknown     either      too few or none are seen, and the window is incomplete or narrowed; or not production
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from analytics.coverage.coverage import OF_LOGS, coverage, logs_of
from analytics.errors import AnalyticsError
from analytics.example_ids import EXAMPLE_IDS

if TYPE_CHECKING:
    import polars as pl

    from analytics.coverage.coverage import Logs
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

State: TypeAlias = Literal["lost", "at_risk", "unknown", "certified", "eligible", "not_yet"]
Reason: TypeAlias = Literal[
    "no_customers",
    "too_few_customers",
    "falling",
    "window_ends",
    "failing_customers",
    "logs_missing",
    "logs_rejected",
    "header_not_logged",
    "logs_thin",
    "not_covered",
    "too_few_calls",
    "narrowed",
    "not_production",
    "never_called",
    "not_registered",
    "example_id",
    "certification_ended",
    "certification_ends",
    "certification_inherited",
    "ids_missing",
    "ids_malformed",
    "ids_mistyped",
    "supplied_getconnectors",
]
STATES: tuple[State, ...] = get_args(State)
"""What needs somebody first comes first: the order of the rows."""
REASONS: tuple[Reason, ...] = get_args(Reason)

WINDOW_DAYS = 30
REQUIRED = 5
LONGEST_WINDOW = 400
COLUMNS = (
    "integration", "name", "certified", "state", "customers", "customers_required", "window_days", "last_customer_call",
    "reasons", "days_left", "complete", "since", "certified_since", "certified_until",
)  # fmt: skip
"""What scripts read of `rows`; pages and tables show more of it."""
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
    calendar = _calendar(asked, logs)
    is_narrowed = _is_narrowed(warehouse, scope)
    course = _judged(
        coverage(warehouse, logs, _course(facts, counted, calendar), asked, window_days=window_days, required=required),
        is_production=scope.environment == "production",
        is_narrowed=is_narrowed,
        required=required,
    )
    partners = facts["partner"].unique()
    ids = warehouse.query_file(
        "certification/ids", asked.replace(partner=None, integration=None), {"window": window_days}
    ).filter(pl.col("partner").is_in(partners.to_list()))
    rows = _with_reasons(
        _latest(facts, course, required).join(_ids_of(facts, ids), on="integration", how="left", maintain_order="left"),
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


def _calendar(scope: Scope, logs: Logs) -> pl.DataFrame:
    """Every day from the first on which a log lives to the last one asked for.

    Every integration gets a row for each of them, so a single line of a clock that stood at 2000 must not count.
    """
    import polars as pl

    begin, end = logs.first_day, scope.until
    if begin is None or end is None or end <= begin:
        return pl.DataFrame({"day": []}, schema={"day": pl.Date})
    return pl.DataFrame({"day": pl.date_range(begin, end, "1d", closed="left", eager=True)})


def _course(facts: pl.DataFrame, counted: pl.DataFrame, calendar: pl.DataFrame) -> pl.DataFrame:
    """Every integration on every day: customers, silent and whether it was certified."""
    import polars as pl

    since, until = pl.col("certified_since"), pl.col("certified_until")
    return (
        facts.select("integration", "product", "certified_since", "certified_until")
        .join(calendar, how="cross")
        .join(counted, on=["integration", "day"], how="left")
        .sort("integration", "day")
        .with_columns(
            pl.col("customers", "silent", "lasting", "calls").fill_null(0),
            certified=(since.is_not_null() | until.is_not_null())
            & (since.is_null() | (since <= pl.col("day")))
            & (until.is_null() | (pl.col("day") < until)),
        )
    )


def _judged(course: pl.DataFrame, *, is_production: bool, is_narrowed: bool, required: int) -> pl.DataFrame:
    """The course with complete, falling, window_ends and the state of each day: the truth table."""
    import polars as pl

    certified, customers = pl.col("certified"), pl.col("customers")
    enough = customers >= required
    # Days before the logs begin hide no calls of those who are seen: they may hide customers, but make nobody silent.
    is_silence_known = ~pl.any_horizontal(set(OF_LOGS) - {"not_covered", "too_few_calls"}) & (not is_narrowed)
    return course.with_columns(
        complete=~pl.any_horizontal(OF_LOGS) & (not is_narrowed),
        falling=certified & enough & (customers - pl.col("silent") < required) & is_silence_known,
        window_ends=certified & enough & (pl.col("lasting") < required) & is_silence_known,
    ).with_columns(
        state=pl.when(not is_production)
        .then(pl.lit("unknown"))
        .when(pl.col("falling") | pl.col("window_ends"))
        .then(pl.lit("at_risk"))
        .when(enough & certified)
        .then(pl.lit("certified"))
        .when(enough)
        .then(pl.lit("eligible"))
        .when(~pl.col("complete"))
        .then(pl.lit("unknown"))
        .when(certified & (customers > 0))
        .then(pl.lit("at_risk"))
        .when(certified)
        .then(pl.lit("lost"))
        .otherwise(pl.lit("not_yet"))
    )


def _latest(facts: pl.DataFrame, course: pl.DataFrame, required: int) -> pl.DataFrame:
    """The facts with the state of the last day, since when it holds, and how long it will."""
    import polars as pl

    is_other = pl.col("state") != pl.col("state").last().over("integration")
    since = (
        course.with_columns(last_other=pl.when(is_other).then("day").max().over("integration"))
        .filter(pl.col("last_other").is_null() | (pl.col("day") > pl.col("last_other")))
        .group_by("integration")
        .agg(since=pl.col("day").min())
    )
    known_since = (
        course.filter(pl.col("state") != "unknown").group_by("integration").agg(known_since=pl.col("day").min())
    )
    last = course.group_by("integration", maintain_order=True).last()
    days_left = (
        pl.when(pl.col("customers") >= required)
        .then((pl.col("below_on") - pl.col("day")).dt.total_days())
        .when(pl.col("state").is_in(["at_risk", "lost"]))
        .then(0)
    )
    return (
        facts.drop("customers", "product")
        .join(last.drop("product", "certified_since", "certified_until", "calls"), on="integration", how="inner")
        .join(since, on="integration", how="left")
        .join(known_since, on="integration", how="left")
        .with_columns(
            days_left=days_left.cast(pl.Int64),
            since_is_start=pl.col("since") <= pl.col("known_since").fill_null(pl.lit(course["day"].min(), pl.Date)),
            missing=(required - pl.col("customers")).clip(lower_bound=0),
        )
    )


def _ids_of(facts: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Calls without the right id that are an integration's, or its partner's without telling which integration's."""
    import polars as pl

    its_own = ids.filter(pl.col("integration").is_not_null()).select("integration", "id_status", "calls")
    its_partners = (
        facts.select("integration", "partner")
        .join(ids.filter(pl.col("integration").is_null()).drop("integration"), on="partner")
        .select("integration", "id_status", "calls")
    )
    return (
        pl.concat([its_own, its_partners])
        .group_by("integration")
        .agg(
            pl.col("calls").filter(pl.col("id_status") == status).sum().alias(f"{name}_calls")
            for name, status in (("missing", "missing"), ("malformed", "malformed"), ("mistyped", "valid"))
        )
    )


def _with_reasons(
    rows: pl.DataFrame, *, is_production: bool, is_narrowed: bool, window_days: int, required: int
) -> pl.DataFrame:
    """The rows as they are returned: the columns of the contract first, what needs somebody first."""
    import polars as pl

    rows = rows.with_columns(pl.col("missing_calls", "malformed_calls", "mistyped_calls").fill_null(0))
    holds = _reasons(is_production=is_production, is_narrowed=is_narrowed, window_days=window_days, required=required)
    worst_first = {state: place for place, state in enumerate(STATES)}
    said = pl.concat_list(pl.when(holds[reason]).then(pl.lit(reason)) for reason in REASONS)
    return (
        rows.with_columns(
            reasons=said.list.drop_nulls(),
            customers_required=pl.lit(required, pl.Int64),
            window_days=pl.lit(window_days, pl.Int64),
        )
        .sort(pl.col("state").replace_strict(worst_first, return_dtype=pl.Int8), "customers", "integration")
        .select(
            *COLUMNS,
            "partner",
            "partner_name",
            "since_is_start",
            "missing",
            "silent",
            "failing_customers",
            "below_on",
            "calls",
            "missing_calls",
            "malformed_calls",
            "mistyped_calls",
            "supplied_connectors",
            "inherited_from",
        )
    )


def _reasons(*, is_production: bool, is_narrowed: bool, window_days: int, required: int) -> dict[Reason, pl.Expr]:
    """When each reason holds, of an integration on the last day."""
    import polars as pl

    customers, until, today = pl.col("customers"), pl.col("certified_until"), pl.col("day")
    return {
        "no_customers": customers == 0,
        "too_few_customers": (customers > 0) & (customers < required),
        "falling": pl.col("falling"),
        "window_ends": pl.col("window_ends"),
        "failing_customers": (pl.col("failing_customers") > 0)
        & (pl.col("falling") | pl.col("window_ends") | (customers < required)),
        "logs_missing": pl.col("logs_missing"),
        "logs_rejected": pl.col("logs_rejected"),
        "header_not_logged": pl.col("header_not_logged"),
        "logs_thin": pl.col("logs_thin"),
        "not_covered": pl.col("not_covered"),
        "too_few_calls": pl.col("too_few_calls"),
        "narrowed": pl.lit(is_narrowed),
        "not_production": pl.lit(not is_production),
        "never_called": pl.col("calls") == 0,
        "not_registered": pl.col("has_registry") & ~pl.col("in_registry"),
        "example_id": pl.col("integration").is_in(EXAMPLE_IDS),
        "certification_ended": (until <= today).fill_null(value=False),
        "certification_ends": pl.col("certified")
        & ((until - today).dt.total_days() <= window_days).fill_null(value=False),
        "certification_inherited": pl.col("inherited_from").is_not_null(),
        "ids_missing": pl.col("missing_calls") > 0,
        "ids_malformed": pl.col("malformed_calls") > 0,
        "ids_mistyped": pl.col("mistyped_calls") > 0,
        "supplied_getconnectors": pl.col("supplied_connectors") > 0,
    }
