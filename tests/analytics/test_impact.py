"""The integrations that a change affects, over a few calls that can be counted by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.changes.change import Change, Severity, change_of
from analytics.changes.endpoints import endpoints_of
from analytics.changes.release_notes import changes_in
from analytics.impact.answer import COLUMNS, Impact
from analytics.scope import Scope
from tests.analytics.asked_impact import POST, PUT, WEB, ask, at, lake_of_all_kinds
from tests.analytics.given import given_lake
from tests.ingest.engine.single_values import parse_request_url

SHUFFLED: tuple[Severity, ...] = ("added", "changed", "breaking", "deprecated")


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lake_of_all_kinds(tmp_path_factory.mktemp("impact"))


def who(found: Impact) -> list[tuple[Any, ...]]:
    """Operation, integration, customers, calls and share of every row."""
    return found.rows.select("operation", "integration", "customers", "calls", "share").rows()


def test_a_row_says_who_how_much_and_when_last(lake: Path) -> None:
    found = ask(lake, change_of(connector="KnSubject"))
    assert tuple(found.rows.columns[: len(COLUMNS)]) == COLUMNS
    # Customers of 1234567_1: 7000001; at 7000002 it failed, and 1234567 is the partner itself.
    last = dt.datetime(2026, 10, 4, 8, tzinfo=dt.UTC)
    assert found.rows.select(COLUMNS).row(0) == (
        "connector KnSubject", None, "KnSubject", None, "1234567_1", 1234567, "Ann", 1, 4, 0.5, last,
    )  # fmt: skip
    assert who(found) == [
        (None, "1234567_1", 1, 4, 0.5),
        (None, "7654321_1", 1, 1, 1 / 3),
        (None, None, 1, 1, 0.5),
    ]
    assert found.verdicts == ("concerns",)


def test_customers_are_listed_with_their_branches(lake: Path) -> None:
    found = ask(lake, change_of(connector="KnSubject"))
    assert found.customers.select("integration", "customer", "branch", "calls", "errors").rows() == [
        ("1234567_1", "7000001", "Zorg", 2, 0),
        ("1234567_1", "7000002", "Bouw", 1, 1),
        ("7654321_1", "7000003", "Zorg", 1, 0),
        (None, "7000003", "Zorg", 1, 0),
    ]
    assert found.branches.rows() == [("Zorg", 2), ("Bouw", 1)]


def test_of_a_write_by_soap_nobody_knows_which_it_is(lake: Path) -> None:
    assert who(ask(lake, change_of(connector="KnSubject", operation="insert"))) == [
        ("insert", "1234567_1", 1, 3, 3 / 8),
        ("insert", None, 1, 1, 0.5),
        ("write", "7654321_1", 1, 1, 1 / 3),
    ]
    assert who(ask(lake, change_of(connector="KnSubject", operation="get"))) == []


def test_what_has_no_connector_is_found_by_its_address(lake: Path) -> None:
    assert who(ask(lake, change_of(connector="reportconnector", operation="get"))) == [
        ("get", "7654321_1", 1, 1, 1 / 3)
    ]
    assert who(ask(lake, change_of(connector="AppConnectorUpdate"))) == [(None, "1234567_1", 1, 1, 1 / 8)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (change_of(token_form="plain"), [(None, "1234567_1", 1, 1, 1 / 8)]),
        (change_of(protocol="soap"), [(None, "1234567_1", 1, 1, 1 / 8), (None, "7654321_1", 1, 1, 1 / 3)]),
        (change_of(api_version="1.0"), [(None, "7654321_1", 1, 1, 1 / 3)]),
        (change_of(connector="KnSubject", protocol="soap"), [(None, "7654321_1", 1, 1, 1 / 3)]),
        (change_of(operation="update"), [("update", "1234567_1", 0, 1, 1 / 8), ("write", "1234567_1", 1, 1, 1 / 8), ("write", "7654321_1", 1, 1, 1 / 3)]),
    ],
)  # fmt: skip
def test_a_change_need_not_be_of_a_connector(lake: Path, change: Change, expected: list[tuple[Any, ...]]) -> None:
    assert who(ask(lake, change)) == expected


def test_a_field_is_an_upper_bound_and_filters_are_sure(lake: Path) -> None:
    found = ask(lake, change_of(connector="Profit_Users", operation="get", field="DS"))
    assert who(found) == [("get", "1234567_1", 1, 3, 3 / 8), ("get", None, 1, 1, 0.5)]
    assert "surely in use, because gets filter by it: field ds of profit_users (1 call, 1 integration)" in found.remarks
    assert any("and fewer may be affected" in remark for remark in found.remarks)


def test_what_a_log_does_not_say_is_said(lake: Path) -> None:
    not_logged = (
        "not counted: 1 SOAP call whose connector is not logged (1 integration); any of them may be affected too"
    )
    assert not_logged in ask(lake, change_of(connector="KnSubject", operation="update")).remarks
    assert not_logged not in ask(lake, change_of(connector="KnSubject", operation="get")).remarks
    assert not_logged not in ask(lake, change_of(connector="KnSubject", protocol="rest")).remarks
    forms = ask(lake, change_of(token_form="plain")).remarks
    assert [
        remark for remark in forms if "1 call whose log does not show the form of the token (0 integrations)" in remark
    ]


def test_what_is_below_every_limit_is_safe(lake: Path) -> None:
    change = change_of(connector="KnSubject")
    # 4 calls and 50 %, 1 call and 33 %, 1 call and 50 %.
    assert [row[1] for row in who(ask(lake, change, calls=2))] == ["1234567_1"]
    assert [row[1] for row in who(ask(lake, change, share=0.4))] == ["1234567_1", None]
    assert [row[1] for row in who(ask(lake, change, calls=2, share=0.4))] == ["1234567_1", None]
    nobody = ask(lake, change, calls=5)
    assert (who(nobody), nobody.verdicts, nobody.customers.height) == ([], ("safe",), 0)
    safe = "not shown, because it is safe by the given limits"
    assert nobody.remarks[-1] == f"{safe}: 6 calls of 2 integrations and of unidentified traffic"
    assert ask(lake, change, share=0.4).remarks[-1] == f"{safe}: 1 call of 1 integration"


LISTED = st.lists(
    st.tuples(
        st.sampled_from(["field Nm", "field Ds"]),
        st.sampled_from(["KnSubject", "knsubject", "KnPerson"]),
        st.sampled_from(["POST", "PUT", "GET", "POST PUT", ""]),
    ),
    min_size=1,
    max_size=6,
)
SPREAD = [
    at(
        1 + number % 28,
        integration_id=f"1234567_{1 + number % 3}",
        customer=str(4_000_001 + number % 5),
        connector=["KnSubject", "KnPerson"][number % 7 % 2],
        operation=["insert", "update", "get", "delete"][number % 4],
        status=[200, 200, 500][number % 3 * (number % 2)],
    )
    for number in range(60)
]


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return given_lake(tmp_path_factory.mktemp("spread") / "lake", SPREAD)


@given(listed=LISTED, limit=st.integers(min_value=1, max_value=20))
@settings(max_examples=15, deadline=None)
def test_one_change_told_in_several_rows_is_judged_as_one(
    spread: Path, listed: list[tuple[str, str, str]], limit: int
) -> None:
    lines = (",".join(row) for row in listed)
    notes = changes_in("\n".join(["description,connector,operation", *lines]))
    found = ask(spread, *notes.changes, calls=limit)
    methods = {"POST": {"insert"}, "PUT": {"update"}, "GET": {"get"}, "POST PUT": {"insert", "update"}}
    every = {"insert", "update", "get", "delete"}
    expected: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for what in {(description, connector.lower()) for description, connector, _ in listed}:
        asked_for = {
            operation
            for description, connector, method in listed
            if (description, connector.lower()) == what
            for operation in methods.get(method, every)
        }
        for one in SPREAD:
            if one["connector"].lower() == what[1] and one["operation"] in asked_for:
                expected.setdefault((*what, one["integration"]), []).append(one)
    concerned = {key: some for key, some in expected.items() if len(some) >= limit}
    changes = {
        number: (change.description, change.connectors[0].lower()) for number, change in enumerate(notes.changes)
    }
    assert len(set(changes.values())) == len(changes)
    told = {
        (*changes[row["number"]], row["integration"]): row["change_calls"] for row in found.rows.iter_rows(named=True)
    }
    assert told == {key: len(some) for key, some in concerned.items()}
    partners = {(one["partner"], one["customer"]) for some in concerned.values() for one in some}
    calls = {
        (one["called_at"], one["customer"], one["integration"], one["operation"], one["connector"])
        for some in concerned.values()
        for one in some
    }
    assert found.told_to.rows() == ([(1234567, len(partners), len(calls))] if concerned else [])


def test_a_limit_is_one_of_the_change_and_not_of_each_of_its_operations(tmp_path: Path) -> None:
    """Six to insert and six to update are twelve; a report that no operation narrows is one call, not two."""
    report = {"connector": None, "operation": "report", "endpoint": "ReportConnector"}
    calls = [
        *(at(day, integration_id="1234567_1", **POST) for day in range(1, 7)),
        *(at(day, integration_id="1234567_1", **PUT) for day in range(1, 7)),
        *(at(day, integration_id="7654321_1", **POST) for day in range(1, 5)),
        *(at(day, integration_id="7654321_1", connector="KnPerson", **PUT) for day in range(1, 5)),
        at(1, integration_id="7654321_1", **report),
    ]
    lake = given_lake(tmp_path / "lake", calls)
    both = Change(description="both", connectors=("KnSubject",), operations=("insert", "update"))
    assert [row[1] for row in who(ask(lake, both, calls=10))] == ["1234567_1", "1234567_1"]
    assert [row[1] for row in who(ask(lake, both, calls=13))] == []
    assert [row[1] for row in who(ask(lake, both, share=1.0))] == ["1234567_1", "1234567_1"]
    # Two connectors of one change: 4 and 4 calls are 8 of the 9 that 7654321_1 makes.
    two = Change(description="two", connectors=("KnSubject", "KnPerson"), operations=("insert", "update"))
    assert {row[1] for row in who(ask(lake, two, calls=9))} == {"1234567_1"}
    assert {row[1] for row in who(ask(lake, two, calls=8))} == {"1234567_1", "7654321_1"}
    # Each change has limits of its own, and what is safe is counted once.
    each = [Change(description=name, connectors=("KnSubject",), operations=(name,)) for name in ("insert", "update")]
    assert ask(lake, *each, calls=7).remarks[-1].endswith("16 calls of 2 integrations")
    once = Change(description="x", connectors=("ReportConnector",), operations=("get", "insert"))
    assert ask(lake, once, calls=2).verdicts == ("safe",)
    assert ask(lake, once, calls=2).remarks[-1].endswith(": 1 call of 1 integration")


DELETED = {"method": "DELETE", "operation": "delete", "connector": "KnEmployee"}


def test_a_path_is_compared_with_the_address_of_the_call(tmp_path: Path) -> None:
    calls = [
        at(1, customer="7000001", endpoint="connectors/KnEmployee/KnEmployee/@EmId", **DELETED),
        at(2, customer="7000002", endpoint="connectors/knemployee/knEmployee/@emid", **DELETED),
        at(3, customer="7000003", endpoint="connectors/KnEmployee/KnEmployee/@EmId/AfasTime/@Id", **DELETED),
        at(4, customer="7000004", connector="KnEmployee", endpoint="connectors/KnEmployee", **PUT),
        at(5, customer="7000005", connector="KnEmployee", endpoint="connectors/KnEmployee/AfasTime", **PUT),
        at(6, customer="7000006", **WEB | {"connector": "KnEmployee"}),
    ]
    lake = given_lake(tmp_path / "lake", calls)
    cases = {
        ("KnEmployee/KnEmployee/@EmId/{EmId}", "DELETE"): {"7000001", "7000002", "7000006"},
        ("/connectors/KnEmployee/KnEmployee/EmId/{EmId}", "DELETE"): {"7000001", "7000002", "7000006"},
        ("KnEmployee/AfasTime", "PUT"): {"7000005", "7000006"},
        ("KnEmployee/AfasTime", ""): {"7000005", "7000006"},
        ("KnEmployee/Another", "PUT"): {"7000006"},
        ("KnEmployee", "PUT"): {"7000004", "7000005", "7000006"},
        ("KnEmployee, KnEmployee/AfasTime", "PUT"): {"7000004", "7000005", "7000006"},
    }
    for (path, method), customers in cases.items():
        notes = changes_in(f"| Description | Path | Operation |\n|---|---|---|\n| x | {path} | {method} |\n")
        found = ask(lake, *notes.changes)
        assert set(found.customers["customer"]) == customers, (path, method)
        told = [remark for remark in found.remarks if "a path is compared" in remark]
        assert bool(told) == ("/" in path and "," not in path)


NAME = st.from_regex(r"[A-Z][A-Za-z]{1,8}", fullmatch=True)


@settings(max_examples=20, deadline=None)
@given(connector=NAME, steps=st.lists(st.tuples(NAME, st.lists(NAME, min_size=1, max_size=3)), min_size=1, max_size=3))
def test_a_path_has_the_endpoint_of_the_calls_to_it(connector: str, steps: list[tuple[str, list[str]]]) -> None:
    """As the notes write it, with names of keys in braces, and as it is called, with values in their place."""
    noted, called = connector, connector
    for element, keys in steps:
        names = ",".join(f"@{key}" for key in keys)
        noted += f"/{element}/{names}/" + ",".join(f"{{{key}}}" for key in keys)
        called += f"/{element}/{names}/" + ",".join(str(number) for number in range(70_001, 70_001 + len(keys)))
    host = "https://7000001.rest.afas.online/ProfitRestServices/connectors/"
    assert endpoints_of([(noted, "delete")]) == [parse_request_url("DELETE", host + called).endpoint]
    assert endpoints_of([(f"{connector}/{steps[0][0]}", "insert")]) == [
        parse_request_url("POST", f"{host}{connector}/{steps[0][0]}").endpoint
    ]


def test_customers_and_calls_are_those_of_the_changes_at_that_integration(tmp_path: Path) -> None:
    """KnPerson is safe at 7654321_1, so its customer there is not concerned, though KnSubject concerns the integration."""
    calls = [
        *(at(day, integration_id="7654321_1", customer="7000001") for day in range(1, 6)),
        at(1, integration_id="7654321_1", customer="7000002", connector="KnPerson"),
        *(at(day, integration_id="1234567_1", customer="7000003", connector="KnPerson") for day in range(1, 6)),
        *(at(day, integration_id=None, customer="7000004") for day in range(1, 4)),
    ]
    lake = given_lake(tmp_path / "lake", calls)
    changes = [Change(description=name, connectors=(name,)) for name in ("KnSubject", "KnPerson")]
    again = Change(description="again", connectors=("KnSubject",))
    found = ask(lake, *changes, again, calls=2)
    assert found.customers.select("integration", "customer", "calls").rows() == [
        ("1234567_1", "7000003", 5),
        ("7654321_1", "7000001", 5),
        (None, "7000004", 3),
    ]
    assert found.told_to.rows() == [(1234567, 1, 5), (7654321, 1, 5)]
    assert "3 calls without a valid id: the integration is not known" in found.remarks
    assert found.remarks[-1].endswith(": 1 call of 1 integration")


def test_integrations_can_be_left_out(lake: Path) -> None:
    found = ask(lake, change_of(connector="KnSubject"), excluded=frozenset({"1234567_1"}))
    assert [row[1] for row in who(found)] == ["7654321_1", None]
    assert found.customers["integration"].to_list() == ["7654321_1", None]
    assert found.remarks[-1] == "not shown, as asked: 4 calls of 1 integration"


def test_the_scope_narrows_but_its_connector_does_not(lake: Path) -> None:
    """A share is one of all traffic of the integration, not of that on the connector."""
    change = change_of(connector="KnSubject")
    scope = Scope(connector="KnSubject", partner=1234567)
    assert who(ask(lake, change, scope=scope)) == [(None, "1234567_1", 1, 4, 0.5)]
    assert who(ask(lake, change, scope=Scope(environment="test"))) == [(None, "1234567_1", 1, 1, 1.0)]


def test_each_change_of_a_release_is_answered_in_its_order(lake: Path) -> None:
    notes = changes_in(
        "## Breaking changes\n| Description | Connector | Operation |\n|---|---|---|\n"
        "| gone | KnSubject | [PUT](x), [DELETE](x) |\n| nobody | KnPerson | POST |\n| a schema | | |\n"
        "## Changelog\n| Description | Connector | Operation |\n|---|---|---|\n| endpoint added | KnSubject | [POST](x) |\n"
    )
    found = ask(lake, *notes.changes, calls=2, excluded=frozenset({"7654321_1"}))
    assert found.rows.select("change", "severity", "connector", "operation", "integration", "calls").rows() == [
        ("endpoint added", "added", "KnSubject", "insert", "1234567_1", 3)
    ]
    assert found.verdicts == ("safe", "unused", "unseen", "concerns")


def test_the_most_severe_changes_come_first(lake: Path) -> None:
    changes = [Change(description=severity, severity=severity, connectors=("Profit_Users",)) for severity in SHUFFLED]
    found = ask(lake, *changes, calls=2)
    assert found.rows["change"].to_list() == ["breaking", "deprecated", "changed", "added"]


def test_an_empty_lake_concerns_nobody(tmp_path: Path) -> None:
    found = ask(given_lake(tmp_path / "lake"), change_of(connector="KnSubject"))
    assert (who(found), found.verdicts, found.remarks) == ([], ("unused",), ())
    assert found.branches.is_empty()
