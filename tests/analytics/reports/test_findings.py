"""The findings of a month: each rule at its threshold, worked by hand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from analytics.reports import findings
from analytics.reports.kinds.month.report import ask
from analytics.reports.model import ConnectorRow, ErrorRow, Finding, IntegrationDayRow, IntegrationRow, MisplacedIdRow
from analytics.reports.month import Month
from analytics.scope import Scope
from tests.analytics.given import call
from tests.analytics.reports.world import OCTOBER, SEPTEMBER, acme, at, every_day, warehouse

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.call import Party


def integration(**said: Any) -> IntegrationRow:
    return IntegrationRow.model_validate(
        {
            "integration": "1234_1",
            "partner": 1234,
            "project": 1,
            "name": "Acme HR",
            "customers": 3,
            "calls": 1000,
            "errors": 10,
            "error_rate": 0.01,
            "first_call": None,
            "last_call": None,
            "customers_before": 3,
            "calls_before": 900,
            "error_rate_before": 0.01,
        }
        | said
    )


def course(rates: dict[int, tuple[int, int]]) -> list[IntegrationDayRow]:
    """Ten days of 100 calls with one error each, and other calls and errors on the days said."""
    days = dict.fromkeys(range(1, 11), (100, 1)) | rates
    return [
        IntegrationDayRow(
            integration="1234_1",
            day=dt.date(2026, 10, day),
            customers=1,
            calls=calls,
            errors=errors,
            error_rate=errors / calls,
        )
        for day, (calls, errors) in sorted(days.items())
    ]


ERRORS = [
    ErrorRow(
        integration="1234_1",
        connector=None,
        outcome="validation",
        status=500,
        party=party,
        calls=calls,
        customers=1,
    )
    for party, calls in (("partner", 4), ("customer", 9), ("partner", 6))
]


class TestErrorDays:
    def test_days_of_many_more_errors_than_usual_are_named_together(self) -> None:
        found = list(findings.error_days(course({4: (100, 30), 5: (100, 40), 9: (100, 20)}), [integration()], ERRORS))
        assert found == [
            Finding(
                severity="high",  # 90 of 300 calls
                kind="error_days",
                subject="1234_1",
                party="partner",
                finding="Acme HR (1234_1): 30.0% of the calls failed on 4 to 5 Oct, 9 Oct; usually 1.0%.",
                advice="Check what was released or changed on those days.",
            )
        ]

    @pytest.mark.parametrize(
        ("day", "stands_out"),
        [
            ((200, 10), True),  # 5 %, ten errors
            ((201, 10), False),  # under 5 %
            ((18, 9), False),  # too few errors
        ],
    )
    def test_a_day_stands_out_from_five_percent_and_ten_errors_on(
        self, day: tuple[int, int], *, stands_out: bool
    ) -> None:
        assert bool(list(findings.error_days(course({4: day}), [integration()], []))) is stands_out

    def test_an_integration_that_always_fails_has_no_days_that_stand_out(self) -> None:
        always = course(dict.fromkeys(range(1, 11), (100, 30)))
        assert list(findings.error_days(always, [integration()], [])) == []

    def test_a_day_that_was_bad_for_everybody_is_not_held_against_one(self) -> None:
        bad = course({4: (100, 30)})
        assert list(findings.error_days(bad, [integration()], [], known=[dt.date(2026, 10, 4)])) == []


class TestFromAttention:
    ROW: ClassVar[dict[str, Any]] = {
        "severity": "medium",
        "subject": "1234_1",
        "name": "Acme HR",
        "calls": 50,
        "customers": 2,
    }

    @pytest.mark.parametrize(
        ("kind", "now", "before", "party", "text"),
        [
            (
                "error_rate_up",
                0.2,
                0.01,
                "partner",
                "Acme HR (1234_1): 20.0% of the calls failed; 1.0% in the 30 days before.",
            ),
            (
                "gone_silent",
                7.0,
                1.4,
                None,
                "Acme HR (1234_1): no calls in the last 7 days of the logs; usually there are calls every 1.4 days.",
            ),
            ("customers_down", 2.0, 5.0, None, "Acme HR (1234_1): 2 customers; 5 customers in the 30 days before."),
            (
                "id_in_envelope",
                None,
                None,
                None,
                "1234_1: the id is in the SOAP envelope instead of the HTTP header, 50 calls to 2 customers.",
            ),
        ],
    )
    def test_a_finding_of_the_warehouse_is_told_in_words(
        self, kind: str, now: float | None, before: float | None, party: Party | None, text: str
    ) -> None:
        row = self.ROW | {"kind": kind, "now": now, "before": before}
        (found,) = findings.from_attention([row], ERRORS)
        assert (found.finding, found.party, found.kind) == (text, party, kind)

    def test_what_is_low_or_was_told_already_is_left_out(self) -> None:
        rows = [
            self.ROW | {"kind": "unidentified", "severity": "low", "now": 0.01, "before": None},
            self.ROW | {"kind": "error_rate_up", "now": 0.2, "before": 0.01},
        ]
        assert list(findings.from_attention(rows, [], told=["1234_1"])) == []


def test_accept_stands_out_when_it_fails_more_often_than_production() -> None:
    (found,) = findings.accept_errors({"1234_1": (20, 0.05)}, [integration(error_rate=0.025)])
    assert found.finding == "Acme HR (1234_1): 5.0% of the calls fail in the accept environment; 2.5% in production."
    assert list(findings.accept_errors({"1234_1": (20, 0.05)}, [integration(error_rate=0.026)])) == []
    assert list(findings.accept_errors({"1234_1": (19, 0.5)}, [integration()])) == []


def test_supplied_connectors_are_counted_and_the_first_few_named() -> None:
    def connector(name: str | None, integrations: int = 1) -> ConnectorRow:
        return ConnectorRow(
            product="profit",
            protocol="rest",
            connector=name,
            operation="get",
            integrations=integrations,
            customers=1,
            calls=1,
            errors=0,
            error_rate=0.0,
            calls_before=None,
        )

    names = [f"Profit_{letter}" for letter in "GFEDCBA"]
    rows = [*map(connector, names), connector("Acme_Profit_X"), connector(None), connector("Profit_Z", integrations=0)]
    (found,) = findings.supplied_connectors(rows)
    assert found.finding == (
        "7 supplied GetConnectors in use: Profit_A, Profit_B, Profit_C, Profit_D, Profit_E and 2 more."
    )
    assert found.subject == "Profit_A, Profit_B, Profit_C, Profit_D, Profit_E, Profit_F, Profit_G"
    assert list(findings.supplied_connectors([connector("Acme_Staff")])) == []


def test_misplaced_ids_say_what_is_wrong_with_them() -> None:
    moment = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
    given = {"sent": "1234_1", "calls": 1, "customers": 1, "first_call": moment, "last_call": moment}
    rows = [
        MisplacedIdRow.model_validate(given | {"found": "soap_envelope", "id_defect": None}),
        MisplacedIdRow.model_validate(given | {"found": "malformed", "id_defect": "wrong_separator", "calls": 1200}),
    ]
    assert [found.finding for found in findings.misplaced_ids(rows)] == [
        "1 call to 1 customer: the id is in the SOAP envelope instead of the HTTP header.",
        "1,200 calls to 1 customer: the id is malformed (another separator than an underscore).",
    ]


def test_findings_stand_worst_first() -> None:
    def finding(severity: str, subject: str) -> Finding:
        return Finding.model_validate(
            {"severity": severity, "kind": "k", "subject": subject, "party": None, "finding": "f", "advice": "a"}
        )

    mixed = [finding("low", "a"), finding("high", "b"), finding("medium", "c"), finding("high", "d")]
    assert [found.subject for found in findings.in_order(mixed)] == ["b", "d", "c", "a"]


class TestFailingCustomers:
    def failing(self, folder: Path, calls: list[dict[str, Any]]) -> list[tuple[object, ...]]:
        with warehouse(folder, [*every_day([*SEPTEMBER, *OCTOBER]), *calls]) as everything:
            report = ask(everything, Month.parse("2026-10"), Scope())
        return [
            (
                row.integration,
                row.customer,
                row.name,
                row.outcome,
                row.party,
                row.calls,
                row.failing_since,
                row.last_success,
            )
            for row in report.failing
        ]

    def test_a_customer_whose_calls_all_fail_since_a_success(self, tmp_path: Path) -> None:
        calls = [
            acme("2026-10-03", "07:00:00", status=500),  # before the last success: does not count
            acme("2026-10-04", "07:00:00"),
            *(acme(f"2026-10-{day:02}", status=401) for day in range(10, 19)),
            acme("2026-10-19", status=500),
        ]
        assert self.failing(tmp_path, calls) == [
            (
                "1234_1",
                "7000001",
                "School One",
                "unauthorized",
                "customer",
                10,
                dt.datetime(2026, 10, 10, 8, tzinfo=dt.UTC),
                dt.datetime(2026, 10, 4, 7, tzinfo=dt.UTC),
            )
        ]

    def test_few_failures_or_one_bad_hour_or_the_own_environment_do_not_count(self, tmp_path: Path) -> None:
        nine = [acme(f"2026-10-{day:02}", status=401, customer="7000002") for day in range(10, 19)]
        hour = [acme("2026-10-20", f"08:{minute}:00", status=503, customer="7000003") for minute in range(10, 30)]
        own = [acme(f"2026-10-{day:02}", status=401, customer="1234") for day in range(1, 31)]
        works_again = [acme(f"2026-10-{day:02}", status=401, customer="7000004") for day in range(1, 20)]
        calls = [*nine, *hour, *own, *works_again, acme("2026-10-21", customer="7000004")]
        assert self.failing(tmp_path, calls) == []

    def test_one_who_never_succeeded_has_no_last_success(self, tmp_path: Path) -> None:
        calls = [
            call(called_at=at(f"2026-10-{day:02}"), customer="7000009", integration_id="1234_1", status=403)
            for day in range(1, 11)
        ]
        assert [row[1:4] + row[-1:] for row in self.failing(tmp_path, calls)] == [("7000009", None, "forbidden", None)]
