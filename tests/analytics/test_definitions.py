"""Constants that exist in SQL and in Python are equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from analytics.certification.certification import REQUIRED, WINDOW_DAYS
from analytics.example_ids import EXAMPLE_IDS
from analytics.views import macros
from ingest.engine.connection import connect

if TYPE_CHECKING:
    import duckdb


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """The macros of both floors."""
    with connect(threads=1) as connection:
        connection.execute(macros())
        yield connection


def told(engine: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[object]:
    return [value for (value,) in engine.execute(query, list(values)).fetchall()]


def test_certification_asks_for_the_same(engine: duckdb.DuckDBPyConnection) -> None:
    assert told(engine, "select certification_customers()") == [REQUIRED]
    assert told(engine, "select certification_days()") == [WINDOW_DAYS]


def test_the_example_ids_are_the_same(engine: duckdb.DuckDBPyConnection) -> None:
    others = ["12345_123457", "12345_67890", "", None]
    assert told(engine, "select bool_and(is_example_id(id)) from (select unnest(?) as id)", list(EXAMPLE_IDS)) == [True]
    assert told(engine, "select bool_or(is_example_id(id)) from (select unnest(?) as id)", others) == [False]


def test_supplied_connectors_begin_with_profit(engine: duckdb.DuckDBPyConnection) -> None:
    assert told(engine, "select is_supplied('Profit_Employees')") == [True]
    assert told(engine, "select is_supplied('Profit')") == [False]


def test_an_error_is_what_has_an_outcome_other_than_ok(engine: duckdb.DuckDBPyConnection) -> None:
    query = "select status from (select unnest(range(100, 600)) as status) where is_error(status) <> (outcome_of(status, 1, 0) <> 'ok')"
    assert told(engine, query) == []


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ],
)
def test_the_interval_of_a_difference_is_that_of_newcombes_table(
    engine: duckdb.DuckDBPyConnection, counts: tuple[int, ...], low: float, high: float
) -> None:
    """Statistics in Medicine 17 (1998), 873-890, table II, method 10; and the other way round it is the same with the other sign."""
    one, other = counts[:2], counts[2:]
    ends = "select unnest([difference_low(?, ?, ?, ?), difference_high(?, ?, ?, ?)])"
    assert told(engine, ends, *counts, *counts) == pytest.approx([low, high], abs=6e-5)
    turned = (*other, *one)
    assert told(engine, ends, *turned, *turned) == pytest.approx([-high, -low], abs=6e-5)


def test_a_rate_of_nothing_differs_from_none(engine: duckdb.DuckDBPyConnection) -> None:
    ends = "select unnest([difference_low(0, 0, 1, 2), difference_high(1, 2, 0, 0)])"
    assert told(engine, ends) == [None, None]
