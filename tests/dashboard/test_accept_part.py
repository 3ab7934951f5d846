"""The errors page shows what fails in accept and not yet in production, and which integrations nobody tried there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.analytics.given import call, given_lake
from tests.dashboard.conftest import OpenPage, tables

if TYPE_CHECKING:
    from pathlib import Path

MORNING = "2026-10-05T08:00:00Z"


def calls_of(integration: str, environment: str, *, fine: int, failed: int) -> list[dict[str, Any]]:
    asked = {"called_at": MORNING, "integration_id": integration, "environment": environment}
    return [call(**asked) for _ in range(fine)] + [call(**asked, status=500) for _ in range(failed)]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1234567_1 breaks in accept, 1234567_2 does not, and nobody tried 1234567_3 there."""
    rows = [
        *calls_of("1234567_1", "accept", fine=5, failed=15),
        *calls_of("1234567_1", "production", fine=39, failed=1),
        *calls_of("1234567_2", "accept", fine=9, failed=1),
        *calls_of("1234567_2", "production", fine=9, failed=1),
        *calls_of("1234567_3", "production", fine=3, failed=0),
    ]
    return given_lake(tmp_path_factory.mktemp("accept") / "lake", rows)


def test_what_is_surely_worse_in_accept_stands_first_with_both_rates(lake: Path, open_page: OpenPage) -> None:
    app = open_page(lake, "errors")
    assert app.warning[0].value.startswith("Accept fails more often than production for 1 of 2 pairs")
    shown = {table.title: table for table in tables(app)}
    rows = shown["Accept against production"].rows(
        "title", "connector", "accept_rate", "production_rate", "difference_range"
    )
    # 15 of 20 against 1 of 40: Newcombe's interval is 0.4829 to 0.8647
    assert rows[0] == ["1234567_1", "KnSubject", "75.0%", "2.5%", "+48.3 to +86.5"]
    assert rows[1][:4] == ["1234567_2", "KnSubject", "10.0%", "10.0%"]
    assert shown["Nobody tried these on accept"].rows("title", "calls", "last_accept_call") == [["1234567_3", "3", "–"]]
    assert [chart.proto.alt for chart in app.get("vega_lite_chart")][-1] == "Accept against production"


def test_accept_is_compared_when_production_has_no_error(tmp_path: Path, open_page: OpenPage) -> None:
    rows = calls_of("1234567_1", "accept", fine=0, failed=9) + calls_of("1234567_1", "production", fine=9, failed=0)
    app = open_page(given_lake(tmp_path / "lake", rows), "errors")
    assert app.warning[0].value.startswith("Accept fails more often than production for 1 of 1 pairs")


def test_without_calls_in_accept_nobody_is_said_to_have_tried_nothing(tmp_path: Path, open_page: OpenPage) -> None:
    app = open_page(given_lake(tmp_path / "lake", calls_of("1234567_1", "production", fine=8, failed=1)), "errors")
    assert any("The logs hold no calls with a valid id in accept" in note.value for note in app.info)
    assert "Nobody tried these on accept" not in [table.title for table in tables(app)]
