"""Metrics against plain counting in Python, on calls nobody would think of."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.registry import RegistryFiles
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_snapshot
from tests.oracle.durations import LONGEST, bucket_of, middle_ms, percentile

if TYPE_CHECKING:
    import polars as pl

Call = dict[str, Any]

# Whole microseconds, as the lake keeps them: any, and those on both sides of the edge of a bucket.
DURATIONS = st.one_of(
    st.integers(0, 10**9), st.sampled_from(LONGEST), st.sampled_from(LONGEST).map(lambda micros: micros + 1)
).map(lambda micros: min(micros / 1000, 1e9))

CALLS = st.lists(
    st.fixed_dictionaries(
        {
            "called_at": st.sampled_from(["2026-10-01T08:00:00Z", "2026-10-01T21:59:59Z", "2026-10-02T22:30:00Z"]),
            "customer": st.sampled_from(["1000001", "1000002", "7000001", "7000002", "beers/enyoi"]),
            "integration_id": st.sampled_from([None, "1000001_1", "1000001_2", "1000002_1"]),
            "environment": st.sampled_from(["production", "production", "test"]),
            "status": st.sampled_from([200, 204, 399, 400, 401, 500, 503]),
            "connector": st.sampled_from([None, "KnSubject", "knsubject", "KnPerson"]),
            "operation": st.sampled_from(["get", "insert", "auth"]),
            "duration_ms": st.none() | DURATIONS,
        }
    ).map(lambda said: call(**said))
    | st.just(call(customer="7000001", integration_id=None, id_status="not_logged", duration_ms=None)),
    max_size=30,
)


def production(calls: Iterable[Call]) -> list[Call]:
    return [row for row in calls if row["environment"] == "production"]


def grouped(calls: Iterable[Call], key: Callable[[Call], Any]) -> dict[Any, list[Call]]:
    groups = defaultdict(list)
    for row in calls:
        groups[key(row)].append(row)
    return groups


def errors(calls: Iterable[Call]) -> int:
    return sum(row["status"] >= 400 for row in calls)


def customers(calls: Iterable[Call]) -> int:
    return len(
        {row["customer"] for row in calls if row["status"] < 400 and row["operation"] != "auth" and not row["own"]}
    )


def answers(calls: list[Call], name: str) -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as folder, warehouse_over(calls, folder) as warehouse:
        return warehouse.metric(name, Scope())


def warehouse_over(calls: list[Call], folder: str) -> Warehouse:
    return Warehouse.over(given_snapshot(Path(folder), calls), RegistryFiles())


@settings(max_examples=25, deadline=None)
@given(CALLS)
def test_customers_per_integration_counts_like_a_person_would(calls: list[Call]) -> None:
    identified = [row for row in production(calls) if row["integration"]]
    expected = [
        (integration, customers(rows), len(rows), errors(rows))
        for integration, rows in grouped(identified, lambda row: row["integration"]).items()
    ]
    expected.sort(key=lambda row: (-row[2], row[0]))
    answer = answers(calls, "customers_per_integration")
    assert answer.select("integration", "customers", "calls", "errors").rows() == expected


@settings(max_examples=25, deadline=None)
@given(CALLS)
def test_customer_links_counts_like_a_person_would(calls: list[Call]) -> None:
    identified = [row for row in production(calls) if row["integration"]]
    keys = grouped(identified, lambda row: (row["partner"], row["integration"], row["customer"]))
    expected = [
        (*key, len(rows), errors(rows), errors(rows) / len(rows), min(times), max(times))
        for key, rows in keys.items()
        for times in [[row["called_at"] for row in rows]]
    ]
    expected.sort(key=lambda row: (-row[3], row[:3]))
    assert answers(calls, "customer_links").drop("name", "branch").rows() == expected


@settings(max_examples=25, deadline=None)
@given(CALLS)
def test_latency_is_counted_from_the_buckets_of_each_day(calls: list[Call]) -> None:
    timed = [row for row in production(calls) if row["duration_ms"] is not None]
    keys = grouped(timed, lambda row: (row["integration"], (row["connector"] or "").lower(), row["operation"]))
    answer = answers(calls, "latency")
    assert answer.height == len(keys)
    for integration, connector, operation, count, *percentiles, over_1s_share in answer.rows():
        rows = keys[integration, (connector or "").lower(), operation]
        days = [
            Counter(bucket_of(row["duration_ms"]) for row in day)
            for day in grouped(rows, lambda row: row["day"]).values()
        ]
        buckets = sum(days, Counter[int]())
        assert percentiles == [
            pytest.approx(float(middle_ms(percentile(buckets, percent))), rel=1e-3) for percent in (50, 95, 99)
        ]
        assert count == len(rows)
        assert over_1s_share == sum(row["duration_ms"] > 1000 for row in rows) / len(rows)


@settings(max_examples=10, deadline=None)
@given(CALLS)
def test_the_parts_of_every_metric_add_up_to_the_calls(calls: list[Call]) -> None:
    kept = production(calls)
    identified = sum(row["integration"] is not None for row in kept)
    not_logged = sum(row["id_status"] == "not_logged" for row in kept)
    with tempfile.TemporaryDirectory() as folder, warehouse_over(calls, folder) as warehouse:
        totals = {
            name: warehouse.metric(name)["calls"].sum()
            for name in ("calls_per_day", "connector_usage", "id_hygiene", "customers_per_partner", "error_rates")
        }
        unidentified = warehouse.metric("unidentified_calls")["calls"].sum()
        failed = warehouse.metric("errors_by_outcome")["calls"].sum()
    assert totals == {
        "calls_per_day": len(kept),
        "connector_usage": len(kept),
        "id_hygiene": len(kept),
        "customers_per_partner": identified,
        "error_rates": identified,
    }
    assert unidentified == len(kept) - identified - not_logged
    assert failed == errors(kept)
