"""Constants that exist in SQL and in Python are equal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from analytics.certification.certification import REQUIRED, WINDOW_DAYS
from analytics.example_ids import EXAMPLE_IDS
from analytics.reports.findings import SUPPLIED_PREFIX
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


def test_the_supplied_connectors_are_the_same(engine: duckdb.DuckDBPyConnection) -> None:
    assert told(engine, "select is_supplied(? || 'Employees')", SUPPLIED_PREFIX.capitalize()) == [True]
    assert told(engine, "select is_supplied(?)", SUPPLIED_PREFIX[:-1]) == [False]


def test_an_error_is_what_has_an_outcome_other_than_ok(engine: duckdb.DuckDBPyConnection) -> None:
    query = "select status from (select unnest(range(100, 600)) as status) where is_error(status) <> (outcome_of(status, 1, 0) <> 'ok')"
    assert told(engine, query) == []
