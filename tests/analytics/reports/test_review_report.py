"""The go-live review as a report: the same verdicts as the command, and nothing of other partners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from analytics.reports.errors import ReportError
from analytics.reports.kinds.review.report import ask
from analytics.reports.month import Month
from analytics.scope import Scope
from tests.analytics.given import call
from tests.analytics.reports.world import OCTOBER, SEPTEMBER, acme, at, every_day, warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from analytics.reports.kinds.review.report import ReviewReport

EVERY_DAY = every_day([*SEPTEMBER, *OCTOBER])
HR = Scope(integration="1234_1")


def report(folder: Path, calls: list[dict[str, Any]], **said: Any) -> ReviewReport:
    with warehouse(folder, [*EVERY_DAY, *calls], **said) as everything:
        return ask(everything, Month.parse("2026-10"), HR)


def test_a_report_holds_the_review_of_the_month(tmp_path: Path) -> None:
    calls = [
        acme("2026-10-05"),
        acme("2026-10-06", customer="7000002", status=401),
        acme("2026-10-07", "10:00:00", customer="7000002"),
        # An id that is not in the header, one whose only clue is the name of the program, and a call of somebody else.
        call(called_at=at("2026-10-09"), integration_id=None, body_integration_id="1234_1", user_agent="Acme/1"),
        acme("2026-10-10", user_agent="Acme/1"),
        call(called_at=at("2026-10-10"), integration_id=None, customer="7000001", user_agent="Acme/1"),
    ]
    found = report(tmp_path, calls)
    assert (found.integration, found.name, found.partner_name, found.calls) == (
        "1234_1",
        "Acme HR",
        "Acme Software",
        4,
    )
    assert [(row.part, row.verdict) for row in found.parts] == [
        ("integration", "not_shown"),
        ("onboarding", "too_few"),
        ("errors", "too_few"),
    ]
    assert [(row.basis, row.calls) for row in found.ids] == [("envelope", 1)]
    assert [(row.name, row.customer, row.state, row.hours, row.errors_before) for row in found.onboarding] == [
        ("School One", "7000001", "succeeded", 0.0, 0),
        (None, "7000002", "succeeded", 26.0, 1),
    ]
    assert [(row.status, row.customer, row.errors, row.recovered) for row in found.handling] == [
        (401, None, 1, 1),
        (401, "7000002", 1, 1),
    ]


def test_logs_without_a_place_for_the_id_are_nobodys_business(tmp_path: Path) -> None:
    unlogged = call(called_at=at("2026-10-09"), integration_id=None, id_status="not_logged", customer="7000001")
    found = report(tmp_path, [acme("2026-10-05"), unlogged])
    assert "no place for the id" not in "".join(row.why for row in found.checks)


def test_a_partner_who_asks_sees_the_same_but_for_calls_without_the_id(tmp_path: Path) -> None:
    calls = [acme("2026-10-05"), call(called_at=at("2026-10-09"), integration_id=None, body_integration_id="1234_1")]
    found = report(tmp_path, calls, viewer=Scope(partner=1234, environment="all"))
    assert found.ids == ()
    assert found.checks[0].verdict == "not_visible"


@pytest.mark.parametrize(
    ("viewer", "message"),
    [(None, "integration 1234_1 has no calls"), (Scope(partner=2345), "you may not see partner 1234 here")],
)
def test_there_is_no_report_about_who_was_never_seen_or_may_not_be(
    tmp_path: Path, viewer: Scope | None, message: str
) -> None:
    with pytest.raises(ReportError, match=message):
        report(tmp_path, [], viewer=viewer)
