"""The metric `completeness` and the question `streams_lives` say what the oracle finds in made-up worlds, hour by hour."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from analytics.registry import RegistryFiles
from analytics.warehouse.warehouse import Warehouse
from ingest.arrow import arrow_schema
from ingest.lake.ledger_row import LOAD_COLUMNS
from ingest.lake.stream_ends import StreamEnd
from ingest.reject import REJECT_COLUMNS
from tests.analytics.given import call, given_snapshot, reject
from tests.oracle.logs import judged_logs
from tests.oracle.stories import STORIES
from tests.oracle.worlds import world

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.lake.snapshot import Snapshot
    from tests.oracle.logs import Logs
    from tests.oracle.worlds import MadeUp

LATER = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
SEEDS = range(11)
"""Two stories of each world come up in turn. Eleven worlds tell all of them."""


def _instant(hour: int | None) -> dt.datetime | None:
    return None if hour is None else dt.datetime.fromtimestamp(3600 * hour, dt.UTC)


def _snapshot(folder: Path, made: MadeUp) -> Snapshot:
    """A snapshot of a lake with this world."""
    calls = [
        call(
            called_at=f"{one.at}",
            stream=one.stream,
            product=one.product,
            environment=one.environment,
            customer=one.customer,
            integration_id=one.integration,
            id_status=one.id_status,
        )
        for one in made.calls
    ]
    rejects = [
        reject(load_id=one.load, stream=one.stream, reason=one.reason, called_at=one.at, integration=one.integration)
        for one in made.rejects
    ]
    loads: list[dict[str, Any]] = [
        {
            "load_id": one.load,
            "source": one.stream,
            "stream": one.stream,
            "log_format": "json",
            "calls": one.calls,
            "first_call": _instant(one.first),
            "last_call": _instant(one.last),
            "loaded_at": made.loaded_at or LATER,
            "version": "0",
        }
        | dict.fromkeys(("start_byte", "end_byte", "lines", "rejects", "ignored"), 0)
        | {"content_sha256": ""}
        for one in made.loads
    ]
    path = folder / "rejects.parquet"
    parquet.write_table(pa.Table.from_pylist(rejects, schema=arrow_schema(REJECT_COLUMNS)), path)
    return replace(
        given_snapshot(folder, calls),
        rejects=(path,),
        loads=pa.Table.from_pylist(loads, schema=arrow_schema(LOAD_COLUMNS)),
        stream_ends=tuple(
            StreamEnd(stream=name, ended_on=dt.date.fromordinal(day)) for name, day in made.ended.items()
        ),
    )


def _expected(logs: Logs) -> dict[tuple[str, dt.datetime | None], tuple[int, str, bool, float | None]]:
    """Each hour's calls, state, whether it is missing by quarantine, and, if it is not, the expected calls."""
    found = {
        (name, _instant(hour)): (
            judged.calls,
            str(judged.state),
            judged.by_quarantine,
            None if judged.by_quarantine or judged.expected is None else round(judged.expected, 6),
        )
        for name, stream in logs.streams.items()
        for hour, judged in stream.hours.items()
    }
    for name, hours in logs.quarantine.items():
        for hour in hours:
            calls = logs.streams[name].calls[hour] if name in logs.streams else 0
            found.setdefault((name, _instant(hour)), (calls, "missing", True, None))
    return found


def test_the_worlds_tell_every_story() -> None:
    assert {story for seed in SEEDS for story in world(seed).stories} == set(STORIES)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_hour_is_what_the_oracle_says(tmp_path: Path, seed: int) -> None:
    made = world(seed)
    logs = judged_logs(made.calls, rejects=made.rejects, loads=made.loads, ended=made.ended, loaded_at=made.loaded_at)
    with Warehouse.over(_snapshot(tmp_path, made), RegistryFiles()) as warehouse:
        rows = warehouse.metric("completeness").rows()
        lives = {row["stream"]: row for row in warehouse.query_file("completeness/streams_lives").rows(named=True)}
    found = {
        (stream, hour): (
            calls,
            state,
            why == "rejected",
            None if why == "rejected" or expected is None else round(expected, 6),
        )
        for stream, hour, calls, expected, state, why in rows
    }
    assert found == _expected(logs)
    places = ("first_hour", "last_hour", "end_hour")
    for name, stream in logs.streams.items():
        assert [lives[name][place] for place in places] == [
            _instant(hour) for hour in (stream.first, stream.last, stream.end)
        ]
        assert lives[name]["continues"] == stream.continues
        assert lives[name]["is_quarantined"] == bool(logs.quarantine.get(name))
