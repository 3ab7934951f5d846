"""How sums are added up, and the days of a month that are bits of one number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.views import macros

MONTH = dt.date(2026, 3, 1)

days_of_march = st.sets(st.dates(MONTH, dt.date(2026, 3, 31)))


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(macros())
        yield connection


def bits(days: set[dt.date]) -> int:
    return sum(1 << (day.day - 1) for day in days)


def runs(days: set[dt.date], gap: int) -> list[tuple[dt.date, dt.date]]:
    """The first and last days of runs, day by day."""
    found: list[tuple[dt.date, dt.date]] = []
    for day in sorted(days):
        if found and (day - found[-1][1]).days <= gap:
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def test_nothing_adds_up_to_zero(engine: duckdb.DuckDBPyConnection) -> None:
    query = "select added_up(calls), added_up_if(calls > 2, calls) from (select unnest($calls::bigint[]) as calls)"
    assert engine.execute(query, {"calls": []}).fetchall() == [(0, 0)]
    assert engine.execute(query, {"calls": [1, 2]}).fetchall() == [(3, 0)]
    assert engine.execute(query, {"calls": [1, 2, 3]}).fetchall() == [(6, 3)]


@settings(deadline=None)
@given(days=days_of_march)
def test_the_days_of_a_month_are_listed(engine: duckdb.DuckDBPyConnection, days: set[dt.date]) -> None:
    [(listed,)] = engine.execute(
        "select days_of($month, $days::integer)", {"month": MONTH, "days": bits(days)}
    ).fetchall()
    assert listed == sorted(days)


@settings(deadline=None)
@given(days=days_of_march, gap=st.integers(-3, 7))
def test_runs_begin_and_end_where_a_gap_is_longer(
    engine: duckdb.DuckDBPyConnection, days: set[dt.date], gap: int
) -> None:
    query = """
        select days_of($month, first_of_runs($days::integer, $gap)), days_of($month, last_of_runs($days::integer, $gap))
    """
    [(first, last)] = engine.execute(query, {"month": MONTH, "days": bits(days), "gap": gap}).fetchall()
    assert list(zip(first, last, strict=True)) == runs(days, max(gap, 0))
