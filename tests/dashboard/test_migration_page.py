"""The page about the end of classic tokens: who has moved, who has not, and who cannot be known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.analytics.given import call, given_lake
from tests.dashboard.conftest import OpenPage, tables
from tests.dashboard.test_pages import cards


def sent(form: str, customer: str, integration: str = "1234567_1", **said: Any) -> dict[str, Any]:
    return call(token_form=form, customer=customer, integration_id=integration, **said)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    calls = [
        sent("base64", "7000001"),
        sent("bearer", "7000001"),
        sent("plain", "7000002"),
        sent("bearer", "7000003"),
        sent("not_logged", "7000004"),
        sent("none", "7000004", operation="auth", endpoint="oauth/token", connector=None, method="POST"),
        sent("bearer", "7000001", "7654321_1"),
    ]
    return given_lake(tmp_path_factory.mktemp("migration") / "lake", calls)


def test_the_board_counts_customers_by_their_tokens(lake: Path, open_page: OpenPage) -> None:
    app = open_page(lake, "migration")
    # From 1 October 2026 to 31 August 2027 are 334 days.
    assert cards(app) == {
        "Weeks left": ("47", "after 1 Oct 2026"),
        "Customers on OAuth": ("2", ""),
        "Customers still to move": ("2", ""),
        "Not known": ("1", ""),
    }
    (board,) = tables(app)
    assert board.rows("title", "classic", "moving", "moved", "not_logged", "bearer_share", "oauth_log_ins") == [
        ["1234567_1", "1", "1", "1", "1", "50.0%", "1"],
        ["7654321_1", "0", "0", "1", "0", "100.0%", "0"],
    ]


def test_an_integration_shows_its_customers_those_to_move_first(lake: Path, open_page: OpenPage) -> None:
    (customers,) = tables(open_page(lake, "migration", integration="1234567_1"))
    assert customers.rows("customer", "state", "bearer_share") == [
        ["7000002", "Classic tokens", "0.0%"],
        ["7000001", "Both", "50.0%"],
        ["7000004", "Not known", "–"],
        ["7000003", "OAuth", "100.0%"],
    ]


def test_a_view_without_calls_of_profit_says_so(tmp_path: Path, open_page: OpenPage) -> None:
    calls = [call(product="sb", customer="beers/enyoi", token_form="bearer")]
    app = open_page(given_lake(tmp_path / "lake", calls), "migration")
    assert app.info[-1].value == "No call in this view is one of Profit with a valid id."
    assert not tables(app)
