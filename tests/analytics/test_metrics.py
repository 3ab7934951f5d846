"""Every metric against cases worked by hand: `cases/<metric>/<case>/given.csv` and `expected.csv`.

See case.py for what a case may hold.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.metrics import metric, metric_names
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.case import assert_answers_as_expected, case_name, cases_in
from tests.analytics.given import call, given_lake

CASES = Path(__file__).parent / "cases"

CONTRACT = {
    "calls_per_day": "day, calls, errors, error_rate, customers, integrations",
    "customers_per_integration": (
        "integration, partner, project, name, customers, calls, errors, error_rate, first_call, last_call"
    ),
    "customers_per_partner": "partner, name, integrations, customers, calls, errors, error_rate",
    "connector_usage": ("product, protocol, connector, operation, integrations, customers, calls, errors, error_rate"),
    "error_rates": "integration, calls, errors, error_rate, error_rate_low, error_rate_high",
    "errors_by_outcome": "integration, connector, outcome, status, party, calls, customers",
    "latency": "integration, connector, operation, calls, p50_ms, p95_ms, p99_ms, over_1s_share",
    "id_hygiene": "id_status, id_defect, calls, customers, share",
    "unidentified_calls": "customer, user_agent, connector, calls, first_call, last_call",
    "certification": "integration, name, certified, customers, customers_required, window_days, last_customer_call",
    "completeness": "stream, hour, calls, expected, state, why",
    "practices": (
        "integration, name, score, rule, severity, state, calls, judged, share, customers, connector, first_call, last_call, advice"
    ),
    "heaviest_users": (
        "day, place, integration, name, customer, connector, calls, errors, seconds, share, seconds_share"
    ),
    "customers_per_month": ("integration, name, month, customers, new, stayed, returning, unknown, lost, complete"),
    "branches_per_integration": "integration, name, branch, customers, branch_customers, share, lift, listed",
    "customer_links": (
        "partner, integration, customer, name, branch, calls, errors, error_rate, first_call, last_call"
    ),
}
"""The columns that users' scripts rely on, typed over from the contract and not from the program."""


@pytest.mark.parametrize("case", cases_in(CASES), ids=case_name)
def test_the_metric_answers_as_worked_by_hand(case: Path, tmp_path: Path) -> None:
    assert_answers_as_expected(case, tmp_path, case.parent.name, Warehouse.metric)


@pytest.mark.parametrize("name", metric_names())
def test_every_metric_has_a_case_with_the_columns_of_the_contract(name: str) -> None:
    cases = [case for case in cases_in(CASES) if case.parent.name == name]
    assert cases, f"no case in {CASES / name}"
    assert name in CONTRACT, f"scripts rely on the columns of a metric: add those of {name} to CONTRACT"
    for case in cases:
        header = (case / "expected.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == CONTRACT[name].split(", "), case


def test_every_case_is_of_a_metric_and_every_metric_is_in_the_contract() -> None:
    assert {path.name for path in CASES.iterdir()} == set(metric_names())
    assert set(CONTRACT) == set(metric_names())


@pytest.mark.parametrize("name", metric_names())
def test_an_empty_lake_answers_with_typed_columns_and_no_rows(name: str, tmp_path: Path) -> None:
    with (
        Warehouse.open(given_lake(tmp_path / "empty")) as empty,
        Warehouse.open(given_lake(tmp_path / "full", [call()])) as full,
    ):
        nothing, something = empty.metric(name), full.metric(name)
    assert nothing.is_empty()
    assert nothing.schema == something.schema
    assert nothing.columns == CONTRACT[name].split(", ")


@pytest.mark.parametrize("name", metric_names())
def test_a_key_tells_the_rows_of_a_metric_apart(name: str) -> None:
    asked = metric(name)
    assert asked.key
    assert set(asked.key) <= set(CONTRACT[name].split(", "))
    assert asked.title
    assert asked.unit
    assert asked.grain.startswith("one row per ")
    assert asked.meaning
