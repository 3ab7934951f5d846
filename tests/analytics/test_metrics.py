"""Every metric against cases worked by hand: `cases/<metric>/<case>/given.csv` and `expected.csv`.

See case.py for what a case may hold. The columns in `expected.csv` are the contract of the metric: nothing else lists them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.metrics import metric, metric_names
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.case import assert_answers_as_expected, case_name, cases_in
from tests.analytics.given import call, given_lake

CASES = Path(__file__).parent / "cases"


def columns_of(name: str) -> list[str]:
    """The columns of a metric, as its cases have them. Scripts rely on them, so renaming one takes a change of every case."""
    headers = {
        tuple((case / "expected.csv").read_text(encoding="utf-8").splitlines()[0].split(","))
        for case in cases_in(CASES)
        if case.parent.name == name
    }
    assert headers, f"no case in {CASES / name}"
    assert len(headers) == 1, f"the cases of {name} differ in their columns"
    return list(headers.pop())


@pytest.mark.parametrize("case", cases_in(CASES), ids=case_name)
def test_the_metric_answers_as_worked_by_hand(case: Path, tmp_path: Path) -> None:
    assert_answers_as_expected(case, tmp_path, case.parent.name, Warehouse.metric)


def test_every_case_is_of_a_metric_and_every_metric_has_a_case() -> None:
    assert {path.name for path in CASES.iterdir()} == set(metric_names())


@pytest.mark.parametrize("name", metric_names())
def test_an_empty_lake_answers_with_typed_columns_and_no_rows(name: str, tmp_path: Path) -> None:
    with (
        Warehouse.open(given_lake(tmp_path / "empty")) as empty,
        Warehouse.open(given_lake(tmp_path / "full", [call()])) as full,
    ):
        nothing, something = empty.metric(name), full.metric(name)
    assert nothing.is_empty()
    assert nothing.schema == something.schema
    assert nothing.columns == columns_of(name)


@pytest.mark.parametrize("name", metric_names())
def test_a_key_tells_the_rows_of_a_metric_apart(name: str) -> None:
    asked = metric(name)
    assert asked.key
    assert set(asked.key) <= set(columns_of(name))
    assert asked.title
    assert asked.unit
    assert asked.grain.startswith("one row per ")
    assert asked.meaning
