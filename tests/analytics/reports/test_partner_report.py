"""The report of one partner's month: the right figures, and nobody else's."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from analytics.registry import load_registry, registry_files
from analytics.reports import write_partner_report
from analytics.reports.errors import ReportError
from analytics.reports.model import MisplacedIdRow, PartnerReport, Period, Totals
from analytics.reports.month import Month
from analytics.reports.partner_report import partner_report
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import call, given_snapshot
from tests.analytics.reports.html_page import read_page
from tests.analytics.reports.world import NOW, OCTOBER, SEPTEMBER, acme, acme_calls, at, every_day, table, warehouse

if TYPE_CHECKING:
    from pathlib import Path

EVERY_DAY = every_day([*SEPTEMBER, *OCTOBER])
NEVER_SEEN = (
    "partner 1234 has no calls: no call from 1 Sep 2026 to 31 Oct 2026 carries an IntegrationId that begins with 1234_; "
    "`koppelzicht metric customers_per_partner --environment all` lists the partners that have calls"
)


def report(folder: Path, calls: list[dict[str, Any]], *, named: bool = True) -> PartnerReport:
    with warehouse(folder, calls, named=named) as everything:
        return partner_report(everything, 1234, Month.parse("2026-10"))


@pytest.fixture(scope="module")
def acme_report(tmp_path_factory: pytest.TempPathFactory) -> PartnerReport:
    """The report of the ordinary month, as data."""
    return report(tmp_path_factory.mktemp("ordinary"), [*EVERY_DAY, *acme_calls()])


@pytest.fixture(scope="module")
def acme_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files of the ordinary month's report."""
    folder = tmp_path_factory.mktemp("ordinary")
    with warehouse(folder, [*EVERY_DAY, *acme_calls()]) as everything:
        return write_partner_report(everything, 1234, "2026-10", folder / "new" / "out")


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
            found = partner_report(everything, 1234, Month.parse("2026-10"))
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
            found = partner_report(own, 1234, Month.parse("2026-10"))
            files = write_partner_report(own, 1234, "2026-10", tmp_path / "out")
        assert found.misplaced_ids is None
        assert "This report was made without access to calls without a valid id." in read_page(files[0]).text


class TestNobodyElse:
    def test_no_file_holds_anything_of_another_partner(self, tmp_path: Path) -> None:
        calls = [*EVERY_DAY, *TestMisplacedIds().calls()]
        with warehouse(tmp_path, calls) as everything:
            files = write_partner_report(everything, 1234, "2026-10", tmp_path / "out")
        written = "".join(path.read_text(encoding="utf-8") for path in files)
        assert "Acme HR" in written
        for foreign in ("2345", "Other", "8000001", "8000009", "Care"):
            assert foreign not in written

    def test_a_viewer_gets_no_report_of_another_partner(self, tmp_path: Path) -> None:
        viewer = Scope(partner=2345, environment="all")
        with (
            warehouse(tmp_path, [*EVERY_DAY, *acme_calls()], viewer=viewer) as other,
            pytest.raises(ReportError, match="you may not see partner 1234 here"),
        ):
            write_partner_report(other, 1234, "2026-10", tmp_path / "out")
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
            write_partner_report(everything, partner, month, tmp_path / "out")
        assert str(caught.value) == message
        assert not (tmp_path / "out").exists()

    def test_a_partner_who_made_no_call_this_month_gets_a_report_of_nothing(self, tmp_path: Path) -> None:
        with warehouse(tmp_path, [*EVERY_DAY, acme("2026-09-05", environment="test")]) as everything:
            files = write_partner_report(everything, 1234, "2026-10", tmp_path / "out")
        summary = {row["measure"]: row["value"] for row in table(files[1])}
        assert (summary["calls"], summary["customers"], summary["error_rate"]) == ("0", "0", "")
        assert "Calls 0" in " ".join(read_page(files[0]).text.split())

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("in the way", encoding="utf-8")
        with (
            warehouse(tmp_path, [*EVERY_DAY, *acme_calls()]) as everything,
            pytest.raises(ReportError, match="out: the report cannot be written there: "),
        ):
            write_partner_report(everything, 1234, "2026-10", tmp_path / "out")


class TestFiles:
    def test_the_files_have_the_names_one_expects(self, acme_files: list[Path]) -> None:
        assert [path.name for path in acme_files] == [
            "partner-1234-2026-10.html",
            "partner-1234-2026-10.csv",
            "partner-1234-2026-10-findings.csv",
            "partner-1234-2026-10-days.csv",
            "partner-1234-2026-10-integrations.csv",
            "partner-1234-2026-10-integration-days.csv",
            "partner-1234-2026-10-connectors.csv",
            "partner-1234-2026-10-errors.csv",
            "partner-1234-2026-10-failing.csv",
            "partner-1234-2026-10-environments.csv",
            "partner-1234-2026-10-customers.csv",
            "partner-1234-2026-10-misplaced-ids.csv",
        ]
        assert sorted(acme_files) == sorted(acme_files[0].parent.iterdir())

    def test_the_same_lake_and_moment_give_the_same_bytes(self, acme_files: list[Path], tmp_path: Path) -> None:
        with warehouse(tmp_path, [*EVERY_DAY, *acme_calls()]) as everything:
            again = write_partner_report(everything, 1234, "2026-10", tmp_path / "out")
        assert [path.read_bytes() for path in again] == [path.read_bytes() for path in acme_files]

    def test_a_report_replaces_the_one_before(self, tmp_path: Path) -> None:
        for calls in ([*EVERY_DAY, acme("2026-10-01")], [*EVERY_DAY, *acme_calls()]):
            with warehouse(tmp_path, calls) as everything:
                files = write_partner_report(everything, 1234, "2026-10", tmp_path / "out")
        assert [row["value"] for row in table(files[1]) if row["measure"] == "calls"] == ["6"]
        assert len(list((tmp_path / "out").iterdir())) == len(files)

    def test_the_summary_says_what_the_figures_rest_on(self, acme_files: list[Path]) -> None:
        assert acme_files[1].read_bytes().decode().splitlines() == [
            "measure,value,before,unit",
            "partner,1234,,",
            "name,Acme Software,,",
            "month,2026-10,2026-09,",
            "since,2026-10-01,2026-09-01,date",
            'until,2026-11-01,2026-10-01,"date, not included"',
            "days,31,30,days",
            "days_covered,31,30,days",
            "missing_days,,,dates",
            "thin_days,,,dates",
            "missing_hours,0,0,hours",
            "data_until,2026-10-31T12:00:00Z,,UTC",
            "time_zone,Europe/Amsterdam,,of the days",
            "environment,production,production,",
            "customers,1,2,customers",
            "integrations,2,1,integrations",
            "calls,6,2,calls",
            "errors,2,0,calls",
            "error_rate,0.3333333333333333,0.0,fraction of calls",
        ]

    def test_a_table_is_the_metric_it_shows(self, acme_files: list[Path], tmp_path: Path) -> None:
        with warehouse(tmp_path, [*EVERY_DAY, *acme_calls()]) as everything:
            october = Scope(since=dt.date(2026, 10, 1), until=dt.date(2026, 11, 1), partner=1234)
            for name, metric in {
                "customers": "customer_links",
                "errors": "errors_by_outcome",
                "integrations": "customers_per_integration",
                "connectors": "connector_usage",
                "days": "calls_per_day",
            }.items():
                path = next(path for path in acme_files if path.stem == f"partner-1234-2026-10-{name}")
                expected = everything.metric(metric, october)
                found = [{column: row[column] for column in expected.columns} for row in table(path)]
                assert found == [
                    {column: as_written(value) for column, value in row.items()} for row in expected.to_dicts()
                ]


def as_written(value: object) -> str:
    """A metric's value as a CSV file holds it."""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return "" if value is None else str(value)
