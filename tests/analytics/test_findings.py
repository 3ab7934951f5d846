"""Findings: what needs somebody, worked by hand; what was acknowledged comes last."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from analytics.findings.finding import COLUMNS, Finding, finding_id, frame
from analytics.findings.findings import findings, in_order
from analytics.findings.of_incidents import severity_of
from analytics.incidents.incident import Incident
from analytics.incidents.tree import PLATFORM, Node
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest import Acknowledged, acknowledge
from tests.analytics.given import call, given_lake

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from analytics.findings.finding import Severity

OCTOBER = Scope(since="2026-10-01", until="2026-11-01")
TODAY = dt.date(2026, 11, 2)


def daily(days: range, count: int, month: int = 10, **said: Any) -> list[dict[str, Any]]:
    """This number of calls on each of these days of a month."""
    return [call(called_at=f"2026-{month:02}-{day:02}T08:00:00Z", **said) for day in days for _ in range(count)]


def found_in(
    folder: Path, calls: Sequence[dict[str, Any]], scope: Scope = OCTOBER, today: dt.date = TODAY
) -> list[Finding]:
    with Warehouse.open(given_lake(folder / "lake", calls)) as warehouse:
        return findings(warehouse, scope, today=today)


def test_ids_that_are_none_are_findings(tmp_path: Path) -> None:
    # 40 calls in all: 36 good ones, one without an id, one malformed, two that copied the documentation's example.
    calls = [
        *daily(range(31, 32), 36),
        *daily(range(31, 32), 1, integration_id=None),
        *daily(range(31, 32), 1, integration_id="1", id_defect="too_short"),
        *daily(range(31, 32), 2, integration_id="12345_678900"),
    ]
    assert [(one.kind, one.severity, one.subject, one.why) for one in found_in(tmp_path, calls)] == [
        ("example_id", "medium", "12345_678900", "Seen in 2 calls to 1 customer. They count for nobody."),
        ("unidentified", "low", "malformed", "2.5% of the calls whose log records the id: 1 call to 1 customer."),
        ("unidentified", "low", "missing", "2.5% of the calls whose log records the id: 1 call to 1 customer."),
    ]


def test_what_a_log_could_not_have_held_is_a_finding_about_the_log(tmp_path: Path) -> None:
    # 20 calls whose log holds the header, one of them without; and five of which nobody knows.
    calls = [
        *daily(range(31, 32), 19),
        *daily(range(31, 32), 1, integration_id=None),
        *daily(range(31, 32), 5, integration_id=None, id_status="not_logged"),
    ]
    assert [(one.kind, one.severity, one.why) for one in found_in(tmp_path, calls)] == [
        ("unidentified", "medium", "5.0% of the calls whose log records the id: 1 call to 1 customer."),
        (
            "not_logged",
            "medium",
            "They hold 20.0% of all calls: 5 calls to 1 customer. Nobody knows who made these.",
        ),
    ]


def test_an_id_in_the_envelope_is_its_integrations(tmp_path: Path) -> None:
    calls = [
        *daily(range(31, 32), 5),
        *daily(range(31, 32), 2, integration_id=None, body_integration_id="1234567_1"),
        *daily(range(31, 32), 3, integration_id="1234567-1", id_defect="wrong_separator"),
    ]
    (one,) = [one for one in found_in(tmp_path, calls) if one.kind == "ids_wrong"]
    assert (one.subject, one.severity, one.party, one.link) == (
        "1234567_1", "low", "partner", "certification?integration=1234567_1",
    )  # fmt: skip
    assert one.why == (
        "In the last 30 days: 3 calls with 1234567-1: another separator than an underscore; "
        "2 calls with the id in the SOAP envelope instead of the HTTP header. Such calls do not count for it."
    )


@pytest.mark.parametrize("since", ["2026-10-30", "2026-10-02", "2026-08-01", None])
def test_lost_customers_are_a_finding_whatever_the_period(tmp_path: Path, since: str | None) -> None:
    # _1 had four customers in September and has two left; _2 had four and has three.
    calls = [
        *(row for at in range(4) for row in daily(range(1, 31), 1, 9, customer=f"700000{at}")),
        *(row for at in range(2) for row in daily(range(1, 32), 1, customer=f"700000{at}")),
        *(row for at in range(4) for row in daily(range(1, 31), 1, 9, customer=f"700000{at}", integration_id="1234567_2")),
        *(row for at in range(3) for row in daily(range(1, 32), 1, customer=f"700000{at}", integration_id="1234567_2")),
    ]  # fmt: skip
    found = found_in(tmp_path, calls, Scope(since=since, until="2026-11-01"))
    assert [(one.subject, one.severity, one.why) for one in found if one.kind == "customers_down"] == [
        ("1234567_1", "medium", "2 customers in the last 30 days, 4 customers in the 30 days before.")
    ]


def test_a_quiet_lake_has_no_findings(tmp_path: Path) -> None:
    assert found_in(tmp_path, [*daily(range(1, 31), 2, 9), *daily(range(1, 32), 2)]) == []


def test_a_customer_whose_every_call_fails_is_told_also_if_it_calls_once_a_day(tmp_path: Path) -> None:
    calls = [
        *daily(range(1, 32), 3, customer="7000001"),
        *daily(range(15, 20), 1, customer="7000002"),
        *daily(range(20, 31), 1, customer="7000002", status=401),
        *daily(range(22, 31), 1, customer="7000003", status=401),  # nine
        *daily(range(15, 31), 1, customer="7000004", status=500),
        *daily(range(31, 32), 1, customer="7000004"),  # works again
    ]
    late = found_in(tmp_path / "late", calls, Scope(since="2026-10-28", until="2026-11-01"))
    assert [(one.subject, one.since) for one in late if one.kind == "customer_failing"] == [
        ("1234567_1 at 7000002", dt.datetime(2026, 10, 20, 8, tzinfo=dt.UTC))
    ]
    assert [(one.kind, one.severity, one.subject, one.party, one.why) for one in found_in(tmp_path, calls)] == [
        (
            "customer_failing", "medium", "1234567_1 at 7000002", "customer",
            "11 calls failed since the last one that succeeded, on 19 Oct 2026, 10:00: mostly a token that is not valid or has no rights (401).",
        )
    ]  # fmt: skip


def test_a_part_of_an_integrations_calls_says_nothing_of_its_customers_and_ids(tmp_path: Path) -> None:
    calls = [
        *daily(range(31, 32), 5),
        *daily(range(31, 32), 3, integration_id="1234567-1", id_defect="wrong_separator"),
    ]
    found = found_in(tmp_path, calls, OCTOBER.replace(connector="KnSubject"))
    assert {one.kind for one in found} <= {"unidentified"}


class TestAcknowledged:
    def lake(self, folder: Path) -> Path:
        calls = [*daily(range(31, 32), 36), *daily(range(31, 32), 2, integration_id="12345_678900")]
        return given_lake(folder / "lake", [*calls, *daily(range(31, 32), 1, integration_id=None)])

    def test_what_is_known_comes_last_until_its_day_is_over(self, tmp_path: Path) -> None:
        lake = self.lake(tmp_path)
        example = finding_id("example_id", "12345_678900")
        acknowledge(lake, Acknowledged(finding=example, until=TODAY, note="Old manual"))
        for today, expected in (
            (TODAY, [("unidentified", None, None), ("example_id", TODAY, "Old manual")]),
            (TODAY + dt.timedelta(days=1), [("example_id", None, None), ("unidentified", None, None)]),
        ):
            with Warehouse.open(lake) as warehouse:
                found = findings(warehouse, OCTOBER, today=today)
            assert [(one.kind, one.acknowledged_until, one.note) for one in found] == expected

    def test_a_partner_reads_no_note_of_those_who_run_the_platform(self, tmp_path: Path) -> None:
        lake = self.lake(tmp_path)
        acknowledge(
            lake, Acknowledged(finding=finding_id("example_id", "12345_678900"), until=TODAY, note="Old manual")
        )
        with Warehouse.open(lake, viewer=Scope(partner=12345)) as warehouse:
            found = findings(warehouse, OCTOBER, today=TODAY)
        assert [(one.kind, one.note) for one in found] == [("example_id", None)]


def incident(**said: Any) -> Incident:
    at = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    given: dict[str, Any] = {
        "id": "0123456789", "kind": "error_spike", "integration": "1234_1", "customer": None, "connector": None,
        "started_at": at, "ended_at": None, "calls": 100, "errors": 10, "error_rate": 0.1, "baseline_rate": 0.01,
        "customers_affected": 1, "party": "partner", "confidence": 0.9, "contact": None, "why": "w", "opened_at": at,
        "score": 9.0, "error_class": "content", "integrations": {}, "customers": {}, "connectors": {},
        "node": Node("1234_1"),
    }  # fmt: skip
    return Incident(**{**given, **said})


OVER = {"ended_at": dt.datetime(2026, 10, 2, tzinfo=dt.UTC)}


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ({}, "medium"),
        ({"error_rate": 0.25}, "high"),
        ({"customers_affected": 5}, "high"),
        (OVER, "low"),
        ({**OVER, "customers_affected": 5}, "medium"),
        ({**OVER, "errors": 50, "error_rate": 0.25}, "medium"),
        ({**OVER, "errors": 49, "error_rate": 0.25}, "low"),
        ({**OVER, "kind": "platform_outage", "customers_affected": 9, "node": PLATFORM}, "medium"),
        ({"kind": "silence", "errors": None, "error_rate": None, "customers_affected": 5}, "high"),
        ({"kind": "silence", "errors": None, "error_rate": None}, "medium"),
        ({"kind": "silence", "errors": None, "error_rate": None, "customer": "5678"}, "low"),
        ({**OVER, "kind": "silence", "errors": None, "error_rate": None, "customers_affected": 5}, "low"),
        ({"kind": "early_warning", "error_rate": 0.9, "customers_affected": 9}, "medium"),
        ({**OVER, "kind": "early_warning"}, "low"),
    ],
)
def test_what_lasts_and_what_many_have_is_more_severe(said: dict[str, Any], severity: Severity) -> None:
    assert severity_of(incident(**said)) == severity


def test_the_rows_have_the_columns_of_the_contract() -> None:
    assert COLUMNS[:12] == (
        "id", "kind", "severity", "subject", "since", "until", "what", "why", "who", "what_to_do", "link",
        "acknowledged_until",
    )  # fmt: skip
    assert frame([]).columns == list(COLUMNS)


def test_the_worst_comes_first() -> None:
    def one(severity: Severity, subject: str, known: dt.date | None = None) -> Finding:
        return Finding(
            id=subject, kind="silence", severity=severity, subject=subject, since=None, until=None, what="", why="",
            who="", what_to_do="", link="", party="unsure", acknowledged_until=known,
        )  # fmt: skip

    mixed = [one("low", "a"), one("high", "b", TODAY), one("medium", "c"), one("high", "d")]
    assert [found.subject for found in in_order(mixed)] == ["d", "c", "a", "b"]
