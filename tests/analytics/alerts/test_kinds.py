"""What each kind of rule finds in a real lake, worked by hand."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from analytics.alerts.alert import alert
from analytics.alerts.asked import Asked
from analytics.alerts.fact import Found
from analytics.alerts.kinds import Rule
from analytics.alerts.rules import Rules, secrets_of
from analytics.errors import SqlError, SqlLimitError
from analytics.findings.findings import findings
from analytics.incidents.incidents import incidents
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest import StreamEnd, declare_stream_end
from ingest.lake.acknowledged import Acknowledged, acknowledge
from tests.analytics.alerts.servers import web_server
from tests.analytics.certified import on, registered
from tests.analytics.given import call, given_lake

FIRST = dt.datetime(2026, 9, 7, tzinfo=dt.UTC)
"""A Monday."""
NOW = dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC)
RULE: TypeAdapter[Rule] = TypeAdapter(Rule)


def found(lake: Path, now: dt.datetime = NOW, **rule: Any) -> Found:
    """What a rule finds in a lake."""
    with Warehouse.open(lake) as warehouse:
        return RULE.validate_python({"name": "test", **rule}).found(Asked(lake, warehouse, now))


def titles(of: Found) -> list[str]:
    return [fact.title for fact in of.facts]


def _traffic(days: int, refused: range) -> Iterator[dict[str, Any]]:
    """Three integrations at four customers, twice an hour in office hours. In `refused` days, one pair is refused."""
    for day in range(days):
        for hour in range(8, 18):
            for integration in ("1001_1", "1002_1", "1003_1"):
                for customer in ("2001", "2002", "2003", "2004"):
                    for second in range(2):
                        is_refused = (integration, customer) == ("1001_1", "2003") and day in refused
                        yield call(
                            called_at=(FIRST + dt.timedelta(days=day, hours=hour, seconds=second)).isoformat(),
                            integration_id=integration,
                            customer=customer,
                            status=401 if is_refused else 200,
                        )


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three weeks and a day; from the last Friday on one pair is refused."""
    return given_lake(tmp_path_factory.mktemp("refused") / "lake", list(_traffic(22, range(18, 99))))


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same four days later: since the second of them nobody is refused."""
    return given_lake(tmp_path_factory.mktemp("mended") / "lake", list(_traffic(26, range(18, 23))))


def test_an_incident_is_known_by_its_id_and_lasts(refused: Path) -> None:
    with Warehouse.open(refused) as warehouse:
        [one] = incidents(warehouse, Scope())
    [fact] = found(refused, kind="incident").facts
    assert (fact.key, fact.ended_at) == (one.id, None)
    assert fact.title == "Errors: integration 1001_1, customer 2003"
    assert fact.lines[0] == "since 2026-09-25 10:00 and it lasts"  # 08:00 UTC
    assert fact.row == one.row()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, 1),
        ({"kinds": ["silence"]}, 0),
        ({"kinds": ["error_spike", "silence"]}, 1),
        ({"parties": ["vendor"]}, 0),
        ({"parties": ["customer"]}, 1),
        ({"min_size": 80}, 1),  # 4 days of 20 calls
        ({"min_size": 81}, 0),
        ({"min_customers": 2}, 0),
        ({"integration": "1001_1"}, 1),
        ({"integration": "1002_1"}, 0),
        ({"partner": 1001}, 1),
        ({"partner": 100}, 0),
        ({"customer": "2003"}, 1),
        ({"customer": "2001"}, 0),
        ({"connector": "knsubject"}, 1),
        ({"connector": "FbSales"}, 0),
        ({"environment": "test"}, 0),
    ],
)
def test_a_rule_says_which_incidents(refused: Path, said: dict[str, Any], expected: int) -> None:
    assert len(found(refused, kind="incident", **said).facts) == expected


def test_an_incident_is_told_when_it_is_found_and_when_it_is_over(refused: Path, mended: Path, tmp_path: Path) -> None:
    shutil.copytree(refused, tmp_path / "first")
    shutil.copytree(mended, tmp_path / "second")
    rules = Rules.model_validate(
        {
            "name": "test",
            "channels": {"hook": {"type": "json", "url_env": "HOOK"}},
            "rules": [{"name": "incidents", "kind": "incident"}],
        }
    )
    with web_server() as server:
        secrets = secrets_of(rules, {"HOOK": server.url})
        alert(tmp_path / "first", rules, secrets, clock=lambda: NOW)
        shutil.copytree(tmp_path / "first" / "alerts", tmp_path / "second" / "alerts")
        alert(tmp_path / "second", rules, secrets, clock=lambda: NOW + dt.timedelta(days=2))
        alert(tmp_path / "second", rules, secrets, clock=lambda: NOW + dt.timedelta(days=3))
    assert server.told == [
        ("opened", "Errors: integration 1001_1, customer 2003"),
        ("recovered", "Errors: integration 1001_1, customer 2003"),
    ]
    assert [event["facts"]["ended_at"] for event in server.events] == [None, "2026-09-29T18:00:00Z"]
    assert server.events[0]["id"] == server.events[1]["id"]


def _certified(tmp_path: Path, until: str = "2027-06-01") -> Path:
    """5, 3 and no customers in the last 30 days until 1 October, all certified; and one that is not."""
    registry = registered(
        tmp_path,
        [f"1000001_{project},Name {project},,2025-01-01,{until}" for project in (1, 2, 3)] + ["1000001_4,Name 4,,,"],
    )
    days = " ".join(f"{day:%m-%d}" for day in (dt.date(2026, 8, 20) + dt.timedelta(days=n) for n in range(43)))
    rows = [
        *on(days, "1000001_1", 8),
        *on(days, "1000001_2", 3),
        *on(days, "1000001_4", 2),
        *on("08-20", "1000001_3", 5),
    ]
    return given_lake(tmp_path / "lake", rows, registry=[registry])


def test_a_certificate_is_at_risk_with_too_few_customers_and_lost_without_any(tmp_path: Path) -> None:
    lake = _certified(tmp_path)
    everything = found(lake, kind="certification")
    assert titles(everything) == [
        "Certification lost: Name 3 (1000001_3)",
        "Certification at risk: Name 2 (1000001_2)",
    ]
    assert [fact.key for fact in everything.facts] == ["1000001_3|lost", "1000001_2|at_risk"]
    assert titles(found(lake, kind="certification", states=["lost"])) == ["Certification lost: Name 3 (1000001_3)"]
    assert titles(found(lake, kind="certification", integration="1000001_2")) == [
        "Certification at risk: Name 2 (1000001_2)"
    ]
    assert titles(found(lake, kind="certification", partner=1000002)) == []


def test_a_certificate_ends_on_the_day_that_the_registry_says(tmp_path: Path) -> None:
    lake = _certified(tmp_path, until="2026-10-31")
    rule: dict[str, Any] = {"kind": "certification", "states": [], "days": 30, "integration": "1000001_1"}
    assert titles(found(lake, **rule)) == ["Certificate ends in 30 days: Name 1 (1000001_1)"]
    assert titles(found(lake, NOW - dt.timedelta(days=1), **rule)) == []
    assert titles(found(lake, NOW + dt.timedelta(days=30), **rule)) == [
        "Certificate ends in 0 days: Name 1 (1000001_1)"
    ]
    ended = found(lake, NOW + dt.timedelta(days=31), **rule)
    assert (titles(ended), ended.undecided) == ([], {"1000001_1|ends"})


def test_a_state_that_cannot_be_known_is_undecided(tmp_path: Path) -> None:
    registry = registered(tmp_path, ["1000001_1,Name,,2025-01-01,2027-01-01"])
    lake = given_lake(tmp_path / "lake", on("10-01", "1000001_1", 2), registry=[registry])
    answer = found(lake, kind="certification")
    assert (answer.facts, answer.undecided) == ([], {"1000001_1|state"})


def test_a_finding_is_told_until_somebody_says_to_know_it(refused: Path, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    shutil.copytree(refused, lake)
    with Warehouse.open(lake) as warehouse:
        [one] = [one for one in findings(warehouse, Scope(), today=NOW.date()) if one.kind == "error_spike"]
    rule: dict[str, Any] = {"kind": "finding", "kinds": ["error_spike"], "severity": one.severity}
    [fact] = found(lake, **rule).facts
    assert (fact.key, fact.ended_at, fact.row) == (one.id, None, one.row())
    assert fact.title == f"{one.what} ({one.severity})"
    assert fact.lines[1:] == (one.why, one.who, one.what_to_do)
    assert found(lake, **rule | {"kinds": ["silence"]}).facts == []
    assert found(lake, **rule, partner=1002).facts == []
    acknowledge(lake, Acknowledged(finding=one.id, until=NOW.date(), note="we know"))
    told = found(lake, **rule)
    assert (told.facts, told.moves, told.forgets) == ([], True, True)
    assert f"error_spike|{one.subject}" in told.undecided
    # Less severe than what is asked for, and an incident of another party: it lasts all the same.
    assert f"error_spike|{one.subject}" in found(refused, kind="finding", kinds=["silence"]).undecided
    lasting = found(refused, kind="incident", parties=["vendor"])
    assert (lasting.facts, len(lasting.undecided)) == ([], 1)
    assert [fact.key for fact in found(lake, NOW + dt.timedelta(days=1), **rule).facts] == [one.id]


def test_a_first_call_is_a_fact_of_its_moment(tmp_path: Path) -> None:
    rows = [
        call(called_at="2026-10-01T08:00:00Z", integration_id="1234567_1", customer="2002"),
        call(called_at="2026-10-01T07:00:00Z", integration_id="1234567_1", customer="2001"),
        call(called_at="2026-10-01T06:00:00Z", integration_id="1234567_1", customer="2001", environment="test"),
        call(called_at="2026-10-01T09:00:00Z", integration_id="1000001_2", customer="2001"),
        call(called_at="2026-10-01T05:00:00Z", integration_id=None, customer="2001"),
    ]
    lake = given_lake(tmp_path / "lake", rows, registry=[registered(tmp_path, ["1234567_1,Webshop,,,"])])
    facts = found(lake, kind="first_call").facts
    assert [(fact.key, fact.title, fact.lines, fact.ended_at) for fact in facts] == [
        (
            "1234567_1",
            "First call: Webshop (1234567_1)",
            ("2026-10-01 09:00, at customer 2001",),
            dt.datetime(2026, 10, 1, 7, tzinfo=dt.UTC),
        ),
        (
            "1000001_2",
            "First call: not in the registry (1000001_2)",
            ("2026-10-01 11:00, at customer 2001",),
            dt.datetime(2026, 10, 1, 9, tzinfo=dt.UTC),
        ),
    ]
    assert [fact.key for fact in found(lake, kind="first_call", partner=1000001).facts] == ["1000001_2"]
    assert [fact.key for fact in found(lake, kind="first_call", integration="1234567_1").facts] == ["1234567_1"]
    [fact] = found(lake, kind="first_call", environment="test").facts
    assert fact.ended_at == dt.datetime(2026, 10, 1, 6, tzinfo=dt.UTC)


def test_silence_is_counted_from_the_end_of_the_last_hour_with_a_call(tmp_path: Path) -> None:
    rows = [
        call(called_at="2026-10-01T08:59:00Z", stream="app", customer="2001"),
        call(called_at="2026-10-01T09:01:00Z", stream="web", customer="2002"),
    ]
    lake = given_lake(tmp_path / "lake", rows)
    noon = dt.datetime(2026, 10, 1, 12, tzinfo=dt.UTC)
    assert titles(found(lake, noon, kind="no_data", hours=3)) == []
    assert titles(found(lake, noon, kind="no_data", hours=2)) == ["No data for 2 hours: all logs"]
    assert titles(found(lake, noon, kind="no_data", hours=3, each_stream=True)) == ["No data for 3 hours: app"]
    assert titles(found(lake, noon, kind="no_data", hours=3, stream="web")) == []
    [fact] = found(lake, noon, kind="no_data", hours=3, stream="app").facts
    assert fact.lines == ("no call since 2026-10-01 11:00",)


def test_a_log_that_has_ended_is_no_alarm(tmp_path: Path) -> None:
    days = [f"2026-09-{day:02}T08:00:00Z" for day in range(1, 31)]
    old = [call(called_at=at, stream=name, customer=name) for at in days[:10] for name in ("old", "moved")]
    new = [call(called_at=at, stream="new", customer="moved") for at in days[10:]]
    lake = given_lake(tmp_path / "lake", [*old, *new])
    rule: dict[str, Any] = {"kind": "no_data", "hours": 48, "each_stream": True}
    assert titles(found(lake, **rule)) == ["No data for 48 hours: old"]  # the customers of the other are in another log
    declare_stream_end(lake, StreamEnd(stream="old", ended_on=dt.date(2026, 9, 10)))
    assert titles(found(lake, **rule)) == []
    assert titles(found(lake, kind="no_data", hours=48, stream="old")) == []


def test_of_an_empty_lake_nothing_is_known(tmp_path: Path) -> None:
    lake = given_lake(tmp_path / "lake")
    assert found(lake, kind="no_data", hours=1) == Found(facts=(), undecided={"all logs"})
    assert found(lake, kind="incident").facts == []
    assert found(lake, kind="certification").facts == []
    assert found(lake, kind="first_call").facts == []


def test_each_row_of_a_query_is_an_event_by_its_key(tmp_path: Path) -> None:
    lake = given_lake(tmp_path / "lake", [call(customer="2001"), call(customer="2001"), call(customer="2002")])
    query = "select customer, count(*) as calls, null as nothing from calls group by customer order by customer"
    by_key = found(lake, kind="sql", query=query, key=["customer"]).facts
    assert [(fact.title, fact.lines) for fact in by_key] == [
        ("test: 2001", ("customer: 2001", "calls: 2", "nothing: –")),
        ("test: 2002", ("customer: 2002", "calls: 1", "nothing: –")),
    ]
    other = found(lake, kind="sql", query=query.replace("count(*)", "7 * count(*)"), key=["customer"]).facts
    assert [fact.key for fact in other] == [fact.key for fact in by_key]
    whole = found(lake, kind="sql", query=query).facts
    changed = found(lake, kind="sql", query=query.replace("count(*)", "7 * count(*)")).facts
    assert not {fact.key for fact in whole} & {fact.key for fact in changed}


def test_any_value_of_a_query_can_be_told(tmp_path: Path) -> None:
    lake = given_lake(tmp_path / "lake", [call()])
    query = """
    select
        1 as a, 2 as a, true as yes, 'x' as text, 'nan'::double as nan, 1.50::decimal(38, 2) as price,
        timestamp_ns '2026-01-01 00:00:00.123456789' as ns, timestamptz '294247-01-10 00:00:00+00' as far,
        time '24:00:00' as midnight, interval '1 month' as month, 'x'::blob as bytes, [1, null] as list, {'k': 1.5} as struct,
        map {'a': 1} as map, 170141183460469231731687303715884105727::hugeint as huge
    """
    [fact] = found(lake, kind="sql", query=query).facts
    assert fact.lines == (
        "a: 1",
        "a: 2",
        "yes: True",
        "text: x",
        "nan: nan",
        "price: 1.50",
        "ns: 2026-01-01 00:00:00.123456789",
        "far: 294247-01-10 00:00:00+00",
        "midnight: 24:00:00",
        "month: 1 month",
        "bytes: x",
        "list: [1, NULL]",
        "struct: {'k': 1.5}",
        "map: {a=1}",
        "huge: 170141183460469231731687303715884105727",
    )


def test_a_query_has_limits_and_no_files(tmp_path: Path) -> None:
    lake = given_lake(tmp_path / "lake", [call()])
    with pytest.raises(SqlLimitError, match="1,000"):
        found(lake, kind="sql", query="select * from range(1001)")
    with pytest.raises(SqlError):
        found(lake, kind="sql", query=f"select * from read_text('{lake}/lake.json')")
