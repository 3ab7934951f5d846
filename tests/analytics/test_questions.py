"""Questions of pages and reports against cases worked by hand: `question_cases/<room>/<question>/<case>/`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from analytics.questions import question, question_names
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.case import assert_answers_as_expected, case_name, cases_in
from tests.analytics.given import call, given_lake

CASES = Path(__file__).parent / "question_cases"


@pytest.mark.parametrize("case", cases_in(CASES), ids=case_name)
def test_the_question_is_answered_as_worked_by_hand(case: Path, tmp_path: Path) -> None:
    assert_answers_as_expected(case, tmp_path, case.parent.relative_to(CASES).as_posix(), Warehouse.query_file)


@pytest.mark.parametrize("name", question_names())
def test_every_question_says_what_it_means(name: str) -> None:
    asked = question(name)
    assert asked.title
    assert asked.unit
    assert asked.grain
    assert asked.meaning


def daily(days: range, count: int, month: int = 10, **said: Any) -> list[dict[str, Any]]:
    """This number of calls on each of these days of a month."""
    return [call(called_at=f"2026-{month:02}-{day:02}T08:00:00Z", **said) for day in days for _ in range(count)]


def findings(tmp_path: Path, calls: list[dict[str, Any]], *columns: str) -> list[tuple[Any, ...]]:
    """What needs attention in October 2026."""
    october = Scope(since=dt.date(2026, 10, 1), until=dt.date(2026, 11, 1))
    with Warehouse.open(given_lake(tmp_path / "lake", calls)) as warehouse:
        return (
            warehouse.query_file("overview/attention", october).select("kind", "severity", "subject", *columns).rows()
        )


def test_an_error_rate_that_surely_rose_needs_attention(tmp_path: Path) -> None:
    # 1234567_1: 2 of 60 in September (3.3 %), 20 of 62 in October (32.3 %).
    # 1234567_2: 0 of 30, then 1 of 31: may be chance. 1234567_3: 5 of 5 is too little to say.
    calls = [
        *daily(range(1, 30), 2, 9),
        *daily(range(30, 31), 2, 9, status=500),
        *daily(range(1, 22), 2),
        *daily(range(22, 32), 2, status=500),
        *daily(range(1, 31), 1, 9, integration_id="1234567_2"),
        *daily(range(1, 31), 1, integration_id="1234567_2"),
        *daily(range(31, 32), 1, integration_id="1234567_2", status=500),
        *daily(range(27, 32), 1, integration_id="1234567_3", status=500),
    ]
    assert findings(tmp_path, calls, "calls", "errors", "now", "before") == [
        ("error_rate_up", "high", "1234567_1", 62, 20, 20 / 62, 2 / 60)
    ]


def test_an_integration_that_fell_silent_needs_attention(tmp_path: Path) -> None:
    # _1 called daily until the 27th: four days without. _2 until the 28th: three, not yet.
    # _3 calls every sixth day, the last time on the 25th: six days without a call are usual. _4 lost seven customers.
    calls = [
        *daily(range(1, 28), 1, integration_id="1234567_1"),
        *daily(range(1, 29), 1, integration_id="1234567_2"),
        *(row for day in (1, 7, 13, 19, 25) for row in daily(range(day, day + 1), 1, integration_id="1234567_3")),
        *(
            row
            for customer in range(7)
            for row in daily(range(10, 20), 1, integration_id="1234567_4", customer=f"700000{customer}")
        ),
        *daily(range(31, 32), 1, integration_id="1234567_5"),
    ]
    assert findings(tmp_path, calls, "now", "before") == [
        ("gone_silent", "high", "1234567_4", 12.0, 1.0),
        ("gone_silent", "medium", "1234567_1", 4.0, 1.0),
    ]


def test_lost_customers_need_attention(tmp_path: Path) -> None:
    # _1 had four customers in September and has two left; _2 had four and has three.
    calls = [
        *(row for at in range(4) for row in daily(range(1, 31), 1, 9, customer=f"700000{at}")),
        *(row for at in range(2) for row in daily(range(1, 32), 1, customer=f"700000{at}")),
        *(
            row
            for at in range(4)
            for row in daily(range(1, 31), 1, 9, customer=f"700000{at}", integration_id="1234567_2")
        ),
        *(row for at in range(3) for row in daily(range(1, 32), 1, customer=f"700000{at}", integration_id="1234567_2")),
    ]
    assert findings(tmp_path, calls, "now", "before") == [("customers_down", "medium", "1234567_1", 2.0, 4.0)]


def test_fewer_days_have_fewer_customers_and_nobody_lost(tmp_path: Path) -> None:
    # Each of _1's customers calls every fourth day. _2 lost two of its four with September.
    calls = [
        *(
            row
            for month in (9, 10)
            for day in range(1, 31)
            for row in daily(range(day, day + 1), 1, month, customer=f"700000{day % 4}")
        ),
        *(
            row
            for at in range(4)
            for row in daily(range(1, 31), 1, 9, customer=f"700000{at}", integration_id="1234567_2")
        ),
        *(row for at in range(2) for row in daily(range(1, 31), 1, customer=f"700000{at}", integration_id="1234567_2")),
    ]
    last_day = Scope(since=dt.date(2026, 10, 30), until=dt.date(2026, 10, 31))
    with Warehouse.open(given_lake(tmp_path / "lake", calls)) as warehouse:
        found = warehouse.query_file("overview/attention", last_day).select(
            "kind", "subject", "customers", "now", "before"
        )
    assert found.rows() == [("customers_down", "1234567_2", 2, 2.0, 4.0)]


def test_ids_that_are_none_need_attention(tmp_path: Path) -> None:
    # 40 calls in all: 36 good ones, one without an id, one malformed, two that copied the documentation's example.
    calls = [
        *daily(range(31, 32), 36),
        *daily(range(31, 32), 1, integration_id=None, body_integration_id="1234567_1"),
        *daily(range(31, 32), 1, integration_id="1234567", id_defect="no_separator"),
        *daily(range(31, 32), 2, integration_id="12345_678900"),
    ]
    assert findings(tmp_path, calls, "calls", "now") == [
        ("example_id", "medium", "12345_678900", 2, None),
        ("id_in_envelope", "medium", "1234567_1", 1, None),
        ("unidentified", "low", "malformed", 1, 1 / 40),
        ("unidentified", "low", "missing", 1, 1 / 40),
    ]


def test_what_a_log_could_not_have_held_is_nobodys_fault(tmp_path: Path) -> None:
    # 20 calls whose log holds the header, one of them without; and five of which nobody knows, one with an id in its envelope.
    calls = [
        *daily(range(31, 32), 19),
        *daily(range(31, 32), 1, integration_id=None),
        *daily(range(31, 32), 4, integration_id=None, id_status="not_logged"),
        *daily(range(31, 32), 1, integration_id=None, id_status="not_logged", body_integration_id="1234567_1"),
    ]
    assert findings(tmp_path, calls, "calls", "now") == [
        ("not_logged", "medium", "not_logged", 5, 5 / 25),
        ("unidentified", "medium", "missing", 1, 1 / 20),
    ]


def test_a_quiet_lake_needs_no_attention(tmp_path: Path) -> None:
    assert findings(tmp_path, [*daily(range(1, 31), 2, 9), *daily(range(1, 32), 2)]) == []
