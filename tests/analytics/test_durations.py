"""The buckets of durations, at the edges of all of them, against exact fractions."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import duckdb
import pytest

from analytics.views import macros
from tests.oracle.durations import HIGHEST, LONGEST, LOWEST, bucket_of, middle_ms, percentile

AT_EDGES = sorted({micros for longest in LONGEST for micros in (longest, longest + 1) if micros <= 10**12})
"""Whole microseconds: the last one of each bucket, and the first one of the next."""


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(macros())
        yield connection


def buckets(engine: duckdb.DuckDBPyConnection, durations_ms: list[float]) -> list[int]:
    query = "select duration_bucket(ms) from (select unnest(?::double[]) as ms)"
    return [bucket for (bucket,) in engine.execute(query, [durations_ms]).fetchall()]


def middles(engine: duckdb.DuckDBPyConnection) -> dict[int, float]:
    query = "select bucket, bucket_ms(bucket) from (select unnest(range(?, ?)) as bucket)"
    return dict(engine.execute(query, [LOWEST, HIGHEST + 1]).fetchall())


def test_a_duration_on_the_edge_of_a_bucket_lies_in_the_bucket_that_ends_there(
    engine: duckdb.DuckDBPyConnection,
) -> None:
    durations_ms = [micros / 1000 for micros in AT_EDGES]
    assert buckets(engine, durations_ms) == [bucket_of(duration) for duration in durations_ms]


def test_a_second_ends_the_bucket_0(engine: duckdb.DuckDBPyConnection) -> None:
    assert buckets(engine, [999.999, 1000.0, 1000.001, 1020.0, 1020.001]) == [0, 0, 1, 1, 2]


def test_no_duration_is_without_a_bucket(engine: duckdb.DuckDBPyConnection) -> None:
    assert buckets(engine, [0.0, 0.0004, 0.0006, 0.001, 1e9, 1e10, 1e300, math.inf]) == [
        *[LOWEST] * 2,
        *[LOWEST + 1] * 2,
        *[HIGHEST] * 4,
    ]


def test_a_longer_duration_never_lies_in_a_lower_bucket(engine: duckdb.DuckDBPyConnection) -> None:
    found = buckets(engine, [micros / 1000 for micros in range(10_000)])
    assert found == sorted(found)
    assert found == [bucket_of(micros / 1000) for micros in range(10_000)]


def test_what_a_bucket_stands_for_is_at_most_one_percent_off(engine: duckdb.DuckDBPyConnection) -> None:
    stands_for = middles(engine)
    for micros in AT_EDGES:
        milliseconds = Fraction(micros, 1000)
        off = abs(Fraction(stands_for[bucket_of(micros / 1000)]) - milliseconds)
        assert off <= milliseconds / 100, micros


def test_what_a_bucket_stands_for_is_the_harmonic_middle_of_its_edges(engine: duckdb.DuckDBPyConnection) -> None:
    for bucket, milliseconds in middles(engine).items():
        middle = middle_ms(bucket)
        assert milliseconds == pytest.approx(float(middle), rel=1e-8, abs=0.0005 if middle > 10 else 0.0000005), bucket


@pytest.mark.parametrize("percent", [50, 95, 99])
def test_a_percentile_of_calls_is_the_one_that_is_counted_from_their_buckets(
    engine: duckdb.DuckDBPyConnection, percent: int
) -> None:
    query = """
        select min(place)
        from (select unnest(range(1, $calls + 1)) as place)
        where covers_percent(place, $calls, $percent)
    """
    for calls in (*range(1, 202), 1000, 1001, 9_999):
        [(rank,)] = engine.execute(query, {"calls": calls, "percent": percent}).fetchall()
        assert rank == percentile(Counter(range(1, calls + 1)), percent), calls


def test_no_duration_is_in_no_bucket(engine: duckdb.DuckDBPyConnection) -> None:
    assert engine.execute("select duration_bucket(cast(null as double))").fetchall() == [(None,)]
