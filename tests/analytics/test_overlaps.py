"""Two logs of the same calls are found, and two servers that share the work are not."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from analytics.overlaps.overlaps import Overlap, overlaps, overlaps_after_load
from analytics.questions import question
from analytics.registry import RegistryFiles
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest import ReadOptions, ingest
from tests.analytics.given import call, given_snapshot

Calls = list[dict[str, Any]]

ROOT = Path(__file__).parent.parent.parent
FIRST, SECOND = dt.date(2026, 10, 1), dt.date(2026, 10, 2)


def traffic(day: dt.date = FIRST, calls: int = 20, *, seconds: float = 0, **said: Any) -> Calls:
    """One call a minute, by seven customers in turn. `seconds` shifts all of them."""
    start = dt.datetime(day.year, day.month, day.day, 8, 0, 10, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    return [
        call(
            called_at=str(start + dt.timedelta(minutes=number)),
            customer=f"700000{number % 7}",
            line_number=number,
            **said,
        )
        for number in range(calls)
    ]


def found(folder: Path, *logs: Calls, scope: Scope | None = None) -> tuple[Overlap, ...]:
    """The overlaps of these logs, each of them a load."""
    rows = [row | {"load_id": f"{number:016x}"} for number, log in enumerate(logs, start=1) for row in log]
    with Warehouse.over(given_snapshot(folder, rows), RegistryFiles()) as warehouse:
        return overlaps(warehouse, scope)


def overlap(stream: str, other_stream: str, **said: Any) -> Overlap:
    return dataclasses.replace(
        Overlap(stream=stream, other_stream=other_stream, first_day=FIRST, last_day=FIRST, days=1, share=1.0), **said
    )


def test_a_proxy_and_the_server_behind_it_are_found(tmp_path: Path) -> None:
    # The proxy has ten calls that go to another server, writes a second and a half later and logs no ids.
    proxy = [
        *traffic(seconds=1.5, stream="proxy", integration_id=None),
        *traffic(calls=10, stream="proxy", endpoint="connectors/KnPerson"),
    ]
    assert found(tmp_path, traffic(stream="server"), proxy) == (overlap("proxy", "server"),)


def test_every_day_is_looked_at_by_itself(tmp_path: Path) -> None:
    week = [row for number in range(7) for row in traffic(FIRST + dt.timedelta(days=number), stream="whole")]
    twice = [*traffic(SECOND, stream="again"), *traffic(SECOND + dt.timedelta(days=1), stream="again")]
    expected = overlap("again", "whole", first_day=SECOND, last_day=dt.date(2026, 10, 3), days=2)
    assert found(tmp_path, week, twice) == (expected,)
    assert found(tmp_path, week, twice, scope=Scope.parse({"until": "2026-10-02"})) == ()


def test_files_put_together_are_found_in_a_stream_of_the_same_name(tmp_path: Path) -> None:
    both = [*traffic(FIRST), *traffic(SECOND)]
    assert found(tmp_path, traffic(FIRST), traffic(SECOND), both) == (
        overlap("gateway", "gateway", last_day=SECOND, days=2),
    )


@pytest.mark.parametrize(
    "other",
    [
        {"seconds": 3},
        {"endpoint": "connectors/KnPerson"},
        {"method": "POST"},
        {"status": 201},
        {"integration_id": "1234567_2"},
        {"environment": "test"},
        {"query_length": 7},
        {"skip": 100},
    ],
)
def test_calls_that_differ_in_anything_are_no_twins(tmp_path: Path, other: dict[str, Any]) -> None:
    assert found(tmp_path, traffic(stream="one"), traffic(stream="two", **other)) == ()


def test_fewer_than_ten_twins_may_be_chance(tmp_path: Path) -> None:
    assert found(tmp_path, traffic(calls=9, stream="one"), traffic(calls=9, stream="two")) == ()
    assert len(found(tmp_path, traffic(calls=10, stream="one"), traffic(calls=10, stream="two"))) == 1


def test_servers_that_share_the_work_are_no_twins(tmp_path: Path) -> None:
    # One customer asks for the same every two seconds, and each of the servers gets every other call.
    start = dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)
    calls = [call(called_at=str(start + dt.timedelta(seconds=2 * number))) for number in range(600)]
    one = [row | {"stream": "one"} for row in calls[::2]]
    assert found(tmp_path, one, [row | {"stream": "two"} for row in calls[1::2]]) == ()


def test_of_very_many_calls_some_minutes_are_enough(tmp_path: Path) -> None:
    # As of 1,600,000 calls: one minute in four, of which 200 are still enough.
    with Warehouse.over(
        given_snapshot(
            tmp_path,
            [row | {"load_id": name} for name in ("one", "two") for row in traffic(calls=200, stream=name)],
        ),
        RegistryFiles(),
    ) as warehouse:
        whole = warehouse.query_file("overlaps/streams", Scope(environment="all"))
        assert whole["calls"].to_list() == [200]
        sql = question_with_a_sample_of(4)
        part = warehouse.query(sql, scope=Scope(environment="all"))
    assert 20 < part["calls"][0] < 80
    assert part["share"].to_list() == [1.0]


def question_with_a_sample_of(parts: int) -> str:
    sql = question("overlaps/streams").sql
    assert "greatest(1, count(*) // 400000)" in sql
    return sql.replace("greatest(1, count(*) // 400000)", f"greatest({parts}, count(*) // 400000)")


def test_an_overlap_is_said_in_words() -> None:
    assert str(overlap("proxy", "server", share=0.974)) == (
        "proxy and server report the same traffic (97% of the calls compared, 2026-10-01), which is counted twice; "
        "'koppelzicht unload' removes a load, and --stream limits a question to one of them"
    )
    assert str(overlap("proxy", "proxy", last_day=SECOND, days=2)) == (
        "two loads of proxy report the same calls (100% of those compared, 2 days from 2026-10-01 to 2026-10-02), which are "
        "counted twice; 'koppelzicht unload' removes a load"
    )


def test_after_a_load_only_what_came_in_is_compared(tmp_path: Path) -> None:
    lake, logs = tmp_path / "lake", ROOT / "sample_logs"
    monday, tuesday, later = (dt.datetime(2026, 11, day, 12, tzinfo=dt.UTC) for day in (2, 3, 4))
    ingest(lake, [str(logs / "json" / "calls-2026-10-12.json")], ReadOptions(), now=monday)
    with Warehouse.open(lake) as warehouse:
        assert overlaps_after_load(warehouse, monday) == ()
    ingest(lake, [str(logs / "combined" / "calls-2026-10-12.log")], ReadOptions(), now=tuesday)
    with Warehouse.open(lake) as warehouse:
        assert [(pair.stream, pair.other_stream, pair.days) for pair in overlaps_after_load(warehouse, tuesday)] == [
            ("combined/calls.log", "json/calls.json", 3)
        ]
        assert overlaps_after_load(warehouse, later) == ()
