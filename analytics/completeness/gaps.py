"""The gaps of the logs, which make figures too low.

The metric `completeness` judges hour by hour. Here hours become gaps, and gaps become sentences. A gap affects a figure if calls
like the counted ones ever came from that log.
"""

from __future__ import annotations

import datetime as dt
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analytics.numbers import WEEKDAYS, counted, day
from analytics.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import polars as pl

    from analytics.warehouse.warehouse import Warehouse

HOUR = dt.timedelta(hours=1)
SAID_AT_MOST = 3
"""The number of gaps that are described one by one; further ones are counted."""


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A time in which a stream is missing, or one day on which it is thin. Half-open, in the lake's time zone.

    `hours` is the number of hours that are missing or thin; between them may be hours in which no calls were expected. `calls`
    were made in these hours, `expected` is their number by the stream's rhythm, if it is known. `why`: the stream is silent, has
    stopped, or its lines were rejected; a thin day is a holiday, or low.
    """

    stream: str
    state: Literal["missing", "thin"]
    why: Literal["silent", "stopped", "rejected", "holiday", "low"]
    since: dt.datetime
    until: dt.datetime
    hours: int
    calls: int
    expected: float


def gaps(warehouse: Warehouse, scope: Scope) -> tuple[Gap, ...]:
    """The gaps of the scope's period in the streams that its calls come from, in the order of time.

    There are none for a viewer that may not see all calls of a stream: a partner that makes no calls is no gap in a log.
    """
    if not warehouse.viewer.holds_whole_logs:
        return ()
    hours = warehouse.metric("completeness", period_of(scope))
    if (hours["state"] == "complete").all():
        return ()
    streams = warehouse.query_file("completeness/streams", scope.replace(since=None, until=None))
    return gaps_in(hours, warehouse.snapshot.time_zone, streams=streams["stream"].to_list())


def period_of(scope: Scope) -> Scope:
    """The scope's days and stream without its other parts, because completeness is about streams."""
    return Scope(since=scope.since, until=scope.until, stream=scope.stream, environment="all")


def gaps_in(completeness: pl.DataFrame, time_zone: str, *, streams: Collection[str]) -> tuple[Gap, ...]:
    """The gaps of these streams, from rows of the metric `completeness` in its order."""
    import polars as pl

    hours = completeness.filter(pl.col("stream").is_in(list(streams))).with_columns(
        pl.col("hour").dt.convert_time_zone(time_zone),
        silence=(pl.col("calls") > 0).cum_sum().over("stream"),
        read=pl.col("why").ne_missing("rejected").cum_sum().over("stream"),
    )
    rejected = pl.col("why") == "rejected"
    missing, thin = (pl.col("state") == state for state in ("missing", "thin"))
    found = [
        hours.filter(kept)
        .group_by("stream", "state", "why", within)
        .agg(
            since=pl.col("hour").min(),
            until=pl.col("hour").max() + HOUR,
            hours=pl.len(),
            calls=pl.col("calls").sum(),
            expected=pl.col("expected").sum(),
        )
        .drop(within.meta.output_name())
        for kept, within in (
            (missing & ~rejected, pl.col("silence")),
            (rejected, pl.col("read")),
            (thin, pl.col("hour").dt.date().alias("day")),
        )
    ]
    rows = pl.concat(found).sort("since", "stream", "state")
    return tuple(Gap(**row) for row in rows.iter_rows(named=True))


def hours_of(found: Sequence[Gap], state: Literal["missing", "thin"]) -> int:
    """The number of hours that are missing, or thin, over all streams."""
    return sum(gap.hours for gap in found if gap.state == state)


def gap_note(warehouse: Warehouse, scope: Scope) -> str | None:
    """What a reader of this scope's figures has to know about the logs, in lines; None if they are complete."""
    found = gaps(warehouse, scope)
    missing = [gap for gap in found if gap.state == "missing"]
    lines = [f"  {sentence}" for sentence in _stray(warehouse, scope)]
    if lines:
        lines.insert(0, "some logs have a few calls far from all others or after the last load:")
    if missing:
        lines.append(f"figures are too low, because logs are missing: {counted(hours_of(found, 'missing'), 'hour')}")
        lines += [f"  {sentence(gap)}" for gap in missing[:SAID_AT_MOST]]
        if len(missing) > SAID_AT_MOST:
            lines.append(f"  and {counted(len(missing) - SAID_AT_MOST, 'more gap')}")
    if len(missing) < len(found):
        lines.append(
            f"{counted(hours_of(found, 'thin'), 'hour')} with far fewer calls than usual: "
            "a holiday, a disturbance, or part of a log"
        )
    if found:
        lines.append("koppelzicht metric completeness shows every hour")
    return "\n".join(lines) or None


def _stray(warehouse: Warehouse, scope: Scope) -> list[str]:
    """The stray calls of the streams that the scope's calls come from, as sentences."""
    from analytics.completeness.streams import stray_sentence

    if not warehouse.viewer.holds_whole_logs:
        return []
    stray = warehouse.query_file("completeness/stray_calls", period_of(scope))
    if stray.is_empty():
        return []
    streams = set(warehouse.query_file("completeness/streams", scope.replace(since=None, until=None))["stream"])
    return [stray_sentence(row) for row in stray.iter_rows(named=True) if row["stream"] in streams]


def sentence(gap: Gap) -> str:
    """A gap as a sentence.

    >>> from zoneinfo import ZoneInfo
    >>> amsterdam = ZoneInfo("Europe/Amsterdam")
    >>> night = dt.datetime(2026, 9, 15, 22, tzinfo=amsterdam), dt.datetime(2026, 9, 16, 2, tzinfo=amsterdam)
    >>> sentence(Gap(stream="web", state="missing", why="silent", since=night[0], until=night[1], hours=4, calls=0, expected=1204.5))
    'web: no calls from Tue 15 Sep 2026 22:00 to Wed 16 Sep 2026 02:00, about 1,204 expected'
    """
    since, until = moment(gap.since), moment(gap.until)
    match gap.why:
        case "silent":
            return f"{gap.stream}: no calls from {since} to {until}, about {gap.expected:,.0f} expected"
        case "stopped":
            ended = f"koppelzicht streams end {shlex.quote(gap.stream)}"
            return f"{gap.stream}: no calls from {since} to {until}, while other logs go on; if it has ended: {ended}"
        case "rejected":
            which = f"koppelzicht rejects --stream {shlex.quote(gap.stream)}"
            return f"{gap.stream}: most lines from {since} to {until} could not be read; {which} shows why"
    calls, hours = counted(gap.calls, "call"), counted(gap.hours, "hour")
    return f"{gap.stream}: {calls} in {hours} from {since} to {until}, about {gap.expected:,.0f} expected"


def moment(local: dt.datetime) -> str:
    """A moment by the clock of its time zone, in English on every machine."""
    return f"{WEEKDAYS[local.weekday()]} {day(local.date())} {local:%H:%M}"
