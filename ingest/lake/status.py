"""What the lake holds, and how fresh it is."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import duckdb

from ingest.errors import LakeError
from ingest.lake.data_file import damage_among, read_files
from ingest.lake.followers import followers
from ingest.lake.lake import Lake
from ingest.report import LakeStatus, RejectCount, StreamStatus

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.lake.snapshot import Snapshot


def status(lake: Path, *, now: dt.datetime) -> LakeStatus:
    """The state of the lake, ages as of `now`. LakeError when there is none."""
    store = Lake(lake)
    snapshot = store.snapshot()
    loads: list[dict[str, Any]] = snapshot.loads.to_pylist()
    files = [file.path for file in snapshot.calls]
    loads_by_stream: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for load in loads:
        calls_removed, rejects_removed = snapshot.removed.get(load["load_id"], (0, 0))
        load["calls"] -= calls_removed
        load["rejects"] -= rejects_removed
        loads_by_stream[load["stream"]].append(load)
    try:
        days_by_stream, reasons = _in_data_files(snapshot)
    except duckdb.Error as error:
        if damaged := damage_among([*files, *snapshot.rejects]):
            raise LakeError(damaged) from error
        raise
    days = set().union(*days_by_stream.values())
    first_day, last_day = min(days, default=None), max(days, default=None)
    span = (last_day - first_day).days + 1 if first_day and last_day else 0
    last_call = max((load["last_call"] for load in loads if load["last_call"]), default=None)
    loaded_at = max((load["loaded_at"] for load in loads), default=None)
    following, skipped = followers(lake, now=now)
    return LakeStatus(
        lake=str(lake),
        time_zone=snapshot.time_zone,
        version=snapshot.version,
        loads=len(loads),
        sources=len({load["source"] for load in loads}),
        lines=sum(load["lines"] for load in loads),
        calls=sum(load["calls"] for load in loads),
        rejects=sum(load["rejects"] for load in loads),
        ignored=sum(load["ignored"] for load in loads),
        first_day=first_day,
        last_day=last_day,
        days=len(days),
        days_without_calls=span - len(days),
        first_call=min((load["first_call"] for load in loads if load["first_call"]), default=None),
        last_call=last_call,
        loaded_at=loaded_at,
        load_age_seconds=_age(loaded_at, now),
        call_age_seconds=_age(last_call, now),
        data_bytes=sum(path.stat().st_size for path in [*files, *snapshot.rejects]),
        rejects_by_reason=tuple(RejectCount(reason=reason, lines=lines) for reason, lines in reasons),
        streams=tuple(
            _stream(stream, of_stream, len(days_by_stream.get(stream, ())), now)
            for stream, of_stream in sorted(loads_by_stream.items())
        ),
        followers=tuple(following),
        skipped=tuple(skipped),
    )


def _in_data_files(snapshot: Snapshot) -> tuple[dict[str, set[dt.date]], list[tuple[str, int]]]:
    """The days of each stream, and the number of rejects for each reason."""
    days_by_stream: defaultdict[str, set[dt.date]] = defaultdict(set)
    reasons: list[tuple[str, int]] = []
    files = [file.path for file in snapshot.calls]
    with duckdb.connect(":memory:") as connection:
        if files:
            for stream, day in read_files(connection, files).project("stream, day").distinct().fetchall():
                days_by_stream[stream].add(day)
        if snapshot.rejects:
            connection.register("loads", snapshot.loads)
            read_files(connection, snapshot.rejects).create_view("rejects")
            reasons = connection.execute(
                "select reason, count(*) from rejects where load_id in (select load_id from loads)"
                " group by reason order by count(*) desc, reason"
            ).fetchall()
    return days_by_stream, reasons


def _stream(name: str, loads: list[dict[str, Any]], days: int, now: dt.datetime) -> StreamStatus:
    last_call = max((load["last_call"] for load in loads if load["last_call"]), default=None)
    loaded_at = max(load["loaded_at"] for load in loads)
    return StreamStatus(
        stream=name,
        loads=len(loads),
        calls=sum(load["calls"] for load in loads),
        days=days,
        first_call=min((load["first_call"] for load in loads if load["first_call"]), default=None),
        last_call=last_call,
        loaded_at=loaded_at,
        load_age_seconds=int((now - loaded_at).total_seconds()),
        call_age_seconds=_age(last_call, now),
    )


def _age(moment: dt.datetime | None, now: dt.datetime) -> int | None:
    return None if moment is None else int((now - moment).total_seconds())
