"""Retention changes no verdict: if the texts of rejected lines are removed by age, every question has the same answer as before."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from analytics.certification.certification import certification
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest import maintain
from tests.analytics.given import NOW
from tests.analytics.lost_calls import EIGHT, IT, OTHER, SIX, daily, day, lake_of, others
from tests.analytics.test_coverage_rejected_lines import rejected
from tests.ingest.lakes import broken, texts

METRICS = ("completeness", "certification", "customers_per_month", "customers_per_integration")
LOGGED = [*daily(SIX[:4], IT, 0, 100), *others(100)]

WORLDS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "the integration's own lines": (
        [*daily(SIX, IT, 0, 60), *daily(EIGHT, OTHER, 0, 100)],
        rejected(12, 60, 95, integration=IT),
    ),
    "lines that carry its id, one customer of which is not seen otherwise": (
        LOGGED,
        rejected(5, 90, 100, integration=IT, customer=SIX[4], environment="production", reason="bad_status"),
    ),
    "damaged lines that name a customer and no integration": (
        LOGGED,
        rejected(5, 90, 100, reason="not_a_record", customer=SIX[4], environment="production"),
    ),
    "days of which nearly all lines name nobody": (
        LOGGED,
        rejected(40, 70, 90, reason="bad_url"),
    ),
    "a log of which no line can be read": (
        LOGGED,
        rejected(20, 70, 100, stream="unread", reason="no_customer"),
    ),
    "lines whose time cannot be read": (
        LOGGED,
        [
            row | {"called_at": None, "line_number": number}
            for number, row in enumerate(rejected(200, 80, 100, reason="bad_url"), 1)
        ],
    ),
}


def _answers(lake: Path) -> list[Any]:
    """What the lake says now and said of the months before."""
    with Warehouse.open(lake) as warehouse:
        months = [Scope(), *(Scope(until=day(number)) for number in (64, 94))]
        verdicts = [certification(warehouse, scope).rows.rows(named=True) for scope in months]
        return [verdicts, *(warehouse.metric(name).rows() for name in METRICS)]


@pytest.mark.parametrize("name", WORLDS)
def test_every_question_is_answered_as_before_when_texts_are_removed(name: str, tmp_path: Path) -> None:
    calls, rejects = WORLDS[name]
    text = {"sample": '{"status": 7}', "detail": "status 7, expected 100 to 599"}
    numbered = [row | text | {"line_number": number} for number, row in enumerate(rejects, 10_001)]
    lake = lake_of(tmp_path, calls, numbered)
    without = lake_of(tmp_path / "without", calls)
    before, said = _answers(lake), broken(lake)
    # What the rejected lines do is seen here, so an answer without them is another one.
    assert before != _answers(without)

    assert {found[1:] for found in texts(lake)} == {(True, True)}

    report = maintain(lake, now=NOW, keep_rejects=1, as_of=dt.date(2027, 6, 1))

    assert (report.texts_removed, report.rejects_removed) == (len(rejects), 0)
    assert {found[1:] for found in texts(lake)} == {(False, False)}
    assert _answers(lake) == before
    assert broken(lake) == said
