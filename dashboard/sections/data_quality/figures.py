"""The figures of the page about the logs: loaded lines, identified calls, missing hours, and calls that were loaded twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from analytics.completeness.gaps import gaps_in, period_of
from analytics.overlaps.overlaps import overlaps_by
from analytics.scope import Scope
from dashboard.shell import titles
from dashboard.shell.gaps import stream_hours
from dashboard.text.wording import Words, plain, say, span

if TYPE_CHECKING:
    from analytics.completeness.gaps import Gap
    from analytics.overlaps.overlaps import Overlap
    from dashboard.shell.data import View

_LIKELY = 0.5
"""From this confidence on, an owner is likelier than all other answers together."""


@dataclass(frozen=True)
class Loaded:
    """Everything that was read into the lake."""

    loads: int
    lines: int
    calls: int
    rejects: int
    reject_share: float | None


def loaded(view: View) -> Loaded:
    """Return everything that was read into the lake, whatever the scope."""
    rows = view.rows("data_quality/loads_by_stream")
    loads, lines, calls, rejects = (int(rows[name].sum()) for name in ("loads", "lines", "calls", "rejects"))
    return Loaded(loads, lines, calls, rejects, rejects / lines if lines else None)


def share_of_lines(loaded: Loaded) -> str | None:
    """Return the fraction of rejected lines, in words."""
    return None if loaded.reject_share is None else plain("card.of_lines", share=f"{loaded.reject_share:.2%}")


@dataclass(frozen=True)
class Identified:
    """The fraction of calls with a valid id, among those whose log can hold it, and the fraction of other calls; None without any."""

    share: float | None
    not_logged_share: float | None


def identified(view: View) -> Identified:
    """Return the fraction of calls with a valid id, and that of calls whose log cannot hold it."""
    rows = view.rows("id_hygiene")
    calls = {status: int(rows.filter(id_status=status)["calls"].sum()) for status in ("valid", "not_logged")}
    all_calls = int(rows["calls"].sum())
    logged = all_calls - calls["not_logged"]
    return Identified(
        calls["valid"] / logged if logged else None, calls["not_logged"] / all_calls if calls["not_logged"] else None
    )


def not_logged_in_words(identified: Identified) -> str | None:
    """Return the fraction of calls whose log cannot hold the id, in words; None if there are none."""
    share = identified.not_logged_share
    return None if share is None else plain("card.not_logged", share=f"{share:.2%}")


def completeness(view: View) -> pl.DataFrame:
    """Return the hours of every stream and day of the period, whatever the other filters: one row for a run of hours that are alike.

    Columns: stream, day, first_hour and end_hour by the clock of the lake's time zone, `hours` in words, fullness (complete, thin,
    missing, or unjudged without another week to compare with) and its name, calls, expected.
    """
    order = {"unjudged": 0, "complete": 1, "thin": 2, "missing": 3}
    worst_first = {place: name for name, place in order.items()}
    clock = pl.col("hour").dt.convert_time_zone(view.lake.time_zone.key)
    hours = (
        stream_hours(view)
        .with_columns(
            day=clock.dt.date(),
            clock=clock.dt.hour().cast(pl.Int32),
            place=pl.when(pl.col("expected").is_null() & (pl.col("state") == "complete"))
            .then(pl.lit("unjudged"))
            .otherwise("state")
            .replace_strict(order),
        )
        # If the clock is put back, two hours have the same name. The worse one is shown.
        .group_by("stream", "day", "clock", maintain_order=True)
        .agg(pl.col("place").max(), pl.col("calls").sum(), pl.col("expected").sum())
        .sort("stream", "day", "clock")
    )
    another = (pl.col("place") != pl.col("place").shift()) | (pl.col("clock") != pl.col("clock").shift() + 1)
    return (
        hours.with_columns(run=another.fill_null(value=True).cum_sum().over("stream", "day"))
        .group_by("stream", "day", "run", maintain_order=True)
        .agg(
            first_hour=pl.col("clock").min(),
            end_hour=pl.col("clock").max() + 1,
            fullness=pl.col("place").first().replace_strict(worst_first),
            calls=pl.col("calls").sum(),
            expected=pl.col("expected").sum(),
        )
        .with_columns(
            pl.when(pl.col("fullness") != "unjudged").then("expected").alias("expected"),
            hours=pl.format(
                "{}:00 – {}:00", *(pl.col(f"{end}_hour").cast(pl.String).str.zfill(2) for end in ("first", "end"))
            ),
            fullness_name=pl.col("fullness").replace_strict({name: plain(f"fullness.{name}") for name in order}),
        )
        .drop("run")
    )


def nothing_judged(pieces: pl.DataFrame) -> bool:
    """Return whether no hour in these rows of `completeness` has another week to compare with."""
    return (pieces["fullness"] == "unjudged").all()


def gaps(view: View) -> tuple[Gap, ...]:
    """Return the gaps of the period in all streams, whatever the other filters."""
    hours = stream_hours(view)
    return gaps_in(hours, view.lake.time_zone.key, streams=hours["stream"].unique().to_list())


def stray_in_words(view: View) -> list[Words]:
    """Return a sentence for each stream with stray calls in the period."""
    rows = replace(view, scope=period_of(view.scope)).rows("completeness/stray_calls")
    return [
        say(
            "gaps.stray_line",
            stream=row["stream"],
            calls=row["stray_calls"],
            days=Words(
                f"{row['first_stray']}"
                if row["first_stray"] == row["last_stray"]
                else f"{row['first_stray']} – {row['last_stray']}"
            ),
        )
        for row in rows.iter_rows(named=True)
    ]


def overlaps(view: View) -> tuple[Overlap, ...]:
    """Return the streams of the period that report the same traffic."""
    return overlaps_by(_whatever_is_asked(view).rows)


def overlap_in_words(overlap: Overlap) -> Words:
    """Return an overlap as a sentence."""
    if overlap.other_stream is None:
        key = "overlaps.many_streams"
    else:
        key = "overlaps.one_stream" if overlap.stream == overlap.other_stream else "overlaps.two_streams"
    return say(
        key,
        stream=overlap.stream,
        other_stream=overlap.other_stream or "",
        share=Words(f"{overlap.share:.0%}"),
        days=Words(span(overlap.first_day, overlap.last_day + dt.timedelta(days=1))),
    )


IS_NAMED = pl.col("probable_kind") != "nobody"
"""Rows whose likeliest answer is an integration or an aggregator."""


def probable_owners(view: View) -> pl.DataFrame:
    """Return the rows of `probable_owners` with their kind (integration, aggregator, nobody) and the owner's name as `title`."""
    rows = view.rows("probable_owners").rename({"confidence": "probable_confidence", "why": "probable_why"})
    kind = (
        pl.when(pl.col("integration").is_not_null())
        .then(pl.lit("integration"))
        .when(pl.col("probable_why").str.starts_with("aggregator"))
        .then(pl.lit("aggregator"))
        .otherwise(pl.lit("nobody"))
    )
    # An integration that never sends its id has no call with one, so its name comes from all that the registry names.
    names = replace(view, scope=Scope()).rows("certification").select("integration", "name")
    named = titles.of_integrations(rows.join(names, on="integration", how="left", maintain_order="left"))
    aggregator = pl.lit(plain("data_quality.aggregator"))
    return named.with_columns(probable_kind=kind).with_columns(
        title=pl.when(pl.col("probable_kind") == "aggregator").then(aggregator).otherwise("title")
    )


def owners_in_words(owners: pl.DataFrame) -> Words:
    """Return how many of these calls probably belong to somebody, in a sentence."""
    named = owners.filter(pl.col("integration").is_not_null() & (pl.col("probable_confidence") >= _LIKELY))
    calls = {kind: int(owners.filter(probable_kind=kind)["calls"].sum()) for kind in ("aggregator", "nobody")}
    return say(
        "data_quality.owners_sum",
        named=int(named["calls"].sum()),
        integrations=named["integration"].n_unique(),
        aggregator=calls["aggregator"],
        nobody=calls["nobody"],
        calls=int(owners["calls"].sum()),
    )


def _whatever_is_asked(view: View) -> View:
    return replace(view, scope=Scope(since=view.scope.since, until=view.scope.until, environment="all"))
