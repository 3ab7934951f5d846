"""Cohorts: the customers that began in the same month, and those of them that are still there."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analytics.customers.customers import COHORT_COLUMNS, cohorts, cohorts_in
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_lake, reject

if TYPE_CHECKING:
    from pathlib import Path

JUNE, JULY, AUGUST, SEPTEMBER = (dt.date(2026, month, 1) for month in (6, 7, 8, 9))
WHOLE = pl.DataFrame({"month": [JUNE, JULY, AUGUST], "complete": [True, True, True]})


def months(*rows: tuple[str, str, dt.date, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["integration", "customer", "month", "arrival"], orient="row")


def test_a_cohort_is_followed_month_by_month() -> None:
    """Two were there when the logs began, of whom one comes back in August; two are new in July, and one of them stays."""
    rows = months(
        ("1234567_1", "1000001", JUNE, "unknown"),
        ("1234567_1", "1000001", JULY, "stayed"),
        ("1234567_1", "1000001", AUGUST, "stayed"),
        ("1234567_1", "1000002", JUNE, "unknown"),
        ("1234567_1", "1000002", AUGUST, "returning"),
        ("1234567_1", "1000003", JULY, "new"),
        ("1234567_1", "1000003", AUGUST, "stayed"),
        ("7654321_8", "1000003", JULY, "new"),  # the same customer, of another integration
    )
    found = cohorts_in(rows, WHOLE, since=JUNE, until=dt.date(2026, 8, 31))
    assert found.columns == list(COHORT_COLUMNS)
    assert found.rows() == [
        (JUNE, "unknown", 0, JUNE, 2, 2, 1.0, True),
        (JUNE, "unknown", 1, JULY, 2, 1, 0.5, True),
        (JUNE, "unknown", 2, AUGUST, 2, 2, 1.0, False),
        (JULY, "new", 0, JULY, 2, 2, 1.0, True),
        (JULY, "new", 1, AUGUST, 2, 1, 0.5, False),
    ]


def test_a_cohort_that_is_gone_has_none_and_new_and_unknown_are_apart() -> None:
    rows = months(("1234567_1", "1000001", JULY, "new"), ("1234567_1", "1000002", JULY, "unknown"))
    assert cohorts_in(rows, WHOLE, since=JULY, until=SEPTEMBER).select(
        "began", "month", "active", "retention"
    ).rows() == [
        ("new", JULY, 1, 1.0),
        ("new", AUGUST, 0, 0.0),
        ("unknown", JULY, 1, 1.0),
        ("unknown", AUGUST, 0, 0.0),
    ]


def test_cohorts_are_those_of_the_period_and_what_came_before_is_known(tmp_path: Path) -> None:
    lake = given_lake(
        tmp_path / "lake",
        [
            call(called_at="2026-06-01T08:00:00Z", customer="1000001"),
            call(called_at="2026-07-01T08:00:00Z", customer="1000002"),
            call(called_at="2026-08-01T08:00:00Z", customer="1000001"),
            call(called_at="2026-08-31T08:00:00Z", customer="1000002"),
            call(called_at="2026-09-30T08:00:00Z", customer="1000003"),
        ],
    )
    with Warehouse.open(lake) as warehouse:
        found = cohorts(warehouse, Scope.parse({"since": "2026-07-15", "until": "2026-09-01"}))
        everything = cohorts(warehouse, Scope())
    assert found.rows() == [
        (JULY, "new", 0, JULY, 1, 1, 1.0, True),
        (JULY, "new", 1, AUGUST, 1, 1, 1.0, True),
    ]
    assert everything.group_by("cohort", maintain_order=True).len().rows() == [(JUNE, 4), (JULY, 3), (SEPTEMBER, 1)]
    assert everything.row(-1) == (SEPTEMBER, "new", 0, SEPTEMBER, 1, 1, 1.0, True)


def test_without_customers_there_are_no_cohorts(tmp_path: Path) -> None:
    with Warehouse.open(given_lake(tmp_path / "lake")) as empty:
        assert cohorts(empty, Scope()).columns == list(COHORT_COLUMNS)
    with Warehouse.open(given_lake(tmp_path / "failed", [call(status=500)])) as warehouse:
        assert cohorts(warehouse, Scope()).is_empty()


@pytest.mark.parametrize(
    ("reason", "whose", "days", "lost", "back", "complete"),
    [
        (
            "unknown_host",
            None,
            5,
            None,
            "unknown",
            False,
        ),  # whose the lines are nobody knows: they may be the customer's
        ("unknown_host", None, 2, 1, "returning", False),  # a day or two of them hide nobody who comes day by day
        ("bad_status", None, 5, 1, "returning", True),  # one in a hundred lines is damaged as lines are
        ("bad_status", "1000002", 5, 0, "unknown", False),  # but these are the customer's, and hide nobody else
        ("bad_status", "1000002", 1, 0, "unknown", False),
        ("bad_status", "1000001", 5, 1, "returning", True),  # who is there anyway
    ],
)
def test_nobody_is_lost_in_lines_that_carry_the_id_and_were_rejected(
    tmp_path: Path, *, reason: str, whose: str | None, days: int, lost: int | None, back: str, complete: bool
) -> None:
    """Two customers a day from July to September, of whom one is not seen in August, when lines were rejected."""
    every_day = [dt.date(2026, 7, 1) + dt.timedelta(days=number) for number in range(92)]
    calls = [
        call(called_at=f"{day}T{hour:02}:00:00Z", customer=customer)
        for day in every_day
        for hour in range(8, 16)
        for customer in ("1000001", "1000002")
        if customer == "1000001" or day.month != 8
    ]
    rejects = [
        reject(
            reason=reason,
            integration="1234567_1",
            customer=whose,
            environment="production" if whose else None,
            called_at=dt.datetime(2026, 8, 10 + number, 10, tzinfo=dt.UTC),
            line_number=number,
        )
        for number in range(days)
    ]
    with Warehouse.open(given_lake(tmp_path / "lake", calls, rejects=rejects)) as warehouse:
        rows = {row["month"]: row for row in warehouse.metric("customers_per_month", Scope()).iter_rows(named=True)}
    assert (rows[AUGUST]["lost"], rows[AUGUST]["complete"]) == (lost, complete)
    assert (rows[JULY]["complete"], rows[SEPTEMBER][back]) == (True, 1)
