"""A warehouse has one snapshot, the viewer that may see it, and the scope that a question asks for."""

from __future__ import annotations

import dataclasses
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analytics.errors import AnalyticsError, UnknownNameError
from analytics.metrics import metric_names
from analytics.questions import question_names
from analytics.registry import RegistryFiles, registry_files
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest.errors import LakeError
from ingest.lake.lake import Lake
from ingest.lake.stream_ends import StreamEnd
from tests.analytics.given import call, given_lake, given_snapshot, parameters, reject

if TYPE_CHECKING:
    from collections.abc import Iterator

OWN, OTHER = 1234567, 7654321

REGISTRY = {
    "partners": f"partner,name,contact\n{OWN},Alfa,Anna\n{OTHER},Bravo,Bernard\n",
    "integrations": (
        f"integration,name,replaces\n{OWN}_1,Alfa Link,\n{OTHER}_1,Bravo Link,{OWN}_9\n{OWN}_2,Alfa Flow,{OTHER}_8\n"
    ),
    "customers": "customer,name,branch\n1000001,Customer of Alfa,Healthcare\n2000002,Customer of Bravo,Transport\n",
}

STRANGE = ("2000002", "Bravo", "7654321", "Bernard", "Transport", "bravo", "9999999")
"""Texts that stand in the other partner's rows only."""


def calls_of(partner: int) -> list[dict[str, Any]]:
    """Calls of every kind, of one partner; each came through another integration once."""
    name, customer = ("alfa", "1000001") if partner == OWN else ("bravo", "2000002")
    said = {
        "customer": customer,
        "connector": f"{name}_Employees",
        "user_agent": f"{name}/1.0",
        "stream": f"{name}-gateway",
        "duration_ms": 120.0 if partner == OWN else 9999999.0,
    }
    days = [f"2026-10-{day:02}T08:00:00Z" for day in range(1, 9)]
    ids = [f"{partner}_1", f"{OTHER}_8" if partner == OWN else f"{OWN}_9"]
    return [
        call(called_at=day, integration_id=sent, status=status, environment=environment, **said)
        for day in days
        for sent in ids
        for status in (200, 500)
        for environment in ("production", "accept")
    ]


def unidentified() -> list[dict[str, Any]]:
    return [call(integration_id=None, customer="2000002", user_agent="bravo/1.0", connector="bravo_Employees")]


def registry_in(folder: Path) -> list[Path]:
    files = [folder / f"{name}.csv" for name in REGISTRY]
    for file in files:
        file.write_text(REGISTRY[file.stem], encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two partners' calls in three files, calls without an id, a reject, and the registry."""
    folder = tmp_path_factory.mktemp("shared")
    rows = [*calls_of(OWN), *calls_of(OTHER), *unidentified()]
    rejects = [reject(sample="bravo 2000002")]
    return given_lake(folder / "lake", rows, rejects=rejects, registry=registry_in(folder), files=3)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with the calls of one of the partners only."""
    folder = tmp_path_factory.mktemp("alone")
    return given_lake(folder / "lake", calls_of(OWN), registry=registry_in(folder))


VIEWER = Scope(partner=OWN, environment="all")


@pytest.fixture(scope="module")
def shared(lake: Path) -> Iterator[Warehouse]:
    """What one of the partners sees of the lake of both."""
    with Warehouse.open(lake, viewer=VIEWER) as warehouse:
        yield warehouse


@pytest.fixture(scope="module")
def own(alone: Path) -> Iterator[Warehouse]:
    """The answer over a lake of the partner's own calls. Both lakes have the same registry, because some metrics list its names."""
    with Warehouse.open(alone, viewer=VIEWER) as warehouse:
        yield warehouse


def shown(answer: pl.DataFrame) -> str:
    """Everything in an answer as text."""
    return repr(answer.rows())


@pytest.mark.parametrize("name", metric_names())
def test_a_partner_sees_in_every_metric_what_a_lake_of_its_own_would_show(
    name: str, shared: Warehouse, own: Warehouse
) -> None:
    for scope in (Scope(), Scope(environment="accept"), Scope.parse({"since": "2026-10-03"})):
        seen = shared.metric(name, scope)
        assert_frame_equal(seen, own.metric(name, scope))
        assert not [text for text in STRANGE if text in shown(seen)]
    assert shared.metric(name, Scope(partner=OTHER)).height == own.metric(name, Scope(partner=OTHER)).height


@pytest.mark.parametrize("name", question_names())
def test_a_partner_sees_nothing_of_another_in_any_question(name: str, shared: Warehouse) -> None:
    for scope in (Scope(), Scope(partner=OTHER), Scope(environment="all", customer="2000002")):
        answer = shared.query_file(name, scope, parameters(name, OTHER))
        # An old id of an own integration may have been the other partner's: as sent, it is seen.
        told = answer.drop("integration_id", strict=False)
        if name == "pair/signs":
            told = answer.filter(pl.col("sign") != "integration_id")
        if name == "impact/excluded":  # says the id again that was asked for, and knows nothing of it
            told = answer.drop("id", "integration")
            assert told.rows() == [(False, 0)]
        assert not [text for text in STRANGE if text in shown(told)]
        if "integration_id" in answer.columns:
            assert set(answer["integration_id"]) <= {f"{OWN}_1", f"{OTHER}_8"}


@pytest.mark.parametrize(
    "relation", ["calls", "rejects", "loads", "partners", "integrations", "customers", "lake.sent", "lake.calls"]
)
def test_a_partner_sees_nothing_of_another_in_any_relation(relation: str, lake: Path) -> None:
    with Warehouse.open(lake, viewer=Scope(partner=OWN, environment="all")) as warehouse:
        rows = warehouse.query(f"select * from {relation}")
        visible = shown(rows.drop("integration_id", "partner", "integration", "replaces", strict=False))
    assert not [text for text in STRANGE if text in visible]


def test_a_partner_sees_no_certificate_of_another_and_no_log_that_it_is_not_in(lake: Path) -> None:
    ends = tuple(StreamEnd(stream=f"{name}-gateway", ended_on=dt.date(2026, 10, 8)) for name in ("alfa", "bravo"))
    snapshot = dataclasses.replace(Lake(lake).snapshot(), stream_ends=ends)
    with Warehouse.over(snapshot, registry_files(lake), Scope(partner=OWN, environment="all")) as warehouse:
        dates = warehouse.query("select integration from lake.certificate_dates order by integration")
        assert dates.rows() == [(f"{OWN}_1",), (f"{OWN}_2",)]
        assert warehouse.query("select stream from lake.stream_ends").rows() == [("log 1",)]


def test_a_partner_sees_no_rename_and_no_former_number_of_another(tmp_path: Path) -> None:
    path = tmp_path / "integrations.csv"
    path.write_text("integration,replaces\n1234567_2,7000001_8\n3456789_1,7000002_1\n", encoding="utf-8")
    calls = [call(integration_id=sent) for sent in ("7000001_8", "3456789_1", "7000002_1", None)]
    made = given_lake(tmp_path / "lake", calls, registry=[path])
    counts = {}
    for viewer in (None, Scope(partner=1234567), Scope(customer="9000009")):
        with Warehouse.open(made, viewer=viewer) as warehouse:
            renames = warehouse.query("select old_partner, integration from lake.renames order by 1").rows()
            numbers = warehouse.query("select * from lake.former_numbers order by 1").rows()
            counts[viewer] = (renames, numbers, warehouse.query("select integration from calls order by 1").rows())
    own, other = (7000001, "1234567_2"), (7000002, "3456789_1")
    assert counts[None][:2] == ([own, other], [(1234567, "7000001"), (3456789, "7000002")])
    assert counts[Scope(partner=1234567)] == ([own], [(1234567, "7000001")], [("1234567_2",)])
    assert counts[Scope(customer="9000009")] == ([], [], [])


def test_an_old_id_belongs_to_the_partner_that_has_it_now(lake: Path) -> None:
    with Warehouse.open(lake, viewer=Scope(partner=OWN)) as warehouse:
        assert warehouse.query("select distinct integration_id, integration from calls order by 1").rows() == [
            ("1234567_1", "1234567_1"),
            ("7654321_8", "1234567_2"),
        ]


def test_a_viewer_of_one_environment_sees_no_other(lake: Path) -> None:
    with Warehouse.open(lake, viewer=Scope(environment="accept")) as warehouse:
        assert warehouse.metric("calls_per_day")["calls"].sum() == 0
        assert warehouse.metric("calls_per_day", Scope(environment="all"))["calls"].sum() == 64


@pytest.mark.parametrize(
    ("scope", "calls"),
    [
        (Scope(), 65),
        (Scope(environment="all"), 129),
        (Scope(product="sb"), 0),
        (Scope(partner=OWN), 32),
        (Scope(integration=f"{OWN}_1"), 16),
        (Scope(integration=f"{OTHER}_8"), 16),
        (Scope(customer="2000002"), 33),
        (Scope(connector="ALFA_employees"), 32),
        (Scope(stream="alfa-gateway"), 32),
        (Scope(stream="' or true --"), 0),
        (Scope.parse({"since": "2026-10-08"}), 8),
        (Scope.parse({"until": "2026-10-02"}), 9),
        (Scope.parse({"since": "2026-10-02", "until": "2026-10-04", "partner": OWN}), 8),
        (Scope.parse({"since": "2027-01-01"}), 0),
    ],
    ids=str,
)
def test_a_scope_keeps_exactly_its_calls_whatever_the_files(scope: Scope, calls: int, lake: Path) -> None:
    with Warehouse.open(lake) as warehouse:
        assert warehouse.query_file("overview/totals", scope)["calls"].to_list() == [calls]


def test_files_that_cannot_hold_the_scope_are_not_opened(lake: Path, tmp_path: Path) -> None:
    snapshot = Lake(lake).snapshot()
    later = given_lake(tmp_path / "later", [call(called_at="2026-12-01T08:00:00Z", customer="9999999")])
    with_later = Lake(later).snapshot().calls[0]
    both = Warehouse.over(
        type(snapshot)(snapshot.version, snapshot.time_zone, (*snapshot.calls, with_later), (), snapshot.loads),
        RegistryFiles(),
    )
    with both:
        assert both.query_file("overview/totals", Scope(customer="9999999"))["calls"].to_list() == [1]
        with_later.path.unlink()
        assert both.query_file("overview/totals", Scope.parse({"until": "2026-12-01"}))["calls"].to_list() == [65]
        assert both.query_file("overview/totals", Scope(customer="1000001"))["calls"].to_list() == [32]


def test_several_threads_ask_one_warehouse_at_once(lake: Path) -> None:
    narrowed = [Scope(partner=OWN), Scope(partner=OTHER), Scope(customer="2000002"), Scope(connector="bravo_Employees")]
    scopes = [Scope(), Scope(environment="accept"), Scope.parse({"since": "2026-10-03"}), *narrowed] * 4
    with Warehouse.open(lake) as warehouse:
        one_by_one = [warehouse.metric("customer_links", scope).rows() for scope in scopes]
        with ThreadPoolExecutor(8) as threads:
            at_once = list(threads.map(lambda scope: warehouse.metric("customer_links", scope).rows(), scopes))
        schemas = warehouse.query("select schema_name from duckdb_schemas() where not internal")
    assert at_once == one_by_one
    # Of seven scopes those stay bound that were asked last: each with its calls, and those before them.
    assert len(schemas) == 1 + 2 * 4


def test_data_files_may_stand_in_a_folder_with_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "logs [2026] 'x' * é"
    folder.mkdir()
    with Warehouse.over(given_snapshot(folder, [call()]), RegistryFiles()) as warehouse:
        assert warehouse.query_file("overview/totals")["calls"].to_list() == [1]


def test_the_period_before_stands_beside_each_row(tmp_path: Path) -> None:
    rows = [
        call(called_at="2026-10-01T08:00:00Z", integration_id="1234567_1", status=500),
        call(called_at="2026-10-02T08:00:00Z", integration_id="1234567_2"),
        call(called_at="2026-10-03T08:00:00Z", integration_id="1234567_1"),
        call(called_at="2026-10-04T08:00:00Z", integration_id="1234567_1"),
        call(called_at="2026-10-04T08:00:00Z", integration_id="1234567_3"),
    ]
    with Warehouse.open(given_lake(tmp_path / "lake", rows)) as warehouse:
        period = Scope.parse({"since": "2026-10-03", "until": "2026-10-05"})
        rates = warehouse.compared("error_rates", period).drop(pl.selectors.contains("_low", "_high"))
        days = warehouse.compared("calls_per_day", period).select("day", "calls", "calls_before")
        totals = warehouse.compared("overview/totals", period)
        whole = warehouse.compared("overview/totals", Scope()).select("calls", "calls_before")
    assert rates.columns == [
        "integration", "calls", "errors", "error_rate", "calls_before", "errors_before", "error_rate_before",
    ]  # fmt: skip
    assert rates.rows() == [
        ("1234567_1", 2, 0, 0.0, 1, 1, 1.0),
        ("1234567_3", 1, 0, 0.0, None, None, None),
        ("1234567_2", None, None, None, 1, 0, 0.0),
    ]
    assert days.rows() == [(dt.date(2026, 10, 3), 1, 1), (dt.date(2026, 10, 4), 2, 1)]
    assert totals.select("calls", "errors", "calls_before", "errors_before").rows() == [(3, 0, 2, 1)]
    assert whole.rows() == [(5, 0)]


def test_rows_without_a_connector_are_compared_with_each_other(tmp_path: Path) -> None:
    rows = [
        call(called_at="2026-10-01T08:00:00Z", connector=None, operation="version"),
        call(called_at="2026-10-02T08:00:00Z", connector=None, operation="version"),
    ]
    with Warehouse.open(given_lake(tmp_path / "lake", rows)) as warehouse:
        scope = Scope.parse({"since": "2026-10-02", "until": "2026-10-03"})
        assert warehouse.compared("connector_usage", scope).select("calls", "calls_before").rows() == [(1, 1)]


@pytest.mark.parametrize("name", [*metric_names(), "overview/totals"])
def test_an_empty_lake_can_be_compared(name: str, tmp_path: Path) -> None:
    with Warehouse.open(given_lake(tmp_path / "lake")) as warehouse:
        answer = warehouse.compared(name, Scope())
    assert answer.height == (1 if name == "overview/totals" else 0)
    assert [column for column in answer.columns if column.endswith("_before")]


@pytest.mark.parametrize("name", question_names())
def test_an_empty_lake_answers_every_question(name: str, tmp_path: Path) -> None:
    with Warehouse.open(given_lake(tmp_path / "lake")) as warehouse:
        answer = warehouse.query_file(name, Scope(), parameters(name, OTHER))
    assert answer.height <= 1
    assert pl.Null not in answer.dtypes


def test_an_empty_lake_has_no_period_and_no_last_call(tmp_path: Path) -> None:
    with Warehouse.open(given_lake(tmp_path / "lake")) as warehouse:
        assert warehouse.data_until() is None
        assert warehouse.lived() is None
        for name in ("calls", "rejects", "loads", "partners", "integrations", "customers"):
            assert warehouse.query(f"select * from {name}").is_empty()


def test_a_stray_call_moves_no_period(tmp_path: Path) -> None:
    days = [dt.date(2026, 9, 1) + dt.timedelta(days=number) for number in range(20)]
    usual = [call(called_at=f"{day}T{hour:02}:00:00Z") for day in days for hour in (9, 10)]
    strays = [call(called_at="2025-07-01T08:00:00Z"), call(called_at="2026-11-30T08:00:00Z")]
    with Warehouse.over(given_snapshot(tmp_path, [*usual, *strays]), RegistryFiles()) as warehouse:
        assert warehouse.lived() == (dt.date(2026, 9, 1), dt.date(2026, 9, 21))
        assert warehouse.period(Scope()) == warehouse.lived()
        assert warehouse.period(Scope(since=dt.date(2026, 9, 5))) == (dt.date(2026, 9, 5), dt.date(2026, 9, 21))
        by_day = warehouse.metric("calls_per_day")
        assert by_day["day"].to_list() == [dt.date(2025, 7, 1), *days, dt.date(2026, 11, 30)]
        # they count where no period is asked for, each on its own day, and are there when their days are asked for
        assert warehouse.query_file("overview/totals")["calls"].item() == 42
        july = warehouse.metric("calls_per_day", Scope(since=dt.date(2025, 7, 1), until=dt.date(2025, 7, 2)))
        assert july["calls"].to_list() == [1]
        before = warehouse.compared("overview/totals", Scope(since=days[10]))
        assert before["calls_before"].to_list() == [20]


def test_data_reach_to_the_last_call(lake: Path) -> None:
    with Warehouse.open(lake) as warehouse:
        assert warehouse.data_until() == dt.datetime(2026, 10, 8, 8, tzinfo=dt.UTC)


def test_a_folder_without_a_lake_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="there is no lake here"):
        Warehouse.open(tmp_path)


def test_an_unknown_name_is_answered_with_the_known_ones(lake: Path) -> None:
    with Warehouse.open(lake) as warehouse:
        with pytest.raises(
            UnknownNameError, match=r"there is no metric 'customers'; known: .*calls_per_day, .*completeness, con"
        ):
            warehouse.metric("customers")
        with pytest.raises(UnknownNameError, match=r"there is no question '\.\./metrics/latency'; known: "):
            warehouse.query_file("../metrics/latency")


def test_a_question_without_its_parameter_is_an_error(lake: Path) -> None:
    with Warehouse.open(lake) as warehouse, pytest.raises(AnalyticsError, match="integration"):
        warehouse.query_file("integration/days", Scope())


def test_a_parameter_is_a_value_and_never_text_of_the_query(lake: Path) -> None:
    with Warehouse.open(lake) as warehouse:
        answer = warehouse.query_file("integration/errors", Scope(), {"integration": "x' or 'x' = 'x"})
    assert answer.is_empty()
