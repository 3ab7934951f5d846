"""Two logs of the same calls are found, and two servers that share the work are not."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pytest

from analytics.overlaps.overlaps import MOST_STREAMS, Overlap, Rows, overlaps, overlaps_after_load, overlaps_by
from analytics.questions import question
from analytics.registry import RegistryFiles
from analytics.scope import Scope
from analytics.warehouse.warehouse import EVERYTHING, Warehouse
from ingest import ReadOptions, ingest
from ingest.arrow import arrow_schema
from ingest.lake.ledger_row import LOAD_COLUMNS
from tests.analytics.given import call, given_snapshot

if TYPE_CHECKING:
    import polars as pl

    from ingest.lake.snapshot import Snapshot

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
    with Warehouse.over(loaded(folder, rows), RegistryFiles()) as warehouse:
        return overlaps(warehouse, scope)


def loaded(folder: Path, rows: Calls) -> Snapshot:
    """A snapshot of these calls, with what the ledger says of their loads."""
    moments: defaultdict[str, list[dt.datetime]] = defaultdict(list)
    for row in rows:
        moments[row["load_id"]].append(row["called_at"])
    ledger = [
        {"load_id": load_id, "calls": len(called), "first_call": min(called), "last_call": max(called)}
        for load_id, called in moments.items()
    ]
    loads = pa.Table.from_pylist(ledger, schema=arrow_schema(LOAD_COLUMNS))
    return dataclasses.replace(given_snapshot(folder, rows), loads=loads)


@contextlib.contextmanager
def asking(folder: Path, rows: Calls) -> Iterator[Rows]:
    """What asks questions about these calls."""
    with Warehouse.over(given_snapshot(folder, rows), RegistryFiles()) as warehouse:

        def ask(name: str, **params: object) -> pl.DataFrame:
            return warehouse.query_file(name, EVERYTHING, params)

        yield ask


def overlap(stream: str, other_stream: str | None, **said: Any) -> Overlap:
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


@pytest.mark.parametrize(
    ("loads", "twins"),
    [
        ([(0, 60), (61, 90), (30, 31)], 1),  # the third lies in the first
        ([(0, 60), (62, 90)], 1),  # a twin is up to two seconds away
        ([(70, 80), (0, 60), (90, 95)], 0),
        ([(0, 60)], 0),
        ([], 0),
        ([(0, 60), (None, None)], 0),  # a load without calls
    ],
)
def test_calls_are_read_where_two_loads_cover_the_same_moment(
    tmp_path: Path, loads: list[tuple[int | None, int | None]], twins: int
) -> None:
    start = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    ledger = [
        {
            "load_id": f"{number}",
            "calls": 0 if first is None else 2,
            "first_call": None if first is None else start + dt.timedelta(seconds=first),
            "last_call": None if last is None else start + dt.timedelta(seconds=last),
        }
        for number, (first, last) in enumerate(loads)
    ]
    # The calls are other ones than the ledger tells of, and have twins. So the answer shows whether they were read.
    calls = [row | {"load_id": name} for name in "ab" for row in traffic()]
    told = pa.Table.from_pylist(ledger, schema=arrow_schema(LOAD_COLUMNS))
    with Warehouse.over(dataclasses.replace(loaded(tmp_path, calls), loads=told), RegistryFiles()) as warehouse:
        assert len(overlaps(warehouse)) == twins


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
    twice = [row | {"load_id": name} for name in ("one", "two") for row in traffic(calls=200, stream=name)]
    with asking(tmp_path, twice) as rows:
        assert rows("overlaps/sample").item() == 1
        whole, part = (rows("overlaps/streams", minute_in=minute_in, most_streams=MOST_STREAMS) for minute_in in (1, 4))
    assert whole["calls"].to_list() == [200]
    assert 20 < part["calls"][0] < 80
    assert part["share"].to_list() == [1.0]


@pytest.mark.parametrize(
    ("minutes", "calls_a_minute", "minute_in"),
    [
        (1, 2_000_000, 1),  # a sample could leave out the only minute
        (20, 100_000, 1),
        (32, 400_000, 2),
        (10_000, 79, 1),
        (10_000, 80, 2),
        (100_000, 770, 192),
    ],
)
def test_a_sample_leaves_many_minutes(minutes: int, calls_a_minute: int, minute_in: int) -> None:
    with duckdb.connect(":memory:") as connection:
        connection.execute("create macro minute_of(moment) as moment // 60")
        connection.execute("create macro added_up(calls) as cast(sum(calls) as bigint)")
        connection.execute(f"create view minutes_of as select unnest(range({minutes})) * 60 as called_at")
        # Every minute stands for its calls, because so many rows take long to count.
        counted = f"count(*) * {calls_a_minute}"
        sql = question("overlaps/sample").sql
        assert "count(*) as calls" in sql
        sql = sql.replace("count(*) as calls", f"{counted} as calls").replace("from calls", "from minutes_of")
        assert connection.execute(sql).fetchall() == [(minute_in,)]


def test_pairs_are_those_that_plain_python_finds(tmp_path: Path) -> None:
    # Each day is a world of its own, with streams of its own.
    random = Random(14)
    worlds = [row for number in range(150) for row in world(random, FIRST + dt.timedelta(days=number), f"{number:03}")]
    with asking(tmp_path, worlds) as rows:
        answer = rows("overlaps/streams", minute_in=1, most_streams=MOST_STREAMS)
    expected = pairs_by_plain_python(worlds)
    assert answer.rows() == expected
    assert len(expected) > 60
    assert {stream == other_stream for stream, other_stream, *_ in expected} == {True, False}


def world(random: Random, day: dt.date, name: str) -> Calls:
    """Some loads of up to three streams. Each has most of the same calls, a little earlier or later, and some of its own."""
    start = dt.datetime(day.year, day.month, day.day, 8, tzinfo=dt.UTC)
    shared = [(minute, random.randint(0, 50_000), random.choice("ab")) for minute in range(16)]
    late = random.choice([0, 1000, 2000, 2001])
    rows: Calls = []
    for load in range(random.randint(2, 5)):
        stream = f"{name}-{random.randint(1, 3)}"
        kept = random.choice([0.5, 0.7, 1.0])
        own = [(minute, random.randint(0, 50_000), random.choice("abc")) for minute in range(random.choice([0, 6, 16]))]
        rows += [
            call(
                called_at=str(start + dt.timedelta(minutes=minute, milliseconds=moment + random.choice([0, late]))),
                customer=f"700000{ord(kind) - ord('a')}",
                integration_id=random.choice([None, "1234567_1", "1234567_1", "1234567_2"]),
                stream=stream,
                load_id=f"{name}{random.randint(0, 99):02}{load}",
            )
            for minute, moment, kind in (*(one for one in shared if random.random() < kept), *own)
        ]
    return rows


def pairs_by_plain_python(calls: Calls) -> list[tuple[object, ...]]:
    """The rows of `overlaps/streams`, by looking at every pair of calls."""
    groups: dict[tuple[object, ...], Calls] = {}
    for row in calls:
        moment = row["called_at"]
        kind = (row["stream"], row["load_id"], moment.replace(second=0, microsecond=0), row["customer"])
        groups.setdefault(kind, []).append(row)
    alone = [rows[0] for rows in groups.values() if len(rows) == 1]
    by_minute: dict[tuple[object, ...], Calls] = {}
    for row in alone:
        by_minute.setdefault((row["called_at"].replace(second=0, microsecond=0), row["customer"]), []).append(row)
    having: dict[tuple[str, str, dt.date], set[tuple[str, int]]] = {}
    for rows in by_minute.values():
        for one, other in itertools.permutations(rows, 2):
            ids = {one["integration_id"], other["integration_id"]} - {None}
            far = abs(one["called_at"] - other["called_at"]) > dt.timedelta(seconds=2)
            if one["load_id"] == other["load_id"] or far or len(ids) > 1:
                continue
            direction = "later" if one["load_id"] < other["load_id"] else "earlier"
            in_order = direction if one["stream"] == other["stream"] else ""
            having.setdefault((one["stream"], other["stream"], one["day"]), set()).add((in_order, id(one)))
    counted = Counter((row["stream"], row["day"]) for row in alone)
    found = []
    for (stream, other_stream, day), ones in having.items():
        calls_here, calls_there = counted[stream, day], counted[other_stream, day]
        if stream < other_stream:
            twins, back = len(ones), len(having[other_stream, stream, day])
            shares = (twins / calls_here, back / calls_there)
        elif stream == other_stream:
            twins = sum(direction == "later" for direction, _ in ones)
            shares = (min(1.0, len(ones) / calls_here),) * 2
        else:
            continue
        if twins >= 2 and max(shares) >= 0.6:
            found.append((stream, other_stream, day, calls_here, calls_there, twins, *shares))
    return sorted(row for row in found if row[5] >= 10)


def test_many_copies_do_not_make_many_rows(tmp_path: Path) -> None:
    # Pairs would be 10 * 400 * 399 / 2, nearly 800,000.
    logs = {
        "of one stream": [row | {"load_id": f"{load:03}"} for load in range(400) for row in traffic(calls=10)],
        "of many": [
            row | {"load_id": f"{load:03}"} for load in range(400) for row in traffic(calls=10, stream=f"{load:03}")
        ],
    }
    for name, rows in logs.items():
        folder = tmp_path / name
        folder.mkdir()
        with Warehouse.over(given_snapshot(folder, rows), RegistryFiles()) as warehouse:
            asked = question("overlaps/streams")
            with warehouse._scopes.reading(EVERYTHING, asked.sql) as cursor:
                sql = f"explain (analyze, format json) {asked.sql}"
                [(_, plan)] = cursor.execute(sql, {"minute_in": 1, "most_streams": 8}).fetchall()
        assert 4000 <= max(rows_in(json.loads(plan)["operator"])) <= 5 * 4000, name


def rows_in(nodes: list[dict[str, Any]]) -> Iterator[int]:
    """The number of rows that each operator of a plan made."""
    for node in nodes:
        yield node["intermediate_rows"]
        yield from rows_in(node.get("children", []))


def test_of_a_crowd_each_stream_is_named_and_not_every_pair(tmp_path: Path) -> None:
    # Of four streams with the same calls, two are paired: `a` and `b`, which have the most calls. `d` is beyond, and so is its pair
    # with `e`. `f` has no twins.
    crowd = [row | {"load_id": name} for name in "abcd" for row in traffic(stream=name)]
    more = [row | {"load_id": "d"} for row in traffic(calls=10, stream="d", endpoint="connectors/KnPerson")]
    copy = [row | {"load_id": "e"} for row in traffic(calls=10, stream="e", endpoint="connectors/KnPerson")]
    alone = [row | {"load_id": "f"} for row in traffic(stream="f", endpoint="connectors/KnBankAccount")]
    later = [row | {"load_id": name} for name in "ab" for row in traffic(SECOND, stream=name)]
    with asking(tmp_path, [*crowd, *more, *copy, *alone, *later]) as rows:
        few = overlaps_by(rows, most_streams=2)
        every = overlaps_by(rows, most_streams=4)
    both_days = overlap("a", "b", last_day=SECOND, days=2)
    pairs = [("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d"), ("d", "e")]
    assert every == (both_days, *(overlap(*pair) for pair in pairs))
    assert few == (
        both_days,
        *(overlap(stream, None) for stream in "abcde"),
    )


def test_an_overlap_is_said_in_words() -> None:
    assert str(overlap("proxy", "server", share=0.974)) == (
        "proxy and server report the same traffic (97% of the calls compared, 2026-10-01), which is counted twice; "
        "'koppelzicht unload' removes a load, and --stream limits a question to one of them"
    )
    assert str(overlap("proxy", "proxy", last_day=SECOND, days=2)) == (
        "two loads of proxy report the same calls (100% of those compared, 2 days from 2026-10-01 to 2026-10-02), which are "
        "counted twice; 'koppelzicht unload' removes a load"
    )
    assert str(overlap("proxy", None)) == (
        "proxy reports calls that other loads report, too (100% of the calls compared, 2026-10-01), which are counted more than "
        "once; more than 64 streams hold the same calls, and not every pair of them is listed; 'koppelzicht unload' removes a load"
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
