"""The contents of the lake, and their freshness."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import duckdb

from ingest.errors import LakeError
from ingest.lake.data_file import damage_among, read_files
from ingest.lake.followers import followers
from ingest.lake.lake import Lake
from ingest.lake.sums.checks import damaged_sums, freshness
from ingest.lake.sums.files import cover
from ingest.lake.sums.kinds import KINDS
from ingest.report import DayRange, LakeStatus, RejectCount, StreamStatus

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.lake.snapshot import Snapshot

_HELD = """
    select loads.* replace (
        loads.calls - coalesce(removed.calls, 0) as calls,
        loads.rejects - coalesce(removed.rejects, 0) as rejects
    )
    from loads
    left join removed using (load_id)
"""
"""The loads with the calls and rejects that retention has left of them."""

_OF_ALL = """
    select
        count(*) as loads,
        count(distinct source) as sources,
        coalesce(sum(lines), 0)::bigint as lines,
        coalesce(sum(calls), 0)::bigint as calls,
        coalesce(sum(rejects), 0)::bigint as rejects,
        coalesce(sum(ignored), 0)::bigint as ignored,
        min(first_call) as first_call,
        max(last_call) as last_call,
        max(loaded_at) as loaded_at
    from held
"""

_OF_STREAMS = """
    select
        stream, count(*) as loads, sum(calls)::bigint as calls, min(first_call) as first_call, max(last_call) as last_call,
        max(loaded_at) as loaded_at
    from held
    group by stream
    order by stream
"""


def status(lake: Path, *, now: dt.datetime, snapshot: Snapshot | None = None) -> LakeStatus:
    """The state of the lake, ages as of `now`. LakeError when there is none.

    Who has a snapshot of the lake already can give it, because to read a long ledger takes time.
    """
    snapshot = snapshot or Lake(lake).snapshot()
    files, sealed = [file.path for file in snapshot.calls], snapshot.sealed
    with duckdb.connect(":memory:") as connection:
        connection.execute("set TimeZone = 'UTC'")
        together, of_streams = _said_by_loads(connection, snapshot)
        try:
            days_by_stream, reasons = _in_data_files(connection, snapshot)
            summed = freshness(snapshot, connection)
        except duckdb.Error as error:
            if damaged := damage_among([*files, *snapshot.rejects]) or damaged_sums(snapshot):
                raise LakeError(damaged) from error
            raise
    days = set().union(*days_by_stream.values())
    first_day, last_day = min(days, default=None), max(days, default=None)
    span = (last_day - first_day).days + 1 if first_day and last_day else 0
    following, skipped = followers(lake, now=now)
    return LakeStatus(
        lake=str(lake),
        time_zone=snapshot.time_zone,
        version=snapshot.version,
        first_day=first_day,
        last_day=last_day,
        days=len(days),
        days_without_calls=span - len(days),
        load_age_seconds=_age(together["loaded_at"], now),
        call_age_seconds=_age(together["last_call"], now),
        data_bytes=sum(path.stat().st_size for path in [*files, *snapshot.rejects]),
        calls_since=snapshot.calls_since,
        sums_since=sealed.period[0] if sealed.period else None,
        sealed_calls=sealed.calls,
        sealed_bytes=sum(size for _, size in sealed.every_file()),
        sums_bytes=summed.bytes,
        rejects_by_reason=tuple(RejectCount(reason=reason, lines=lines) for reason, lines in reasons),
        streams=tuple(
            StreamStatus(
                days=len(days_by_stream.get(of_stream["stream"], ())),
                load_age_seconds=int((now - of_stream["loaded_at"]).total_seconds()),
                call_age_seconds=_age(of_stream["last_call"], now),
                **of_stream,
            )
            for of_stream in of_streams
        ),
        followers=tuple(following),
        skipped=tuple(skipped),
        unsummed=tuple(DayRange(since=since, until=until) for since, until in summed.stale),
        **together,
    )


def _said_by_loads(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What the loads say together, and for each stream. There may be as many of them as the lake has decisions."""
    connection.register("loads", snapshot.loads)
    load_ids, counts = list(snapshot.removed), snapshot.removed.values()
    connection.execute(
        "create temp table removed as"
        " select unnest(?::varchar[]) as load_id, unnest(?::bigint[]) as calls, unnest(?::bigint[]) as rejects",
        [load_ids, [calls for calls, _ in counts], [rejects for _, rejects in counts]],
    )
    connection.execute(f"create temp view held as {_HELD}")
    [together] = connection.sql(_OF_ALL).to_arrow_table().to_pylist()
    return together, connection.sql(_OF_STREAMS).to_arrow_table().to_pylist()


def _in_data_files(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot
) -> tuple[dict[str, set[dt.date]], list[tuple[str, int]]]:
    """The days of each stream, sealed ones among them, and the number of rejects for each reason."""
    days_by_stream: defaultdict[str, set[dt.date]] = defaultdict(set)
    reasons: list[tuple[str, int]] = []
    hours = cover(snapshot.calls, snapshot.sums.files(KINDS["stream_hours"]))
    sealed = snapshot.sealed.files(KINDS["stream_hours"])
    if files := [file.path for file in hours.calls] + [one.path for one in hours.sums] + [*sealed]:
        for stream, day in read_files(connection, files).project("stream, day").distinct().fetchall():
            days_by_stream[stream].add(day)
    if snapshot.rejects:
        read_files(connection, snapshot.rejects).create_view("rejects")
        reasons = connection.execute(
            "select reason, count(*) from rejects where load_id in (select load_id from loads)"
            " group by reason order by count(*) desc, reason"
        ).fetchall()
    return days_by_stream, reasons


def _age(moment: dt.datetime | None, now: dt.datetime) -> int | None:
    return None if moment is None else int((now - moment).total_seconds())
