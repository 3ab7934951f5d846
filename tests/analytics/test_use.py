"""A program that only asks for tokens uses nothing: a log-in makes nobody a customer, in any metric or question."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from analytics.metrics import metric_names
from analytics.questions import question, question_names
from analytics.registry import RegistryFiles
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_snapshot

USER, LOGS_IN = "7000001", "7000002"
ASKED = {"integration": "1234567_1", "connector": "KnSubject", "partner": 1234567}


def asked_by(name: str) -> set[str]:
    """The parameters of a question."""
    return set(re.findall(r"\$([a-z_]+)", re.sub(r"--[^\n]*", "", question(name).sql)))


QUESTIONS = [name for name in question_names() if asked_by(name) <= ASKED.keys()]
"""Those that ask for nothing else."""


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """One customer that reads, and one whose program only asks for tokens, every day of October."""
    days = [f"2026-10-{day:02}" for day in range(1, 32)]
    calls = [call(called_at=f"{day}T08:00:00Z", customer=USER) for day in days] + [
        call(
            called_at=f"{day}T09:00:00Z", customer=LOGS_IN, method="POST", operation="auth", connector=None,
            endpoint="oauth/token",
        )
        for day in days
    ]  # fmt: skip
    with Warehouse.over(given_snapshot(tmp_path_factory.mktemp("use"), calls), RegistryFiles()) as opened:
        yield opened


@pytest.mark.parametrize("name", metric_names())
def test_a_log_in_makes_no_customer(warehouse: Warehouse, name: str) -> None:
    rows = warehouse.metric(name, Scope())
    if "customers" not in rows.columns or rows.is_empty():
        return
    assert rows["customers"].max() in {0, 1}, rows


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_log_in_makes_no_customer_in_a_question(warehouse: Warehouse, name: str) -> None:
    rows = warehouse.query_file(name, Scope(), {asked: ASKED[asked] for asked in asked_by(name)})
    if "customers" not in rows.columns or rows.is_empty():
        return
    assert rows["customers"].max() in {0, 1}, rows


def test_questions_about_customers_are_among_them() -> None:
    assert {"overview/totals", "integration/profile", "integration/days", "connector/integrations"} <= set(QUESTIONS)


def test_the_log_ins_count_as_calls(warehouse: Warehouse) -> None:
    (row,) = warehouse.metric("customers_per_integration").to_dicts()
    assert (row["customers"], row["calls"]) == (1, 62)
