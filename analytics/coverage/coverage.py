"""What the logs behind a verdict lack: logs that are missing, cannot be read, or do not show whose calls they hold.

A verdict of "too few customers" costs somebody a certificate, and it is only as good as the logs that it rests on: those in which
the integration, or one of its customers, is seen. If one of them lacks a part of the window, the missing customer may be in that
part:

    logs_missing        an hour is missing by the metric `completeness`, also because the log has stopped
    logs_rejected       the lines of an hour were rejected; or rejected lines with the integration's id could hold the customers
                        that are missing. A line that names its customer stands for that customer, if no call of it counts. Any
                        other line stands for at most one more customer. Lines with an unreadable host or URL always count.
                        Damaged lines count only if at least one in twenty of the integration's lines was rejected: an
                        occasional bad line is hardly the only trace of a customer
    header_not_logged   its customers, or customers for which no integration is known to call, made calls in logs that could
                        not have held the id, and no log that could shows these calls
    logs_thin           the calls of two average days are missing in hours that are thin, without holidays
    not_covered         the window begins before the lake, or before one of the logs that does not continue another one
    too_few_calls       every log is so small that ten silent days would not be noticed

An integration is not judged by logs in which it was never seen: a gap there says nothing about it, and if each gap anywhere made
every verdict unknown, there would be no verdicts. The exception is a log whose lines do not show whose they are: it concerns all.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.scope import Scope

if TYPE_CHECKING:
    import polars as pl

    from analytics.warehouse.warehouse import Warehouse

OF_LOGS = ("logs_missing", "logs_rejected", "header_not_logged", "logs_thin", "not_covered", "too_few_calls")
"""What logs can lack, in the order in which reasons are shown."""
THIN_DAYS = 2
"""A verdict lacks calls from this number of average days on, missing in thin hours: a quiet bridge day alone does not reach it."""
ONE_IN = 20
"""Damaged lines count if at least one in this number of the integration's lines was rejected."""
_ANYBODYS = -1
"""The set of logs of an integration that was never seen: all logs."""


@dataclass(frozen=True)
class Logs:
    """The streams of a lake: their lives, and what each day of them lacks.

    `lives`: the question completeness/streams_lives. `days`: stream, day, is_missing, is_rejected, lost (the calls that are
    missing in thin hours) and expected, complete days included.
    """

    lives: pl.DataFrame
    days: pl.DataFrame
    time_zone: str

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which a stream lives. Windows end there, and a later stray call does not move them."""
        last = self._day("last_hour").max()
        return last if isinstance(last, dt.date) else None

    @property
    def first_day(self) -> dt.date | None:
        """The first day on which a stream lives."""
        first = self._day("first_hour").min()
        return first if isinstance(first, dt.date) else None

    def first_days(self) -> pl.DataFrame:
        """The first day of each stream that lives (null if it continues another one), and whether the stream has power."""
        import polars as pl

        return self.lives.filter(pl.col("first_hour").is_not_null()).select(
            "stream",
            "has_power",
            begins=pl.when(~pl.col("continues")).then(
                pl.col("first_hour").dt.convert_time_zone(self.time_zone).dt.date()
            ),
        )

    def _day(self, hour: str) -> pl.Series:
        return self.lives[hour].dt.convert_time_zone(self.time_zone).dt.date()


def logs_of(warehouse: Warehouse, *, until: dt.date | None = None) -> Logs:
    """The streams of the lake, with their days before `until`. They are judged by all their calls, later ones too."""
    import polars as pl

    scope = Scope(until=until, environment="all")
    hours = warehouse.metric("completeness", scope)
    is_thin = (pl.col("state") == "thin") & (pl.col("why") != "holiday")
    is_missing = pl.col("state") == "missing"
    days = hours.group_by(
        "stream", day=pl.col("hour").dt.convert_time_zone(warehouse.snapshot.time_zone).dt.date()
    ).agg(
        is_missing=(is_missing & (pl.col("why") != "rejected")).any(),
        is_rejected=(is_missing & (pl.col("why") == "rejected")).any(),
        lost=(pl.col("expected") - pl.col("calls")).clip(lower_bound=0).filter(is_thin).sum(),
        expected=pl.col("expected").sum(),
    )
    return Logs(
        lives=warehouse.query_file("completeness/streams_lives", Scope(environment="all")),
        days=days,
        time_zone=warehouse.snapshot.time_zone,
    )


def coverage(
    warehouse: Warehouse, logs: Logs, course: pl.DataFrame, scope: Scope, *, window_days: int, required: int
) -> pl.DataFrame:
    """The course (integration, product, day, customers, calls, ...; every day, in order) with a boolean for each of OF_LOGS.

    The boolean says whether the `window_days` that end with the day lack that. Only the scope's environment and end are used. A
    product that is neither profit nor sb stands for both.
    """
    import polars as pl

    asked = Scope(until=scope.until, environment=scope.environment)
    sets = _log_sets(warehouse, asked, course["integration"].unique())
    calendar = course.select("day").unique().sort("day")
    unread = warehouse.query_file("coverage/unread_streams", Scope(environment="all"))
    by_set = _by_set(logs, sets, unread, calendar, window_days)
    of_integration = sets.select("integration", "log_set").unique()
    return (
        course.join(of_integration, on="integration", how="left", maintain_order="left")
        .with_columns(pl.col("log_set").fill_null(_ANYBODYS))
        .join(by_set, on=["log_set", "day"], how="left", maintain_order="left")
        .pipe(_with_rejected, warehouse, asked, logs.last_day, window_days=window_days, required=required)
        .pipe(_with_unlogged, warehouse, asked, window_days=window_days)
        .drop("log_set")
    )


def _log_sets(warehouse: Warehouse, asked: Scope, integrations: pl.Series) -> pl.DataFrame:
    """Integration, log_set and stream. Integrations that are seen in the same logs share a set, which is judged once.

    Partner, customer, connector and stream of a scope do not narrow this: a verdict on one customer's calls misses whatever the
    integration's logs miss.
    """
    import polars as pl

    seen = warehouse.query_file("coverage/streams_of_integrations", asked)
    names = (
        seen.filter(pl.col("integration").is_in(integrations.to_list()))
        .group_by("integration")
        .agg(pl.col("stream").sort())
    )
    numbered = names.select(pl.col("stream").unique(maintain_order=True)).with_row_index("log_set")
    everything = warehouse.query_file("completeness/streams", asked).select(
        integration=pl.lit(None, pl.String), log_set=pl.lit(_ANYBODYS, pl.Int64), stream="stream"
    )
    return pl.concat(
        [
            names.join(numbered.with_columns(pl.col("log_set").cast(pl.Int64)), on="stream")
            .explode("stream")
            .select("integration", "log_set", "stream"),
            everything,
        ]
    )


def _by_set(
    logs: Logs, sets: pl.DataFrame, unread: pl.DataFrame, calendar: pl.DataFrame, window_days: int
) -> pl.DataFrame:
    """What the window that ends with each day lacks, for each set of logs: logs_missing, logs_rejected, ...

    A log without a single call belongs to every set if it is `unread`: its lines do not show whose they are.
    """
    import polars as pl

    window = dt.timedelta(days=window_days - 1)
    streams = sets.select("log_set", "stream").unique()
    anybodys = logs.lives.filter(pl.col("first_hour").is_null()).join(unread, on="stream", how="semi").select("stream")
    all_sets = streams.select("log_set").unique()
    streams = pl.concat([streams, all_sets.join(anybodys, how="cross")])
    by_stream = (
        streams.select("stream")
        .unique()
        .join(calendar, how="cross")
        .join(logs.days, on=["stream", "day"], how="left")
        .sort("stream", "day")
        .with_columns(
            pl.col("is_missing", "is_rejected").fill_null(value=False), pl.col("lost", "expected").fill_null(0.0)
        )
        .with_columns(
            _rolling(pl.col(name).cast(pl.Float64), window_days).over("stream")
            for name in ("is_missing", "is_rejected", "lost", "expected")
        )
        .join(logs.first_days(), on="stream", how="left")
    )
    first = pl.lit(logs.first_day, pl.Date)
    begins_late = (pl.col("day") - window) < pl.max_horizontal(pl.col("begins"), first)
    return (
        streams.join(by_stream, on="stream")
        .group_by("log_set", "day")
        .agg(
            logs_missing=(pl.col("is_missing") > 0.5).any(),
            logs_rejected=(pl.col("is_rejected") > 0.5).any(),
            # a sum of floating-point numbers may be slightly too small
            logs_thin=(
                (pl.col("lost") > 0) & (pl.col("lost") * window_days >= THIN_DAYS * pl.col("expected") * (1 - 1e-9))
            ).any(),
            not_covered=begins_late.any(),
            too_few_calls=~pl.col("has_power").fill_null(value=False).any(),
        )
    )


def _with_rejected(
    course: pl.DataFrame,
    warehouse: Warehouse,
    asked: Scope,
    last_day: dt.date | None,
    *,
    window_days: int,
    required: int,
) -> pl.DataFrame:
    """Whether rejected lines with the integration's id could hold the customers that are missing.

    A line that is dated after the end of all logs counts like one without a date: it may belong to any day.
    """
    import polars as pl

    lines = warehouse.query_file("coverage/rejected_of_integrations", asked)
    if lines.is_empty():
        return course
    lines = lines.with_columns(day=pl.when(pl.col("day") <= pl.lit(last_day, pl.Date)).then("day"))
    counted = ("lines", "unnamed", "nameless")
    timeless = (
        lines.filter(pl.col("day").is_null()).group_by("integration").agg(pl.col(counted).sum().name.suffix("_any_day"))
    )
    with_named = warehouse.query_file(
        "coverage/rejected_customers", asked, {"window": window_days, "last_day": last_day}
    )
    every_line, unnamed, nameless = (pl.col(name) + pl.col(f"{name}_any_day") for name in counted)
    are_many = ONE_IN * every_line >= every_line + pl.col("calls_in_window")
    others = pl.when(are_many).then(unnamed).otherwise(nameless)
    could_be_enough = (pl.col("customers") < required) & (
        pl.max_horizontal("customers", "customers_and_named") + others >= required
    )
    added = (*counted, *(f"{name}_any_day" for name in counted))
    return (
        course.join(lines, on=["integration", "day"], how="left", maintain_order="left")
        .join(timeless, on="integration", how="left", maintain_order="left")
        .join(
            with_named.rename({"customers": "customers_and_named"}),
            on=["integration", "day"],
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col(added).fill_null(0))
        .with_columns(
            _rolling(pl.col(counted), window_days).over("integration"),
            calls_in_window=_rolling(pl.col("calls"), window_days).over("integration"),
        )
        .with_columns(logs_rejected=pl.col("logs_rejected") | could_be_enough)
        .drop(*added, "calls_in_window", "customers_and_named")
    )


def _with_unlogged(course: pl.DataFrame, warehouse: Warehouse, asked: Scope, *, window_days: int) -> pl.DataFrame:
    """Whether customers that may be the integration's made calls in logs that could not have held its id."""
    import polars as pl

    days = warehouse.query_file("coverage/unlogged_days", asked)
    if days.is_empty():
        return course.with_columns(header_not_logged=pl.lit(value=False))
    its_own = days.filter(pl.col("integration").is_not_null()).select("integration", "day").unique()
    anybodys = days.filter(pl.col("integration").is_null()).select("product", "day").unique()
    any_product = anybodys.select("day").unique()
    return (
        course.join(its_own.with_columns(own_day=1), on=["integration", "day"], how="left", maintain_order="left")
        .join(anybodys.with_columns(product_day=1), on=["product", "day"], how="left", maintain_order="left")
        .join(any_product.with_columns(any_day=1), on="day", how="left", maintain_order="left")
        .with_columns(
            unlogged=pl.coalesce(
                "own_day",
                "product_day",
                pl.when(~pl.col("product").is_in(["profit", "sb"])).then("any_day"),
                pl.lit(0),
            )
        )
        .with_columns(header_not_logged=_rolling(pl.col("unlogged"), window_days).over("integration") > 0)
        .drop("own_day", "product_day", "any_day", "unlogged")
    )


def _rolling(column: pl.Expr, days: int) -> pl.Expr:
    return column.rolling_sum(days, min_samples=1)
