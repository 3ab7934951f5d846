"""A viewer that may see only some calls learns nothing about the others: two lakes that differ only in calls of others answer alike."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from analytics.certification.certification import certification
from analytics.check.check import look_up
from analytics.completeness.gaps import gap_note
from analytics.metrics import metric_names
from analytics.questions import question_names
from analytics.registry import registry_files
from analytics.review.review import review
from analytics.sandbox.sandbox import SqlLimits
from analytics.sandbox.worker import locked
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest.lake.lake import Lake
from ingest.lake.stream_ends import StreamEnd
from tests.analytics.given import NOW, call, given_lake, parameters, reject
from tests.ingest.scale import scaled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import duckdb

    from analytics.registry import RegistryFiles
    from ingest.lake.snapshot import Snapshot

OWN, OTHER, THIRD, FOURTH = 1234567, 7654321, 2345, 9080706
OWN_IDS = (f"{OWN}_1", f"{OTHER}_8")
"""What the partner's calls carry: an id of its own, and one that was another's before."""
OTHERS_IDS = (f"{OWN}_9", f"{OTHER}_1", f"{OTHER}_2", f"{THIRD}_1", f"{THIRD}_4", None)
"""The first was the partner's, and is another's now."""
STRANGE_IDS = tuple(f"{FOURTH}_{project}" for project in range(1, 60))
STRANGE = ("strange", "Strange", "zulu", "gateway", "proxy", str(FOURTH))
"""What stands in rows of others only, and in names of logs."""

REGISTRY = {
    "partners": [f"{OWN},Alfa,Anna", f"{OTHER},Bravo,Bernard"],
    "integrations": [
        f"{OWN}_1,Alfa Link,,2026-01-01",
        f"{OWN}_2,Alfa Flow,{OTHER}_8,",
        f"{OTHER}_1,Bravo Link,{OWN}_9,",
    ],
    "customers": ["1000001,Shared Customer,Healthcare", "1000002,Customer of Alfa,Retail"],
}
HEADERS = {
    "partners": "partner,name,contact",
    "integrations": "integration,name,replaces,certified_since",
    "customers": "customer,name,branch",
}

VIEWERS: dict[str, tuple[Scope, Callable[[dict[str, Any]], bool]]] = {
    "partner": (Scope(partner=OWN, environment="all"), lambda row: row["integration_id"] in OWN_IDS),
    "integration": (
        Scope(integration=f"{OWN}_2", environment="all"),
        lambda row: row["integration_id"] == f"{OTHER}_8",
    ),
    "customer": (Scope(customer="1000002", environment="all"), lambda row: row["customer"] == "1000002"),
}

SCOPES = (Scope(environment="all"), Scope(stream="log 1"), Scope(partner=OTHER), Scope.parse({"since": "2026-09-20"}))

_CHANCE = re.compile(r"(arrow_object|unnamed_relation)_[0-9a-f]+|[0-9.]+ ?(s|ms|µs)\b")
"""What no query finds twice: names that the engine makes up, and how long something took."""


@dataclass(frozen=True)
class World:
    """A lake as it is when others did what they did."""

    path: Path
    snapshot: Snapshot
    registry: RegistryFiles


def a_call(chance: random.Random, ids: tuple[str | None, ...]) -> dict[str, Any]:
    at = dt.datetime(2026, 9, 1, tzinfo=dt.UTC) + dt.timedelta(hours=chance.randrange(1400))
    return call(
        called_at=at.isoformat(),
        integration_id=chance.choice(ids),
        customer=chance.choice(("1000001", "1000002", str(OWN))),
        environment=chance.choice(("production", "production", "accept")),
        stream=chance.choice(("shared gateway", "alfa's proxy")),
        status=chance.choice((200, 200, 401, 500, 503)),
        connector=chance.choice(("KnSubject", "Alfa_Things", None)),
        duration_ms=chance.choice((None, 80.0, 2500.0)),
        user_agent="alfa/1.0",
    )


def a_call_of_another(chance: random.Random) -> dict[str, Any]:
    row = a_call(chance, OWN_IDS + OTHERS_IDS + STRANGE_IDS)
    far = dt.timedelta(days=chance.choice((0, 0, -90, 40)))
    return row | {
        "called_at": row["called_at"] + far,
        "day": row["day"] + far,
        "customer": chance.choice((row["customer"], "2000001", "2000002")),
        "stream": chance.choice(("a gateway of others", row["stream"], "zulu")),
        "user_agent": "strange/6.6",
        "connector": chance.choice(("Strange_Things", "knsubject", "KnSubject")),
    }


def world(folder: Path, is_own: Callable[[dict[str, Any]], bool], seed: int) -> World:
    """The same own calls in each, in the same order; of others and of logs what chance brings, none in the first."""
    chance = random.Random(20261130)
    pool = [a_call(chance, OWN_IDS + OTHERS_IDS) for _ in range(160)]
    own = sorted((row for row in pool if is_own(row)), key=lambda row: row["called_at"])
    chance = random.Random(seed)
    others = (
        [row for _ in range(chance.randrange(20, 90)) if not is_own(row := a_call_of_another(chance))] if seed else []
    )
    places = sorted(chance.sample(range(len(own) + len(others)), len(own)))
    rows = dict(zip(places, own, strict=True))
    left = iter(others)
    ordered = [rows[place] if place in rows else next(left) for place in range(len(own) + len(others))]
    load_ids = {True: f"{seed:016}", False: f"{seed + 1:016}"}
    numbered = [
        row | {"line_number": 7 * seed + place, "load_id": load_ids[place in rows]} for place, row in enumerate(ordered)
    ]
    made = given_lake(
        folder / "lake",
        numbered,
        rejects=[reject(line_number=number, sample="strange") for number in range(seed)],
        registry=_registry(folder, chance if seed else None),
        files=1 + seed % 3,
    )
    return World(made, _with_loads(Lake(made).snapshot(), load_ids, seed), registry_files(made))


def _registry(folder: Path, chance: random.Random | None) -> list[Path]:
    others: dict[str, list[str]] = {name: [] for name in HEADERS}
    if chance is not None:
        others["partners"] = [f"{FOURTH},Strange {chance.randrange(99)},Sam"]
        others["integrations"] = [
            f"{FOURTH}_{number},Strange,{FOURTH}_{number + 50},2026-0{1 + number % 9}-01"
            for number in range(1, chance.randrange(2, 9))
        ]
        others["customers"] = ["2000001,Strange Customer,Transport"]
    files = []
    for name, header in HEADERS.items():
        rows = [*REGISTRY[name], *others[name]]
        if chance is not None:
            chance.shuffle(rows)
        files.append(folder / f"{name}.csv")
        files[-1].write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return files


def _with_loads(snapshot: Snapshot, load_ids: dict[bool, str], seed: int) -> Snapshot:
    """The load of the own calls, and one of others that came later; and logs that have ended."""
    (load,) = snapshot.loads.to_pylist()
    loads = [
        load | {"load_id": load_ids[True], "loaded_at": NOW + dt.timedelta(days=40), "lines": 900 + seed},
        load | {"load_id": load_ids[False], "loaded_at": NOW + dt.timedelta(days=60 + seed), "source": "strange.log"},
    ]
    ends = [StreamEnd(stream="shared gateway", ended_on=dt.date(2026, 11, 2))]
    ends += [StreamEnd(stream=f"zulu {number}", ended_on=dt.date(2026, 11, 3)) for number in range(seed)]
    return dataclasses.replace(
        snapshot, loads=pa.Table.from_pylist(loads, schema=snapshot.loads.schema), stream_ends=tuple(ends[::-1])
    )


@pytest.fixture(scope="module", params=VIEWERS)
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Scope, list[World]]:
    """A viewer, and worlds that differ in what it may not see."""
    viewer, is_own = VIEWERS[request.param]
    folder = tmp_path_factory.mktemp("worlds")
    return viewer, [world(_made(folder / str(seed)), is_own, seed) for seed in range(scaled(2, 12))]


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def everything_found(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """All that can be found by SQL: each relation with its rows, and what the engine tells of them."""
    views = connection.sql("select schema_name, view_name from duckdb_views() where not internal").fetchall()
    tables = connection.sql("select schema_name, table_name from duckdb_tables()").fetchall()
    queries = [f'from "{schema}"."{name}"' for schema, name in views + tables]
    queries += [f'select rowid, * from "{schema}"."{name}"' for schema, name in tables]
    queries += [f"from pragma_storage_info('{schema}.{name}')" for schema, name in tables]
    told = ("tables", "views", "columns", "schemas", "constraints", "dependencies", "indexes", "sequences", "functions")
    queries += [f"from duckdb_{name}()" for name in (*told, "settings", "variables", "types", "databases")]
    queries += [f"{explain} select * from lake.sent" for explain in ("explain", "explain analyze")]
    queries.append("select * exclude (avg, std, q25, q50, q75) from (summarize lake.sent)")  # sums of any order of rows
    return {query: sorted(map(repr, _rows(connection, query))) for query in queries}


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    found = connection.sql(query).to_arrow_table()
    # A drawn plan is as wide as the times in it.
    return [re.sub(r"[ ─]+", " ", _CHANCE.sub("…", repr(row))) for row in found.to_pylist()]


def test_nothing_that_can_be_found_by_sql_tells_what_others_did(seen: tuple[Scope, list[World]]) -> None:
    viewer, worlds = seen
    found = [
        everything_found(locked(world.snapshot, world.registry, viewer, SqlLimits()).connection) for world in worlds
    ]
    assert len(found[0]['from "lake"."sent"']) > 10
    for other in found[1:]:
        assert other.keys() == found[0].keys()
        assert {query: {*rows} ^ {*found[0][query]} for query, rows in other.items() if rows != found[0][query]} == {}
    shown = repr([rows for query, rows in found[-1].items() if query.startswith(('from "', "select rowid"))])
    assert not [text for text in STRANGE if text in shown]


def test_no_metric_question_or_verdict_tells_what_others_did(seen: tuple[Scope, list[World]]) -> None:
    viewer, worlds = seen
    warehouses = [Warehouse.over(world.snapshot, world.registry, viewer) for world in worlds]
    first, *others = warehouses
    for other in others:
        for number, name in enumerate(metric_names()):
            scope = SCOPES[number % len(SCOPES)]
            assert_frame_equal(other.metric(name, scope), first.metric(name, scope), check_row_order=False)
        for name in question_names():
            asked = Scope(environment="all"), parameters(name, OTHER)
            assert_frame_equal(other.query_file(name, *asked), first.query_file(name, *asked), check_row_order=False)
        assert (other.lived(), other.data_until()) == (first.lived(), first.data_until())
        assert _plain(certification(other, Scope())) == _plain(certification(first, Scope()))
        assert gap_note(other, Scope()) == gap_note(first, Scope())
        for sent in (f"{OWN}_1", f"{OWN}_2", f"{OWN}_9", f"{OTHER}_8", f"{OTHER}_1", f"{THIRD}_1", f"{FOURTH}_51"):
            assert _plain(look_up(other, sent)) == _plain(look_up(first, sent))
            asked_for = Scope(integration=sent)
            assert other.known_now(asked_for) == first.known_now(asked_for)
        for reviewed in (f"{OWN}_1", f"{OTHER}_1"):
            assert _plain(review(other, reviewed, Scope())) == _plain(review(first, reviewed, Scope()))
    for warehouse in warehouses:
        warehouse.close()


def _plain(found: object) -> dict[str, object]:
    """What stands in a verdict, its tables as rows."""
    return {name: value.rows() if isinstance(value, pl.DataFrame) else value for name, value in vars(found).items()}


def test_a_log_is_asked_for_by_the_name_that_is_told_of_it(seen: tuple[Scope, list[World]]) -> None:
    viewer, (world, *_) = seen
    with Warehouse.over(world.snapshot, world.registry, viewer) as warehouse:
        of_logs = warehouse.query("select stream, count(*) as calls from calls group by stream order by stream")
        assert of_logs["stream"].to_list() == ["log 1", "log 2"]
        for stream, calls in of_logs.iter_rows():
            asked = Scope(stream=stream, environment="all")
            assert warehouse.query("select count(*) from calls", scope=asked).item() == calls
        asked = Scope(stream="shared gateway", environment="all")
        assert warehouse.query("select count(*) from calls", scope=asked).item() == 0


@pytest.mark.parametrize(
    "viewer",
    [Scope(stream="shared gateway", environment="all"), Scope.parse({"since": "2026-09-05", "environment": "all"})],
)
def test_who_may_see_whole_logs_knows_their_names_and_places(viewer: Scope, tmp_path: Path) -> None:
    made = world(tmp_path, lambda _: True, 0)
    with Warehouse.over(made.snapshot, made.registry, viewer) as warehouse:
        rows = warehouse.query("select distinct stream, load_id, line_number >= 0 as has_place from calls order by 1")
    assert set(rows["stream"]) <= {"shared gateway", "alfa's proxy"}
    assert set(rows["load_id"]) == {"0000000000000000"}
    assert set(rows["has_place"]) == {True}
