"""The page of the go-live review: the newest integrations first, and of one the verdicts with their evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.analytics.given import call, given_lake
from tests.dashboard.conftest import tables
from tests.dashboard.test_pages import cards, read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.dashboard.conftest import OpenPage

PERIOD = {"since": "2026-10-01", "until": "2026-10-21"}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 20 days. An app begins on the 8th: one customer gets through at once, one after two refusals."""
    app = {"integration_id": "7654321_8"}
    calls = [
        call(called_at="2026-10-01T08:00:00Z"),
        call(called_at="2026-10-20T08:00:00Z"),
        call(**app, called_at="2026-10-08T08:00:00Z", customer="7000001"),
        call(**app, called_at="2026-10-09T08:00:00Z", customer="7000002", status=401),
        call(**app, called_at="2026-10-09T08:00:05Z", customer="7000002", status=401, line_number=2),
        call(**app, called_at="2026-10-09T09:00:00Z", customer="7000002"),
    ]
    return given_lake(tmp_path_factory.mktemp("review") / "lake", calls)


def test_the_integrations_that_began_last_come_first(lake: Path, open_page: OpenPage) -> None:
    [listed] = tables(open_page(lake, "review", **PERIOD))
    assert listed.rows("title", "customers") == [["7654321_8", "2"], ["1234567_1", "1"]]


def test_one_integration_has_three_verdicts_with_their_evidence(lake: Path, open_page: OpenPage) -> None:
    app = open_page(lake, "review", integration="7654321_8", **PERIOD)
    assert {name: figure for name, (figure, _) in cards(app).items()} == {
        "Working integration": "Too few to judge",
        "Working onboarding": "Too few to judge",
        "Working error handling": "Too few to judge",
        "Good calls": "50.0%",
    }
    integration, _, onboarding, customers, errors, handling, examples = tables(app)
    assert integration.rows("check", "verdict", "held", "held_of")[0] == [
        "The right id on every call", "Too few to judge", "4", "4",
    ]  # fmt: skip
    assert onboarding.rows("check", "why")[0] == ["New customers get through", "2 of 2 new customers got a success"]
    assert customers.rows("customer", "began_as", "time_to_success", "errors_before", "status_before") == [
        ["7000001", "Succeeded", "0.0 s", "0", "–"],
        ["7000002", "Succeeded", "60.0 min", "2", "401"],
    ]
    assert errors.rows("check", "verdict")[0] == ["Stops when it is refused (401, 403)", "Too few to judge"]
    assert handling.rows("status", "customer", "errors", "repeats", "within_1s", "within_10s", "longest_run") == [
        ["401", "7000002", "2", "2", "0", "1", "2"]
    ]
    assert examples.rows("customer", "errors", "success_at") == [["7000002", "2", "9 Oct 2026, 11:00"]]
    assert "How soon does it call again after an error?" in read(app)


def test_without_errors_nothing_is_said_of_callers(lake: Path, open_page: OpenPage) -> None:
    app = open_page(lake, "review", integration="1234567_1", **PERIOD)
    assert cards(app)["Working error handling"][0] == "Cannot be seen"
    assert "How soon does it call again after an error?" not in read(app)


def test_an_integration_without_a_call_ends_the_page(lake: Path, open_page: OpenPage) -> None:
    app = open_page(lake, "review", integration="1234567_99", **PERIOD)
    assert cards(app) == {}
    assert tables(app) == []
