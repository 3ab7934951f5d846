"""The course of every integration: its customers and its state on every day, and since when the last state holds.

state       certified   customers in the window
certified   yes         enough, and enough of them are neither silent nor about to leave the window
at_risk     yes         enough, but too few after the silent ones leave the window, or within a week; or 1 to 4
lost        yes         none
eligible    no          enough
not_yet     no          too few, or none
unknown     either      too few or none are seen, but the window is incomplete or narrowed; or not production
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from analytics.coverage.coverage import OF_LOGS

if TYPE_CHECKING:
    import polars as pl

    from analytics.coverage.coverage import Logs
    from analytics.scope import Scope

State: TypeAlias = Literal["lost", "at_risk", "unknown", "certified", "eligible", "not_yet"]
STATES: tuple[State, ...] = get_args(State)
"""The states in the order of the rows: the most urgent first."""


def calendar_of(scope: Scope, logs: Logs) -> pl.DataFrame:
    """Every day from the first on which a log lives to the last one that is asked for.

    Every integration gets a row for each of these days. A single line from a clock that stood at 2000 must not add years of them.
    """
    import polars as pl

    begin, end = logs.first_day, scope.until
    if begin is None or end is None or end <= begin:
        return pl.DataFrame({"day": []}, schema={"day": pl.Date})
    return pl.DataFrame({"day": pl.date_range(begin, end, "1d", closed="left", eager=True)})


def course_of(facts: pl.DataFrame, counted: pl.DataFrame, calendar: pl.DataFrame) -> pl.DataFrame:
    """Every integration on every day: its customers, the silent ones, and whether it was certified."""
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


def judged(course: pl.DataFrame, *, is_production: bool, is_narrowed: bool, required: int) -> pl.DataFrame:
    """The course with complete, falling, window_ends and the state of each day: the truth table.

    The order of the branches is the rule that no verdict rests on missing logs: whatever the logs lack, `enough` is decided before
    `complete` is asked, and everything after that needs complete logs.
    """
    import polars as pl

    certified, customers = pl.col("certified"), pl.col("customers")
    enough = customers >= required
    # Days before the logs begin may hide customers. They do not hide later calls of the customers that are seen, so they
    # make no customer silent.
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


def latest(facts: pl.DataFrame, course: pl.DataFrame, required: int) -> pl.DataFrame:
    """The facts with the state of the last day, the day since which it holds, and the days for which it will hold."""
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
