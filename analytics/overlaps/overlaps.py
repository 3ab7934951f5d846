"""The streams that report the same traffic: a proxy and the server behind it, or files that were put together.

The bytes of two such logs differ, so a hash cannot find them. But in both, the same customer does the same thing within two
seconds, again and again. `overlaps/streams.sql` says what is compared.

Calls are counted by moment and stream, and are never paired with each other: a log may have been loaded a hundred thousand times.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from analytics.numbers import counted
from analytics.scope import Scope

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

    from analytics.warehouse.warehouse import Warehouse

DAYS_AFTER_A_LOAD = 31
"""The number of last days that are compared after a load. That is enough, because a proxy doubles every day."""

MOST_STREAMS = 64
"""At most this number of streams with the same call are paired with each other. They make 2,016 pairs."""

_FURTHEST = dt.timedelta(seconds=3)
"""Twins are at most two seconds apart, in whole milliseconds."""


class Rows(Protocol):
    """What asks questions about a period."""

    def __call__(self, name: str, **params: object) -> pl.DataFrame:
        """The rows of a question, with these values for its `$name`s."""
        ...


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Two streams (or two loads of one stream) that hold the same calls on these days.

    Without `other_stream`, it is a stream with calls that other loads have as well, on days when more than MOST_STREAMS streams hold
    the same call. Not every pair of those days is listed, but each such stream is.

    `share` is the fraction of the compared calls that have a twin, in the stream in which it is higher: a proxy logs everything that
    the server behind it logs, and more.
    """

    stream: str
    other_stream: str | None
    first_day: dt.date
    last_day: dt.date
    days: int
    share: float

    def __str__(self) -> str:
        days = f"{self.first_day}" if self.days == 1 else f"{self.days} days from {self.first_day} to {self.last_day}"
        if self.other_stream is None:
            return (
                f"{self.stream} reports calls that other loads report, too ({self.share:.0%} of the calls compared, {days}), which are "
                f"counted more than once; more than {MOST_STREAMS} streams hold the same calls, and not every pair of them is listed; "
                "'koppelzicht unload' removes a load"
            )
        if self.stream == self.other_stream:
            return (
                f"two loads of {self.stream} report the same calls ({self.share:.0%} of those compared, {days}), which are "
                "counted twice; 'koppelzicht unload' removes a load"
            )
        return (
            f"{self.stream} and {self.other_stream} report the same traffic ({self.share:.0%} of the calls compared, {days}), "
            "which is counted twice; 'koppelzicht unload' removes a load, and --stream limits a question to one of them"
        )


def overlaps(warehouse: Warehouse, scope: Scope | None = None) -> tuple[Overlap, ...]:
    """The streams that report the same traffic in the scope's period; on all days without one.

    Calls are not read if no two loads cover the same moment, as where one log is followed.
    """
    if not _any_touch(warehouse.snapshot.loads):
        return ()
    asked = scope or Scope()
    period = Scope(since=asked.since, until=asked.until, environment="all")

    def rows(name: str, **params: object) -> pl.DataFrame:
        return warehouse.query_file(name, period, params)

    return overlaps_by(rows)


def overlaps_after_load(warehouse: Warehouse, loaded_at: dt.datetime) -> tuple[Overlap, ...]:
    """The overlaps to warn about after a load: those with a stream that got a load at that moment or later.

    Only the days of these loads are compared, and at most the last DAYS_AFTER_A_LOAD of them.
    """
    new = warehouse.query(
        "select distinct stream, min(first_call) over () as first_call, max(last_call) over () as last_call"
        " from loads where loaded_at >= $loaded_at and calls > 0",
        {"loaded_at": loaded_at},
    )
    if new.is_empty():
        return ()
    first, last = (moment.date() for moment in (new["first_call"][0], new["last_call"][0]))
    if warehouse.query("select 1 from loads where calls > 0 limit 2").height < 2:
        return ()  # a single load has no twins
    until = last + dt.timedelta(days=2)  # days are those of the lake's time zone, which may be ahead of UTC
    since = max(first - dt.timedelta(days=1), until - dt.timedelta(days=DAYS_AFTER_A_LOAD))
    streams = set(new["stream"])
    found = overlaps(warehouse, Scope(since=since, until=until))
    return tuple(overlap for overlap in found if streams & {overlap.stream, overlap.other_stream})


def late_calls(warehouse: Warehouse, loaded_at: dt.datetime) -> str | None:
    """What to warn about after a load with calls of days whose calls were removed by age; None where it has none.

    Late lines are welcome. But the same calls may have come before, from a log with other bytes. Only their sums are left then, so they
    cannot be compared.
    """
    since = warehouse.snapshot.calls_since
    if since is None or not warehouse.snapshot.sealed.days:
        return None
    found = warehouse.query(
        "select count(*) as calls, min(day) as first_day, max(day) as last_day from calls"
        " where day < $since and load_id in (select load_id from loads where loaded_at >= $loaded_at)",
        {"since": since, "loaded_at": loaded_at},
    ).row(0, named=True)
    if not found["calls"]:
        return None
    return (
        f"{counted(found['calls'], 'call')} are from {found['first_day']} to {found['last_day']}, when earlier calls were removed and only their"
        " sums kept. They count besides these. If a log with the same calls but other bytes was loaded before, they count twice: take"
        " this load back then"
    )


def overlaps_by(rows: Rows, *, most_streams: int = MOST_STREAMS) -> tuple[Overlap, ...]:
    """The overlaps that `rows` finds in its period. It asks about all environments."""
    import polars as pl

    # The engine leaves most of a file unread only if it knows how many minutes are compared before it plans the question.
    minute_in = rows("overlaps/sample").item()
    days = rows("overlaps/streams", minute_in=minute_in, most_streams=most_streams)

    pairs = (
        days.with_columns(share=pl.max_horizontal("share", "other_share"))
        .group_by("stream", "other_stream", maintain_order=True)
        .agg(
            first_day=pl.col("day").min(),
            last_day=pl.col("day").max(),
            days=pl.len(),
            share=pl.col("share").dot("twins") / pl.col("twins").sum(),
        )
    )
    return tuple(Overlap(**pair) for pair in pairs.iter_rows(named=True))


def _any_touch(loads: pa.Table) -> bool:
    """Whether the calls of any two loads can be close enough to be twins, by the first and last call of each."""
    import polars as pl

    periods = pl.from_arrow(loads.select(["calls", "first_call", "last_call"]))
    assert isinstance(periods, pl.DataFrame)
    return bool(
        periods.filter(pl.col("calls") > 0)
        .sort("first_call")
        .select((pl.col("first_call") <= pl.col("last_call").cum_max().shift() + _FURTHEST).any())
        .item()
    )
