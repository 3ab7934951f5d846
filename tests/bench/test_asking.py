"""The bench times every metric and question beside a plain aggregate of exactly the columns and calls that it reads."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

import pytest

from analytics.metrics import metric_names
from analytics.questions import question_names
from analytics.warehouse.warehouse import Warehouse
from bench.asking import Timed, as_json, as_text, ask
from bench.lake.writing import Platform, write_lake

PERIOD = dt.date(2026, 10, 30), dt.date(2026, 11, 1)
"""Two of the five days: so calls of the period, those before it, and all calls are not the same."""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    lake = tmp_path_factory.mktemp("bench") / "lake"
    write_lake(lake, Platform(calls=2000, days=5, customers=100, integrations=10), tell=lambda _: None)
    with Warehouse.open(lake) as warehouse:
        yield warehouse


def asked(warehouse: Warehouse, only: str, *, is_narrowed: bool = False) -> list[Timed]:
    return ask(warehouse, PERIOD, rounds=1, is_narrowed=is_narrowed, only=only, tell=lambda _: None)


@pytest.fixture(scope="module")
def every(warehouse: Warehouse) -> list[Timed]:
    return asked(warehouse, "")


def test_every_metric_and_question_is_timed(every: list[Timed]) -> None:
    assert sorted(one.question for one in every) == sorted([*metric_names(), *question_names()])
    assert all((one.ratio is None) == (not one.reads) == (one.scans == 0) for one in every)
    ratios = [one.ratio or 0 for one in every]
    assert ratios == sorted(ratios, reverse=True)


def test_the_columns_are_those_of_the_plan(every: list[Timed]) -> None:
    [timed] = [one for one in every if one.question == "overview/errors_per_day"]
    assert timed.scans == 1
    # status is read only to leave calls out; the period and the environment are left out by every question
    assert {"day", "status", "outcome"} <= set(timed.reads["calls"])
    assert not {"environment", "user_agent", "called_at"} & set(timed.reads["calls"])


@pytest.mark.parametrize(
    ("name", "relations"),
    [
        ("calls_per_day", {"calls"}),
        ("known/filter_values", {"calls_all"}),
        ("branches_per_integration", {"calls", "calls_all"}),
        ("findings/customers_down", {"calls_before"}),
        ("check/registered", set()),
    ],
)
def test_a_scan_belongs_to_the_calls_that_it_keeps(every: list[Timed], name: str, relations: set[str]) -> None:
    assert [set(one.reads) for one in every if one.question == name] == [relations]


def test_narrowed_to_one_of_each(warehouse: Warehouse) -> None:
    timed = asked(warehouse, "error_rates", is_narrowed=True)
    assert {one.narrowed_to: one.rows > 0 for one in timed} == dict.fromkeys(
        ("", "integration", "customer", "connector"), True
    )


def test_people_and_programs_get_the_same(every: list[Timed]) -> None:
    names = [one.question for one in every]
    assert [row["question"] for row in json.loads(as_json(every))] == names
    assert [line.split()[0] for line in as_text(every).splitlines()[1 : len(every) + 1]] == names
