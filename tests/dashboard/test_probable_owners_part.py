"""Data quality shows who probably sends calls without an id, apart from all that is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.analytics.given import call, given_lake
from tests.dashboard.conftest import OpenPage, tables

if TYPE_CHECKING:
    from pathlib import Path


def test_probable_owners_stand_apart_with_confidence_and_evidence(tmp_path: Path, open_page: OpenPage) -> None:
    acme = {"user_agent": "AcmeSync/2.1", "connector": "Acme_Employees"}
    rows = [
        call(called_at="2026-10-01T08:00:00Z", customer="7000001", integration_id="1234567_1", **acme),
        call(called_at="2026-10-02T08:00:00Z", customer="7000002", integration_id=None, **acme),
        call(called_at="2026-10-02T09:00:00Z", customer="7000002", integration_id=None, user_agent="curl/8.9.1"),
    ]
    app = open_page(given_lake(tmp_path / "lake", rows), "data_quality")
    (table,) = [one for one in tables(app) if one.title == "Who probably sends them"]
    assert table.rows("title", "probable_confidence", "calls", "customer", "user_agent") == [
        ["1234567_1", "99.0%", "1", "7000002", "AcmeSync/2.1"]
    ]
    assert table.column("probable_why")[0].startswith(
        "only its partner uses this prefix; only its partner uses this program"
    )
    told = "Of 2 calls without an id, 1 probably belong to 1 integration (confidence 50% or more), and 0 to an aggregator. Of 1, nobody is known."
    assert told in [text.value for text in app.markdown]
    assert next(metric.value for metric in app.metric if metric.label == "Identified calls") == "33.3%"
