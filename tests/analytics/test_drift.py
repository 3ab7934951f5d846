"""The rule of a tenth, and that a narrow question compares with the same usual set as a wide one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analytics.practices.drift import beyond
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

TEN = [f"Acme_{letter}" for letter in "ABCDEFGHIJ"]


def read(customer: str, connector: str, day: int = 1, **said: Any) -> dict[str, Any]:
    return call(called_at=f"2026-10-{day:02}T08:00:00Z", customer=customer, connector=connector, **said)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Ten GetConnectors are usual. One customer reads one of its own among ten, and one reads one of its own among nine."""
    calls = [
        *(read("7000001", name) for name in TEN),
        *(read("7000002", name) for name in TEN[:9]),
        read("7000002", "Only_Here"),  # 1 of 10: just allowed
        *(read("7000003", name) for name in TEN[:8]),
        read("7000003", "Only_There", day=9),  # 1 of 9: too far
        read("7000001", TEN[0], environment="test"),
        read("7000001", "Only_In_Test", environment="test"),
        *(read(customer, TEN[9]) for customer in ("7000004", "7000005")),
    ]
    with Warehouse.open(given_lake(tmp_path_factory.mktemp("drift") / "lake", calls)) as opened:
        yield opened


def test_a_tenth_is_allowed_and_more_is_not(warehouse: Warehouse) -> None:
    rows = warehouse.metric("connector_drift")
    assert rows.select("customer", "connectors", "outside", "usual").rows() == [
        ("7000003", 9, 1, 10),
        ("7000002", 10, 1, 10),
        ("7000001", 10, 0, 10),
        ("7000004", 1, 0, 10),
        ("7000005", 1, 0, 10),
    ]
    assert beyond(rows).select("customer", "outside_names").rows() == [("7000003", "Only_There")]


@pytest.mark.parametrize("said", [{"customer": "7000003"}, {"customer": "7000003", "since": "2026-10-09"}])
def test_a_narrow_question_knows_the_usual_set(warehouse: Warehouse, said: dict[str, Any]) -> None:
    (row,) = warehouse.metric("connector_drift", Scope.parse(said)).to_dicts()
    connectors = 9 if "since" not in said else 1
    assert (row["connectors"], row["outside"], row["usual"]) == (connectors, 1, 10)


def test_calls_of_another_environment_have_the_usual_set_of_production(warehouse: Warehouse) -> None:
    (row,) = warehouse.metric("connector_drift", Scope(environment="test")).to_dicts()
    assert (row["connectors"], row["outside"], row["outside_names"], row["usual"]) == (2, 1, "Only_In_Test", 10)


def test_what_fewer_than_a_tenth_of_many_customers_use_is_unusual(tmp_path: Path) -> None:
    """Two of twenty are a tenth, two of twenty-one are not."""
    twenty = [read(f"70000{number:02}", "Acme_A") for number in range(20)]
    two = [read("7000003", "Made_For_Two"), read("7000004", "Made_For_Two")]
    with Warehouse.open(given_lake(tmp_path / "twenty", [*twenty, *two])) as opened:
        assert beyond(opened.metric("connector_drift")).is_empty()
    with Warehouse.open(given_lake(tmp_path / "more", [*twenty, read("7000020", "Acme_A"), *two])) as opened:
        assert beyond(opened.metric("connector_drift"))["customer"].to_list() == ["7000003", "7000004"]
