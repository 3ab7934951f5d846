"""The coverage of each log: its first and last day, whether it goes on, and how many of its hours are missing.

`completeness/streams_lives.sql` says how this is judged.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from analytics.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from analytics.warehouse.warehouse import Warehouse

COLUMNS = (
    "stream",
    "calls",
    "first_day",
    "last_day",
    "state",
    "end_day",
    "missing_hours",
    "continues",
    "has_power",
    "stray_calls",
    "first_stray",
    "last_stray",
    "declared_on",
    "declaration_is_void",
    "is_quarantined",
)


def streams(warehouse: Warehouse) -> pl.DataFrame:
    """One row per stream, in COLUMNS. Days are those of the lake's time zone.

    `state`: goes_on, stopped, handed_over (other streams have its customers, with the same integrations), declared (the operator
    has declared that it ended), or null without a call. A stream whose last call is earlier than that of other streams still goes
    on if no hour of it is missing since: its next call is not due yet. If it has too few calls to notice a missing hour, it goes on
    only if its last day is the last of all. `end_day` is the day until which its silence is a gap.
    """
    lives = warehouse.query_file("completeness/streams_lives")
    return _judged(lives, _missing(warehouse, lives), warehouse.snapshot.time_zone)


def remarks_now(warehouse: Warehouse) -> Iterator[str]:
    """What `remarks` says about all streams. Missing hours are counted only if a stream has stopped: of others, none says them."""
    lives = warehouse.query_file("completeness/streams_lives")
    has_stopped = "stopped" in lives["ended"]
    return remarks(_judged(lives, _missing(warehouse, lives if has_stopped else None), warehouse.snapshot.time_zone))


def remarks(rows: pl.DataFrame) -> Iterator[str]:
    """What a user should know or can do about these streams, as sentences."""
    for row in rows.iter_rows(named=True):
        yield from _remarks(row)


def stray_sentence(row: Mapping[str, object]) -> str:
    """The stray calls of a stream, as a sentence.

    >>> import datetime as dt
    >>> day = dt.date(2025, 8, 12)
    >>> stray_sentence({"stream": "web", "stray_calls": 1, "first_stray": day, "last_stray": day})
    'web: 1 call of 2025-08-12 lies far from all others or after the last load; figures include it, but the search for missing hours does not use it'
    """
    count, first, last = row["stray_calls"], row["first_stray"], row["last_stray"]
    days = f"{first}" if first == last else f"{first} to {last}"
    if count == 1:
        return f"{row['stream']}: 1 call of {days} lies far from all others or after the last load; figures include it, but the search for missing hours does not use it"
    return f"{row['stream']}: {count:,} calls of {days} lie far from all others or after the last load; figures include them, but the search for missing hours does not use them"


def _remarks(row: Mapping[str, object]) -> Iterator[str]:
    name = row["stream"]
    quoted = shlex.quote(str(name))
    if row["declaration_is_void"]:
        yield f"{name}: was declared to have ended on {row['declared_on']}, but has calls until {row['last_day']}; it is judged like any other stream"
    if row["state"] == "stopped" and row["missing_hours"]:
        yield (
            f"{name}: no calls since {row['last_day']}, while other logs go on; load the missing logs, or, if this one has ended:"
            f" koppelzicht streams end {quoted}"
        )
    if row["is_quarantined"]:
        yield (
            f"{name}: more lines were rejected than became calls; koppelzicht rejects --stream {quoted} shows why, and"
            " rejects --retry or unload fixes it"
        )
    if row["stray_calls"]:
        yield stray_sentence(row)
    if row["calls"] and not row["has_power"]:
        yield f"{name}: too few calls to notice ten missing days"


def _missing(warehouse: Warehouse, lives: pl.DataFrame | None) -> pl.DataFrame:
    """The number of missing hours of each stream with any, and whether one lies after its last call; no row without `lives`."""
    import polars as pl

    if lives is None:
        return pl.DataFrame(schema={"stream": pl.String, "missing_hours": pl.Int64, "is_missing_since": pl.Boolean})
    return (
        warehouse.metric("completeness", Scope(environment="all"))
        .filter(pl.col("state") == "missing")
        .join(lives.select("stream", "last_hour"), on="stream", how="left")
        .group_by("stream")
        .agg(
            missing_hours=pl.len().cast(pl.Int64),
            is_missing_since=(pl.col("hour") > pl.col("last_hour")).any(),
        )
    )


def _judged(lives: pl.DataFrame, missing: pl.DataFrame, zone: str) -> pl.DataFrame:
    """The streams with their missing hours, in COLUMNS."""
    import polars as pl

    return (
        lives.join(missing, on="stream", how="left", maintain_order="left")
        .with_columns(
            pl.col("missing_hours").fill_null(0),
            pl.col("is_missing_since").fill_null(value=False),
            *(
                pl.col(f"{place}_hour").dt.convert_time_zone(zone).dt.date().alias(f"{place}_day")
                for place in ("first", "last", "end")
            ),
        )
        .with_columns(
            state=pl.when(
                (pl.col("ended") == "stopped")
                & ~pl.col("is_missing_since")
                & (pl.col("has_power") | (pl.col("last_day") == pl.col("end_day")))
            )
            .then(pl.lit("goes_on"))
            .otherwise(pl.col("ended"))
        )
        .select(COLUMNS)
    )
