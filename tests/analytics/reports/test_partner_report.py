"""The report of one partner's month: the right figures, and nobody else's."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from analytics.registry import load_registry, registry_files
from analytics.reports import every_kind, write_report
from analytics.reports.errors import ReportError
from analytics.reports.kinds.partner.report import PartnerReport, ask
from analytics.reports.model import MisplacedIdRow, Period, Totals
from analytics.reports.month import Month
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_snapshot
from tests.analytics.reports.html_page import read_page
from tests.analytics.reports.world import (
    ACME,
    NOW,
    OCTOBER,
    SEPTEMBER,
    acme,
    acme_calls,
    at,
    every_day,
    every_report,
    table,
    warehouse,
)

if TYPE_CHECKING:
    from pathlib import Path

EVERY_DAY = every_day([*SEPTEMBER, *OCTOBER])
NEVER_SEEN = (
    "partner 1234 has no calls: no call from 1 Sep 2026 to 31 Oct 2026 carries an IntegrationId that begins with 1234_; "
    "`koppelzicht metric customers_per_partner --environment all` lists the partners that have calls"
)


def report(folder: Path, calls: list[dict[str, Any]], *, named: bool = True) -> PartnerReport:
    with warehouse(folder, calls, named=named) as everything:
        return ask(everything, Month.parse("2026-10"), ACME)


@pytest.fixture(scope="module")
def acme_report(tmp_path_factory: pytest.TempPathFactory) -> PartnerReport:
    """The report of the ordinary month, as data."""
    return report(tmp_path_factory.mktemp("ordinary"), [*EVERY_DAY, *acme_calls()])


class TestFigures:
    def test_totals_of_the_month_and_of_the_one_before(self, acme_report: PartnerReport) -> None:
        found = acme_report
        # customer 7000002 had an error only, 1234 is the partner itself
        assert found.totals == Totals(customers=1, integrations=2, calls=6, errors=2, error_rate=1 / 3)
        assert found.totals_before == Totals(customers=2, integrations=1, calls=2, errors=0, error_rate=0.0)
        assert (found.partner, found.name, found.comparable) == (1234, "Acme Software", True)

    def test_integrations_stand_beside_their_previous_month(self, tmp_path: Path) -> None:
        found = report(tmp_path, [*EVERY_DAY, *acme_calls(), acme("2026-09-05", integration_id="1234_3")])
        assert [
            (row.integration, row.name, row.customers, row.calls, row.customers_before, row.calls_before)
            for row in found.integrations
        ] == [
            ("1234_1", "Acme HR", 1, 5, 2, 2),
            ("1234_2", None, 1, 1, 0, 0),
            ("1234_3", None, 0, 0, 1, 1),
        ]
        gone = found.integrations[2]
        assert (gone.partner, gone.project, gone.error_rate, gone.last_call) == (1234, 3, None, None)

    def test_days_connectors_errors_customers_and_environments(self, acme_report: PartnerReport) -> None:
        found = acme_report
        assert [(row.day.day, row.calls, row.errors, row.customers) for row in found.days if row.calls] == [
            (1, 2, 0, 1),
            (2, 2, 2, 0),
            (5, 1, 0, 0),
            (6, 1, 0, 1),
        ]
        assert len(found.days) == 31
        assert [
            (row.connector, row.operation, row.customers, row.calls, row.calls_before) for row in found.connectors
        ] == [
            ("KnSubject", "get", 1, 3, 2),
            ("Acme_Staff", "get", 0, 1, 0),
            ("KnSubject", "insert", 0, 1, 0),
            (None, "version", 1, 1, 0),
        ]
        assert [
            (row.connector, row.outcome, row.status, row.party, row.calls, row.customers) for row in found.errors
        ] == [
            ("Acme_Staff", "unauthorized", 401, "customer", 1, 1),
            ("KnSubject", "validation", 500, "partner", 1, 1),
        ]
        assert [
            (row.integration, row.customer, row.name, row.branch, row.calls, row.errors) for row in found.customers
        ] == [
            ("1234_1", "7000001", "School One", "Education", 3, 1),
            ("1234_1", "1234", None, None, 1, 0),
            ("1234_1", "7000002", None, None, 1, 1),
            ("1234_2", "7000001", "School One", "Education", 1, 0),
        ]
        assert [(row.environment, row.customers, row.calls, row.errors) for row in found.environments] == [
            ("production", 1, 6, 2),
            ("accept", 0, 1, 1),
        ]

    def test_an_id_that_was_replaced_counts_for_the_new_one(self, tmp_path: Path) -> None:
        calls = [*EVERY_DAY, acme("2026-10-01", integration_id="9999999_5"), acme("2026-10-02")]
        (tmp_path / "replaced.csv").write_text("integration,replaces\n1234_1,9999999_5\n", encoding="utf-8")
        load_registry(tmp_path / "lake", [tmp_path / "replaced.csv"], now=NOW)
        with Warehouse.over(given_snapshot(tmp_path, calls), registry_files(tmp_path / "lake")) as everything:
            found = ask(everything, Month.parse("2026-10"), ACME)
        assert [(row.integration, row.calls) for row in found.integrations] == [("1234_1", 2)]


class TestCoverage:
    def test_days_without_any_call_of_anybody_are_missing(self, tmp_path: Path) -> None:
        days = [day for day in [*SEPTEMBER, *OCTOBER] if day not in {dt.date(2026, 10, 12), dt.date(2026, 10, 31)}]
        found = report(tmp_path, [*every_day(days), *acme_calls()])
        assert found.period == Period(
            month="2026-10",
            since=dt.date(2026, 10, 1),
            until=dt.date(2026, 11, 1),
            days=31,
            missing_days=(dt.date(2026, 10, 12), dt.date(2026, 10, 31)),
            thin_days=(),
        )
        assert (found.period.days_covered, found.previous.complete, found.comparable) == (29, True, False)
        # the 12th lies between logged days, and is called on otherwise; on the 31st the lake ends
        assert [(row.day.day, row.calls, row.logs) for row in found.days if row.logs == "missing"] == [
            (12, 0, "missing"),
            (31, None, "missing"),
        ]

    def test_a_day_on_which_nobody_ever_calls_is_no_gap(self, tmp_path: Path) -> None:
        office = [day for day in [*SEPTEMBER, *OCTOBER] if day.weekday() < 5]
        found = report(tmp_path, [*every_day(office), *acme_calls()])
        # 31 October is a Saturday, and behind the last call of the lake
        assert (found.period.missing_days, found.period.thin_days) == ((dt.date(2026, 10, 31),), ())
        assert found.previous.complete
        gap = [day for day in office if day not in {dt.date(2026, 10, 8), dt.date(2026, 10, 9)}]
        (tmp_path / "gap").mkdir()
        found = report(tmp_path / "gap", [*every_day(gap), *acme_calls()])
        assert [day.day for day in found.period.missing_days] == [8, 9, 31]

    def test_a_day_that_a_busy_log_source_misses_is_thin(self, tmp_path: Path) -> None:
        """By completeness: one silent day of a log of a call a day is no surprise, and of one of twelve it is."""
        proxy = [day for day in [*SEPTEMBER, *OCTOBER] if day != dt.date(2026, 10, 20)]
        weekly = [day for day in [*SEPTEMBER, *OCTOBER] if day.weekday() == 0]
        few = [day for day in [*SEPTEMBER, *OCTOBER] if day != dt.date(2026, 10, 15)]
        calls = [
            *EVERY_DAY,
            *every_day(proxy * 12, stream="proxy", integration_id="1234_1"),
            *every_day(weekly, stream="weekly"),
            *every_day(few, stream="few", integration_id="1234_1"),
            *acme_calls(),
        ]
        found = report(tmp_path, calls)
        assert found.period.thin_days == (dt.date(2026, 10, 20),)
        assert [row.day.day for row in found.days if row.logs == "thin"] == [20]
        assert found.period.complete

    def test_a_month_after_nothing_has_nothing_to_compare_with(self, tmp_path: Path) -> None:
        found = report(tmp_path, [*every_day(OCTOBER), acme("2026-10-01")])
        assert found.totals_before is None
        assert [(row.customers_before, row.calls_before, row.error_rate_before) for row in found.integrations] == [
            (None, None, None)
        ]

    def test_a_day_without_calls_of_the_partner_is_no_gap(self, acme_report: PartnerReport) -> None:
        assert acme_report.period.complete
        assert [(row.day.day, row.calls, row.logs) for row in acme_report.days][:3] == [
            (1, 2, "complete"),
            (2, 2, "complete"),
            (3, 0, "complete"),
        ]


class TestMisplacedIds:
    CALLS: ClassVar[list[dict[str, Any]]] = [
        {"integration_id": None, "body_integration_id": "1234_1", "customer": "7000005"},
        {"integration_id": None, "body_integration_id": "1234_1", "customer": "7000006"},
        {"integration_id": None, "body_integration_id": "2345_7", "customer": "8000009"},
        {"integration_id": "1234-1", "id_defect": "wrong_separator", "customer": "7000005"},
        {"integration_id": "1234_1, 2345_7", "id_defect": "repeated", "customer": "7000005"},
        {"integration_id": "12349", "id_defect": "no_separator", "customer": "8000009"},
        {"integration_id": "12341-7", "id_defect": "wrong_separator", "customer": "8000009"},
        {"integration_id": "12345-1", "id_defect": "wrong_separator", "customer": "8000009"},
        {"integration_id": "2345-1234", "id_defect": "wrong_separator", "customer": "8000009"},
        {"integration_id": None, "customer": "8000009"},
        {"integration_id": None, "id_status": "not_logged", "body_integration_id": "1234_1", "customer": "8000009"},
    ]

    def calls(self) -> list[dict[str, Any]]:
        said = [call(called_at=at("2026-10-09", f"08:00:0{place}"), **row) for place, row in enumerate(self.CALLS)]
        return [*EVERY_DAY, *acme_calls(), *said]

    def test_calls_that_name_the_partner_elsewhere_are_shown_and_not_counted(self, tmp_path: Path) -> None:
        found = report(tmp_path, self.calls())
        assert found.totals.calls == 6
        second = dt.datetime(2026, 10, 9, 8, tzinfo=dt.UTC)
        assert found.misplaced_ids == (
            MisplacedIdRow(
                found="soap_envelope",
                id_defect=None,
                sent="1234_1",
                calls=2,
                customers=2,
                first_call=second,
                last_call=second + dt.timedelta(seconds=1),
            ),
            MisplacedIdRow(
                found="malformed",
                id_defect="repeated",
                sent=None,  # it holds the number of somebody else
                calls=1,
                customers=1,
                first_call=second + dt.timedelta(seconds=4),
                last_call=second + dt.timedelta(seconds=4),
            ),
            MisplacedIdRow(
                found="malformed",
                id_defect="wrong_separator",
                sent="1234-1",
                calls=1,
                customers=1,
                first_call=second + dt.timedelta(seconds=3),
                last_call=second + dt.timedelta(seconds=3),
            ),
        )

    @pytest.mark.parametrize(
        ("sent", "defect", "shown"),
        [
            ("1234 1", "white_space", "1234 1"),
            ("01234_1", "leading_zero", "01234_1"),
            ("12341", "no_separator", "12341"),  # 1234_1 without its underscore
            ("1234_1, 1234_1", "repeated", "1234_1, 1234_1"),
            ("1234_1_7000001", "too_many_parts", None),
        ],
    )
    def test_a_malformed_id_is_known_by_its_first_number_or_all_its_digits(
        self, tmp_path: Path, sent: str, defect: str, shown: str | None
    ) -> None:
        malformed = call(called_at=at("2026-10-09"), integration_id=sent, id_defect=defect)
        found = report(tmp_path, [*EVERY_DAY, acme("2026-10-01"), malformed])
        assert [(row.id_defect, row.sent, row.calls) for row in found.misplaced_ids or ()] == [(defect, shown, 1)]

    def test_a_partner_who_asks_cannot_see_calls_without_a_valid_id(self, tmp_path: Path) -> None:
        viewer = Scope(partner=1234, environment="all")
        with warehouse(tmp_path, self.calls(), viewer=viewer) as own:
            found = ask(own, Month.parse("2026-10"), ACME)
            files = write_report(own, "partner", "2026-10", tmp_path / "out", about=ACME)
        assert found.misplaced_ids is None
        assert "This report was made without access to calls without a valid id." in read_page(files[0]).text


class TestNobodyElse:
    def test_no_file_holds_anything_of_another_partner(self, tmp_path: Path) -> None:
        calls = [*EVERY_DAY, *TestMisplacedIds().calls()]
        with warehouse(tmp_path, calls) as everything:
            reports = every_report(everything, tmp_path / "out")
        for_partners = [name for name, kind in every_kind().items() if kind.about in {"partner", "integration"}]
        written = "".join(path.read_text(encoding="utf-8") for name in for_partners for path in reports[name])
        assert "Acme HR" in written
        for foreign in ("2345", "Other", "8000001", "8000009", "Care"):
            assert foreign not in written

    def test_a_viewer_gets_no_report_of_another_partner(self, tmp_path: Path) -> None:
        viewer = Scope(partner=2345, environment="all")
        with (
            warehouse(tmp_path, [*EVERY_DAY, *acme_calls()], viewer=viewer) as other,
            pytest.raises(ReportError, match="you may not see partner 1234 here"),
        ):
            write_report(other, "partner", "2026-10", tmp_path / "out", about=ACME)
        assert not (tmp_path / "out").exists()


class TestRefusals:
    @pytest.mark.parametrize(
        ("calls", "partner", "month", "message"),
        [
            (EVERY_DAY, 1234, "2026-13", "'2026-13' is not a month; expected year and month, like 2026-10"),
            (
                EVERY_DAY,
                1234,
                "2026-10",
                NEVER_SEEN,
            ),
            (
                EVERY_DAY,
                2345,
                "2026-12",
                "no logs of 2026-12 are loaded; the lake's days are 1 Sep 2026 to 31 Oct 2026",
            ),
            ([], 2345, "2026-10", "the lake holds no calls yet; load logs with `koppelzicht ingest`"),
        ],
    )
    def test_what_cannot_be_reported_is_said(
        self, tmp_path: Path, calls: list[dict[str, Any]], partner: int, month: str, message: str
    ) -> None:
        with warehouse(tmp_path, calls) as everything, pytest.raises(ReportError) as caught:
            write_report(everything, "partner", month, tmp_path / "out", about=Scope(partner=partner))
        assert str(caught.value) == message
        assert not (tmp_path / "out").exists()

    def test_a_partner_who_made_no_call_this_month_gets_a_report_of_nothing(self, tmp_path: Path) -> None:
        with warehouse(tmp_path, [*EVERY_DAY, acme("2026-09-05", environment="test")]) as everything:
            files = write_report(everything, "partner", "2026-10", tmp_path / "out", about=ACME)
        summary = {row["measure"]: row["value"] for row in table(files[1])}
        assert (summary["calls"], summary["customers"], summary["error_rate"]) == ("0", "0", "")
        assert "Calls 0" in " ".join(read_page(files[0]).text.split())

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("in the way", encoding="utf-8")
        with (
            warehouse(tmp_path, [*EVERY_DAY, *acme_calls()]) as everything,
            pytest.raises(ReportError, match="out: the report cannot be written there: "),
        ):
            write_report(everything, "partner", "2026-10", tmp_path / "out", about=ACME)
