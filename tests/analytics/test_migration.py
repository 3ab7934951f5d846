"""The migration board, worked by hand: who has moved, who has not, and how many weeks are left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from analytics.practices.migration import by_integration, last_day, weeks_left
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake

OLD, NEW = "1234567_1", "1234567_2"
LOG_IN: dict[str, Any] = {"operation": "auth", "method": "POST", "endpoint": "oauth/token", "connector": None}


def sent(day: int, form: str, *, customer: str = "7000001", integration: str = OLD, **said: Any) -> dict[str, Any]:
    return call(
        called_at=f"2026-10-{day:02}T08:00:00Z", customer=customer, integration_id=integration, token_form=form, **said
    )


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    calls = [
        *(sent(day, "base64") for day in (1, 2, 3)),  # classic
        sent(4, "plain", customer="7000002"),  # moves on the fifth
        sent(5, "bearer", customer="7000002"),
        sent(6, "bearer", customer="7000003"),  # has moved
        sent(7, "not_logged", customer="7000004"),  # nobody knows, but its program asks for tokens
        sent(7, "not_logged", customer="7000004", **LOG_IN),
        sent(8, "none", customer="7000005", **LOG_IN),  # asks for tokens, and uses nothing
        sent(9, "base64", customer="7000006", status=401, outcome="unauthorized"),  # was refused, and uses nothing
        sent(10, "base64", customer="1234567"),  # the partner itself
        sent(6, "bearer", integration=NEW),
        sent(6, "bearer", customer="beers/enyoi", product="sb"),
    ]
    with Warehouse.open(given_lake(tmp_path_factory.mktemp("migration") / "lake", calls)) as opened:
        yield opened


def test_each_customer_counts_once_by_the_tokens_that_it_sends(warehouse: Warehouse) -> None:
    board = by_integration(warehouse.metric("token_migration"))
    assert board.select("integration", "customers", "moved", "moving", "classic", "not_logged").rows() == [
        (OLD, 4, 1, 1, 1, 1),
        (NEW, 1, 1, 0, 0, 0),
    ]


def test_the_share_is_of_all_calls_with_a_known_token(warehouse: Warehouse) -> None:
    """Two of eight: three and one of classic customers, one refused, one of the partner itself, and two bearer ones."""
    board = by_integration(warehouse.metric("token_migration"))
    assert board.select("bearer_share", "oauth_log_ins", "calls").rows() == [(0.25, 2, 11), (1.0, 0, 1)]
    assert board["last_classic_call"].to_list() == [dt.datetime(2026, 10, 10, 8, tzinfo=dt.UTC), None]


def test_weeks_are_counted_from_the_end_of_the_period_or_of_the_logs(warehouse: Warehouse) -> None:
    assert last_day(warehouse, Scope()) == dt.date(2026, 10, 10)
    assert last_day(warehouse, Scope(until=dt.date(2026, 10, 5))) == dt.date(2026, 10, 4)
    assert last_day(warehouse, Scope(since=dt.date(2026, 10, 1), until=dt.date(2030, 1, 1))) == dt.date(2026, 10, 10)
    assert weeks_left(dt.date(2026, 10, 10)) == 46  # 325 days


def test_no_calls_are_an_empty_board(warehouse: Warehouse) -> None:
    assert by_integration(warehouse.metric("token_migration", Scope(customer="7999999"))).is_empty()
