"""`calls_of_anybody` has a column that says whether the scope asks for a call. These are the calls of `calls`."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

import pytest

from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCOPES: list[dict[str, object]] = [
    {},
    {"environment": "all"},
    {"product": "sb", "environment": "all"},
    {"partner": 1234567},
    {"partner": 7654321, "environment": "all"},
    {"integration": "1234567_1"},
    {"integration": "1234567_2"},
    {"integration": "7654321_8"},
    {"integration": "1234567_9"},
    {"integration": "7654321_77"},
    {"customer": "1000001"},
    {"connector": "knsubject"},
    {"stream": "gateway"},
    {"stream": "log 1"},
    {"partner": 1234567, "customer": "1000002", "connector": "KnPerson", "stream": "log 2"},
]
PERIODS: list[dict[str, object]] = [
    {},
    {"since": "2026-10-03"},
    {"until": "2026-10-14"},
    {"since": "2026-10-03", "until": "2026-10-14"},
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every id with every customer, connector and stream on some day. Two ids have moved from one partner to the other."""
    folder = tmp_path_factory.mktemp("of_anybody")
    registry = folder / "integrations.csv"
    registry.write_text("integration,replaces\n1234567_2,7654321_8\n7654321_1,1234567_9\n", encoding="utf-8")
    every = itertools.product(
        ("1234567_1", "7654321_8", "1234567_9", "7654321_2", None),
        ("1000001", "1000002", "1234567"),
        ("KnSubject", "KnPerson", None),
        ("gateway", "proxy"),
        (("production", "profit"), ("test", "profit"), ("production", "sb")),
    )
    calls = [
        call(
            called_at=(dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC) + dt.timedelta(days=7 * number % 30)).isoformat(),
            integration_id=sent,
            customer=customer,
            connector=connector,
            stream=stream,
            environment=environment,
            product=product,
            request_id=f"{number}",
        )
        for number, (sent, customer, connector, stream, (environment, product)) in enumerate(every)
    ]
    return given_lake(folder / "lake", calls, registry=[registry])


@pytest.fixture(
    scope="module",
    params=[None, Scope(partner=1234567, environment="all"), Scope(customer="1000002", environment="all")],
    ids=["anybody", "a partner", "a customer"],
)
def warehouse(request: pytest.FixtureRequest, lake: Path) -> Iterator[Warehouse]:
    with Warehouse.open(lake, viewer=request.param) as opened:
        yield opened


def ids_in(warehouse: Warehouse, relation: str, scope: Scope) -> list[str]:
    return warehouse.query(f"select request_id from {relation} order by cast(request_id as integer)", scope=scope)[
        "request_id"
    ].to_list()


@pytest.mark.parametrize("period", PERIODS, ids=str)
@pytest.mark.parametrize("narrowed", SCOPES, ids=str)
def test_asked_are_the_calls_of_the_scope_whatever_its_first_day(
    warehouse: Warehouse, narrowed: dict[str, object], period: dict[str, object]
) -> None:
    scope = Scope.parse(narrowed | period)
    since_ever = scope.replace(since=None)
    assert ids_in(warehouse, "calls_of_anybody where is_asked", scope) == ids_in(warehouse, "calls", since_ever)
    anybodys = Scope(environment=scope.environment, product=scope.product, until=scope.until)
    assert ids_in(warehouse, "calls_of_anybody", scope) == ids_in(warehouse, "calls", anybodys)


def test_the_scopes_above_keep_some_calls_and_leave_out_others(lake: Path) -> None:
    with Warehouse.open(lake) as whole:
        kept = [len(ids_in(whole, "calls", Scope.parse(narrowed))) for narrowed in SCOPES]
    assert kept == [180, 270, 90, 72, 108, 36, 36, 36, 36, 0, 60, 60, 90, 0, 0]
