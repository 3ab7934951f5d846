"""Every metric against cases worked by hand: `cases/<metric>/<case>/given.csv` and `expected.csv`.

A case may hold scope.toml, viewer.toml, partners.csv, integrations.csv and customers.csv as well. In `given.csv` a column
that is not there has an ordinary value (see given.py), and an empty cell is null.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analytics.metrics import metric, metric_names
from analytics.scope import Scope
from analytics.warehouse import Warehouse
from ingest.call import CALL_COLUMNS
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
    "customer_links": (
        "partner, integration, customer, name, branch, calls, errors, error_rate, first_call, last_call"
    ),
}
"""The columns that users' scripts rely on, typed over from the contract and not from the program."""

_READ: dict[str, Callable[[str], Any]] = {
    "smallint": int,
    "integer": int,
    "bigint": int,
    "double": float,
    "boolean": lambda text: text == "true",
}


def _cases() -> list[Path]:
    return sorted(path.parent for path in CASES.glob("*/*/expected.csv"))


def _given(file: Path) -> list[dict[str, Any]]:
    types = {column.name: column.sql_type for column in CALL_COLUMNS}
    with file.open(encoding="utf-8", newline="") as lines:
        return [
            call(**{name: _READ.get(types[name], str)(text) if text else None for name, text in row.items()})
            for row in csv.DictReader(lines)
        ]


def _scope(file: Path) -> Scope:
    return Scope.parse(tomllib.loads(file.read_text(encoding="utf-8"))) if file.exists() else Scope()


@pytest.mark.parametrize("case", _cases(), ids=lambda case: f"{case.parent.name}-{case.name}")
def test_the_metric_answers_as_worked_by_hand(case: Path, tmp_path: Path) -> None:
    registry = [path for path in sorted(case.glob("*.csv")) if path.stem not in {"given", "expected"}]
    lake = given_lake(tmp_path / "lake", _given(case / "given.csv"), registry=registry)
    viewer = _scope(case / "viewer.toml") if (case / "viewer.toml").exists() else None
    with Warehouse.open(lake, viewer=viewer) as warehouse:
        answer = warehouse.metric(case.parent.name, _scope(case / "scope.toml"))
    expected = pl.read_csv(case / "expected.csv", schema_overrides=dict.fromkeys(answer.columns, pl.String))
    assert_frame_equal(answer, _typed(expected, answer.schema), check_exact=False, abs_tol=1e-6, rel_tol=0)


def _typed(texts: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return texts.with_columns(
        pl.col(name).str.to_datetime(time_zone="UTC", time_unit="us")
        if isinstance(dtype, pl.Datetime)
        else pl.col(name).str.to_date()
        if dtype == pl.Date
        else pl.col(name).cast(dtype)
        for name, dtype in schema.items()
    )


@pytest.mark.parametrize("name", metric_names())
def test_every_metric_has_a_case_with_the_columns_of_the_contract(name: str) -> None:
    cases = [case for case in _cases() if case.parent.name == name]
    assert cases, f"no case in {CASES / name}"
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
