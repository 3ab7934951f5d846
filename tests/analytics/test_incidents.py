"""Incidents: one for each cause, with its time, its size and who can do something about it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics.incidents.course import HOUR, Course, Raised, Stretch, likelihood, stretches
from analytics.incidents.explaining import Failures, explained
from analytics.incidents.incident import COLUMNS, Incident
from analytics.incidents.incidents import frame, incidents
from analytics.incidents.party import effective
from analytics.incidents.tree import Node
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

FIRST = dt.datetime(2026, 9, 7, tzinfo=dt.UTC)
"""A Monday; the logs go on for four weeks."""
DAYS = 28
WORK = range(8, 18)
INTEGRATIONS = ("1001_1", "1002_1", "1003_1", "1004_1", "1005_1", "1006_1")
CUSTOMERS = tuple(str(2001 + number) for number in range(8))


def _at(day: int, hour: int) -> dt.datetime:
    return FIRST + dt.timedelta(days=day, hours=hour)


def _traffic() -> Iterator[dict[str, Any]]:
    """Every integration calls twice for each of its eight customers in each hour of the day; one call in 201 fails."""
    number = 0
    for day in range(DAYS):
        for hour in WORK:
            for place, integration in enumerate(INTEGRATIONS):
                for customer in CUSTOMERS:
                    for turn in range(2):
                        number += 1
                        yield {
                            "called_at": (_at(day, hour) + dt.timedelta(minutes=place, seconds=turn)).isoformat(),
                            "integration_id": integration,
                            "customer": customer,
                            "connector": ("KnSubject", "FbSales")[turn],
                            "status": 400 if number % 201 == 0 else 200,
                            "line_number": number,
                            "_hour": _at(day, hour),
                        }


def _worked(row: dict[str, Any]) -> dict[str, Any] | None:
    """What happens: an outage, a revoked token, two days of bad requests, and an integration that stops."""
    hour, integration, customer = row.pop("_hour"), row["integration_id"], row["customer"]
    if hour == _at(16, 10):
        row["status"] = 503
    if integration == "1001_1" and customer == "2003" and hour >= _at(21, 9):
        row["status"] = 401
    if integration == "1002_1" and _at(22, 8) <= hour < _at(23, 18):
        row["status"] = 400 if row["line_number"] // 2 % 2 else 200
    if integration == "1003_1" and hour >= _at(18, 12):
        return None
    return row


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    rows = [call(**row) for row in map(_worked, _traffic()) if row is not None]
    with Warehouse.open(given_lake(tmp_path_factory.mktemp("incidents") / "lake", rows)) as found:
        yield found


@pytest.fixture(scope="module")
def found(warehouse: Warehouse) -> list[Incident]:
    return incidents(warehouse, Scope())


def _of(found: list[Incident], kind: str) -> Incident:
    [one] = [one for one in found if one.kind == kind and (kind != "error_spike" or one.integration == "1002_1")]
    return one


def test_each_cause_is_one_incident(found: list[Incident]) -> None:
    assert [(one.kind, one.integration, one.customer, one.connector) for one in found] == [
        ("error_spike", "1002_1", None, None),
        ("error_spike", "1001_1", "2003", None),
        ("silence", "1003_1", None, None),
        ("platform_outage", None, None, None),
    ]


def test_an_outage_is_one_incident_of_the_vendor(found: list[Incident]) -> None:
    one = _of(found, "platform_outage")
    assert (one.started_at, one.ended_at) == (_at(16, 10), _at(16, 11))
    assert (one.calls, one.errors, one.error_rate, one.customers_affected) == (96, 96, 1.0, 8)
    assert (one.party, one.contact) == ("vendor", None)


def test_a_revoked_token_is_the_customers_and_lasts(found: list[Incident]) -> None:
    [one] = [one for one in found if one.customer == "2003"]
    # 1 call at 9 o'clock of day 21 and on: 9 hours that day, 10 on each of the six days after it, two calls an hour
    assert (one.started_at, one.ended_at, one.calls, one.errors) == (_at(21, 9), None, 138, 138)
    assert (one.party, one.customers_affected) == ("customer", 1)


def test_errors_of_all_customers_are_the_partners_and_end(found: list[Incident]) -> None:
    one = _of(found, "error_spike")
    # 16 calls an hour, 20 hours of two days, every other call
    assert (one.started_at, one.ended_at, one.calls) == (_at(22, 8), _at(23, 18), 320)
    assert one.errors in range(160, 164)
    assert (one.party, one.customers_affected) == ("partner", 8)


def test_a_silence_begins_with_the_first_hour_without_calls(found: list[Incident]) -> None:
    one = _of(found, "silence")
    assert (one.started_at, one.ended_at, one.errors, one.party) == (_at(18, 12), None, None, "partner")
    # 6 hours of day 18 and 10 of each of the nine days after it, 16 calls an hour; a little less, since what never failed might
    assert 0.9 * 96 * 16 <= one.calls <= 96 * 16


def test_what_is_asked_about_narrows_what_is_shown_and_not_what_is_judged(
    warehouse: Warehouse, found: list[Incident]
) -> None:
    of_one = incidents(warehouse, Scope(integration="1001_1"))
    assert [one.id for one in of_one] == [
        one.id for one in found if one.kind == "platform_outage" or one.customer == "2003"
    ]
    of_customer = incidents(warehouse, Scope(customer="2003"))
    assert {one.kind for one in of_customer} == {"platform_outage", "error_spike"}
    assert incidents(warehouse, Scope(partner=1004)) == [one for one in found if one.kind == "platform_outage"]
    assert incidents(warehouse, Scope(connector="nothing")) == []


def test_a_period_has_the_incidents_that_reach_into_it(warehouse: Warehouse, found: list[Incident]) -> None:
    day = (FIRST + dt.timedelta(days=24)).date()
    assert [one.id for one in incidents(warehouse, Scope(since=day))] == [
        one.id for one in found if one.ended_at is None
    ]
    day = (FIRST + dt.timedelta(days=17)).date()
    assert [one.kind for one in incidents(warehouse, Scope(until=day))] == ["platform_outage"]


def test_an_id_stays_while_the_incident_grows(warehouse: Warehouse, found: list[Incident]) -> None:
    earlier = incidents(warehouse, Scope(until=(FIRST + dt.timedelta(days=24)).date()))
    assert {one.id for one in earlier} <= {one.id for one in found}
    assert len(earlier) == len(found)


def test_rows_have_the_columns_of_the_contract(found: list[Incident]) -> None:
    rows = frame(found)
    assert tuple(rows.columns) == COLUMNS
    assert frame([]).schema == rows.schema


def test_a_gap_in_the_logs_is_no_silence(tmp_path: Path) -> None:
    rows = [
        call(**{name: value for name, value in row.items() if name != "_hour"})
        for row in _traffic()
        if not _at(15, 0) <= row["_hour"] < _at(17, 0)
    ]
    with Warehouse.open(given_lake(tmp_path / "lake", rows)) as warehouse:
        assert incidents(warehouse, Scope()) == []


def test_an_id_that_was_replaced_is_asked_for_by_either_name(tmp_path: Path) -> None:
    registry = tmp_path / "integrations.csv"
    registry.write_text("integration,name,replaces\n1009_9,New,1001_1\n", encoding="utf-8")
    rows = [call(**row) for row in map(_worked, _traffic()) if row is not None]
    with Warehouse.open(given_lake(tmp_path / "lake", rows, registry=[registry])) as warehouse:
        found = [incidents(warehouse, Scope(integration=name)) for name in ("1001_1", "1009_9")]
    assert found[0] == found[1]
    assert ("1009_9", "2003") in {(one.integration, one.customer) for one in found[0]}


def test_a_lake_without_calls_has_none(tmp_path: Path) -> None:
    with Warehouse.open(given_lake(tmp_path / "lake")) as warehouse:
        assert incidents(warehouse, Scope()) == []


def test_a_viewer_hears_of_its_own_calls_alone(warehouse: Warehouse) -> None:
    with Warehouse(warehouse.snapshot, warehouse.registry, viewer=Scope(partner=1001, environment="all")) as own:
        found = incidents(own, Scope())
    assert {name for one in found for name in one.integrations} == {"1001_1"}
    assert any(one.customer == "2003" for one in found)


@pytest.mark.parametrize(
    ("errors", "calls", "rate", "expected"),
    # 10 * ln(0.5 / 0.01) + 10 * ln(0.5 / 0.99); 20 * ln(1 / 0.1); no more than usual
    [(10, 20, 0.01, 32.2893), (20, 20, 0.1, 46.0517), (1, 100, 0.01, 0.0), (0, 0, 0.01, 0.0)],
)
def test_how_much_better_errors_fit_their_own_rate(errors: float, calls: float, rate: float, expected: float) -> None:
    assert likelihood(errors, calls, rate) == pytest.approx(expected, abs=1e-3)


def _course(hours: list[tuple[int, int]], errors: dict[int, int]) -> Course:
    return Course(
        [hour for hour, _ in hours], [calls for _, calls in hours], [errors.get(hour, 0) for hour, _ in hours]
    )


def test_hours_without_calls_do_not_end_an_incident() -> None:
    """A node that calls five times on Monday and on Friday, and fails each time, has one incident."""
    hours = [(0, 50), (100 * HOUR, 5), (196 * HOUR, 5), (197 * HOUR, 60)]
    errors = {100 * HOUR: 5, 196 * HOUR: 5}
    raised = [Raised(100 * HOUR, 1, 0.01, 1.0, 20.0), Raised(196 * HOUR, 1, 0.01, 1.0, 20.0)]
    [one] = stretches(Node("1001_1"), "content", raised, _course(hours, errors))
    assert (one.since, one.until, one.calls, one.errors, one.is_open) == (100 * HOUR, 197 * HOUR, 10, 10, False)


def test_good_calls_end_an_incident_and_a_later_one_is_another() -> None:
    hours = [(0, 50), (10 * HOUR, 5), (11 * HOUR, 60), (40 * HOUR, 5)]
    errors = {10 * HOUR: 5, 40 * HOUR: 5}
    raised = [Raised(10 * HOUR, 1, 0.01, 1.0, 20.0), Raised(40 * HOUR, 1, 0.01, 1.0, 20.0)]
    found = list(stretches(Node("1001_1"), "content", raised, _course(hours, errors)))
    assert [(one.since, one.until, one.is_open) for one in found] == [
        (10 * HOUR, 11 * HOUR, False),
        (40 * HOUR, 41 * HOUR, True),
    ]


def test_what_comes_back_within_six_hours_is_the_same_incident() -> None:
    hours = [(0, 50), (10 * HOUR, 5), (11 * HOUR, 60), (15 * HOUR, 5)]
    errors = {10 * HOUR: 5, 15 * HOUR: 5}
    raised = [Raised(10 * HOUR, 1, 0.01, 1.0, 20.0), Raised(15 * HOUR, 1, 0.01, 1.0, 20.0)]
    [one] = stretches(Node("1001_1"), "content", raised, _course(hours, errors))
    assert (one.since, one.until, one.errors) == (10 * HOUR, 16 * HOUR, 10)


def test_a_place_that_explains_nothing_by_itself_is_not_named_for_ever() -> None:
    """All errors of an hour of an integration are one customer's, who has as many as usual over a month: the hour is told, once."""

    def stretch(node: Node, hours: int, calls: int, errors: int) -> Stretch:
        return Stretch(
            node=node, error_class="content", since=0, until=hours * HOUR, opened=HOUR, calls=calls, errors=errors,
            rate=0.01, spread=1.0, is_open=False,
        )  # fmt: skip

    hour, month = stretch(Node("1001_1"), 1, 20, 10), stretch(Node("1001_1", "2001"), 600, 6000, 60)
    failed = [(0, 10), *((number * HOUR, 1) for number in range(1, 51))]
    rows = pl.DataFrame(
        [("content", at, "1001_1", "2001", "-", errors) for at, errors in failed],
        schema=["class", "hour", "integration", "customer", "connector", "errors"],
        orient="row",
    )
    parts = {hour: {Node("1001_1", "2001"): 20}}
    told = explained([hour, month], Failures(rows), lambda one: parts.get(one, {}), lambda _: 9.0)
    found = list(itertools.islice(told, 9))
    assert [(one.stretch, one.errors) for one in found] == [(hour, 10.0)]


def test_parts_with_hardly_any_errors_hardly_count() -> None:
    assert effective({"a": 1, "b": 1, "c": 1, "d": 1}) == pytest.approx(4)
    assert effective({}) == 0
