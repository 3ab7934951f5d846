"""Which streams report the same traffic: a proxy and the server behind it, or files that were put together.

No content can tell that two logs are about the same calls; that the same customer does the same thing in both within the
same two seconds, again and again, can. `overlaps/streams.sql` says what is compared.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.scope import Scope

if TYPE_CHECKING:
    import polars as pl

    from analytics.warehouse.warehouse import Warehouse

DAYS_AFTER_A_LOAD = 31
"""So many days, the last ones, are looked at after a load: a proxy doubles every day."""


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """Two streams (or, when they are the same, loads of one stream) that tell of the same calls on these days.

    `share` is the part of the calls looked at that has a twin, in the stream of which more do: a proxy holds all that the
    server behind it logs, and more.
    """

    stream: str
    other_stream: str
    first_day: dt.date
    last_day: dt.date
    days: int
    share: float

    def __str__(self) -> str:
        days = f"{self.first_day}" if self.days == 1 else f"{self.days} days from {self.first_day} to {self.last_day}"
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
    """The streams of the scope's period that report the same traffic; of all days without one."""
    asked = scope or Scope()
    period = Scope(since=asked.since, until=asked.until, environment="all")
    return overlaps_in(warehouse.query_file("overlaps/streams", period))


def overlaps_after_load(warehouse: Warehouse, loaded_at: dt.datetime) -> tuple[Overlap, ...]:
    """What to warn of after a load: the overlaps with a stream into which something was loaded at that moment or since.

    Only the days of these loads are looked at, and of a long time the last ones.
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
        return ()  # a load has no twins in itself
    until = last + dt.timedelta(days=2)  # days are those of the lake's time zone, which may be ahead of UTC
    since = max(first - dt.timedelta(days=1), until - dt.timedelta(days=DAYS_AFTER_A_LOAD))
    streams = set(new["stream"])
    found = overlaps(warehouse, Scope(since=since, until=until))
    return tuple(overlap for overlap in found if streams & {overlap.stream, overlap.other_stream})


def overlaps_in(days: pl.DataFrame) -> tuple[Overlap, ...]:
    """The pairs in rows of the question `overlapping_streams`."""
    import polars as pl

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
