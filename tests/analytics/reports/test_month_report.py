"""The report about everybody's month."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from analytics.reports import ReportError, write_report
from analytics.reports.kinds.month.report import MonthReport, ask
from analytics.reports.model import Totals
from analytics.reports.month import Month
from analytics.scope import Scope
from tests.analytics.given import call
from tests.analytics.reports.html_page import read_page
from tests.analytics.reports.world import OCTOBER, SEPTEMBER, acme, acme_calls, at, every_day, table, warehouse

if TYPE_CHECKING:
    from pathlib import Path

EVERY_DAY = every_day([*SEPTEMBER, *OCTOBER])


def report(folder: Path, calls: list[dict[str, Any]]) -> MonthReport:
    with warehouse(folder, calls) as everything:
        return ask(everything, Month.parse("2026-10"), Scope())


def test_everybody_counts_the_unidentified_too(tmp_path: Path) -> None:
    nameless = call(called_at=at("2026-10-08"), integration_id=None, customer="9000001", user_agent="Robot/1.0")
    found = report(tmp_path, [*EVERY_DAY, *acme_calls(), nameless])
    assert found.totals == Totals(customers=3, integrations=3, calls=38, errors=2, error_rate=2 / 38)
    assert found.totals_before == Totals(customers=3, integrations=2, calls=32, errors=0, error_rate=0.0)
    assert [
        (row.partner, row.name, row.integrations, row.customers, row.calls, row.customers_before, row.calls_before)
        for row in found.partners
    ] == [
        (2345, "Other Company", 1, 1, 31, 1, 30),
        (1234, "Acme Software", 2, 1, 6, 2, 2),
    ]
    assert [(row.id_status, row.calls, row.share, row.share_before) for row in found.ids] == [
        ("valid", 37, 37 / 38, 1.0),
        ("missing", 1, 1 / 38, 0.0),
    ]
    assert [(row.customer, row.user_agent, row.connector, row.calls) for row in found.unidentified] == [
        ("9000001", "Robot/1.0", "KnSubject", 1)
    ]


def test_what_was_not_logged_has_no_share_and_leaves_the_shares_of_others_alone(tmp_path: Path) -> None:
    unknown = call(called_at=at("2026-10-08"), integration_id=None, id_status="not_logged", customer="9000001")
    found = report(tmp_path, [*EVERY_DAY, call(called_at=at("2026-10-08"), integration_id=None), unknown])
    assert [(row.id_status, row.calls, row.share, row.share_before) for row in found.ids] == [
        ("valid", 31, 31 / 32, 1.0),
        ("missing", 1, 1 / 32, 0.0),
        ("not_logged", 1, None, None),
    ]
    assert [row.calls for row in found.unidentified] == [1]


def test_a_state_of_the_id_that_vanished_has_a_share_of_nothing(tmp_path: Path) -> None:
    found = report(tmp_path, [*EVERY_DAY, call(called_at=at("2026-09-08"), integration_id=None)])
    assert [(row.id_status, row.calls, row.share, row.share_before) for row in found.ids] == [
        ("valid", 31, 1.0, 30 / 31),
        ("missing", 0, 0.0, 1 / 31),
    ]


def test_a_day_that_is_bad_for_everybody_is_one_finding(tmp_path: Path) -> None:
    busy = [call(called_at=at("2026-10-05", f"08:{minute:02}:00"), integration_id=f"{partner}_1", customer="7000001", status=503)
            for partner in (1234, 3456) for minute in range(20)]  # fmt: skip
    found = report(tmp_path, [*EVERY_DAY, *busy])
    assert [(one.kind, one.severity, one.subject) for one in found.findings if one.party == "vendor"] == [
        ("platform_outage", "low", "platform")
    ]
    (one,) = (one for one in found.findings if one.party == "vendor")
    assert one.what == "The platform: calls of everybody failed from 5 Oct 2026, 10:00 to 11:00"
    assert one.why.startswith("40 of 40 calls failed (100.0%, usually 0.1%); the platform did not answer;")


def test_gained_and_lost_customers_are_shown_when_both_months_are_whole(tmp_path: Path) -> None:
    gains = [acme("2026-10-03", customer=str(7000010 + number), integration_id="1234_2") for number in range(3)]
    with warehouse(tmp_path, [*EVERY_DAY, *acme_calls(), *gains]) as everything:
        files = write_report(everything, "month", "2026-10", tmp_path / "out")
    head = ["Integration", "Customers", "Change"]
    gained = ["1234_2", "4", "+4"]
    lost = ["Acme HR 1234_1", "1", "\N{MINUS SIGN}1"]
    assert read_page(files[0]).tables("movers") == [[head, gained], [head, lost]]
    with warehouse(tmp_path, [*every_day(OCTOBER), *acme_calls()]) as everything:
        files = write_report(everything, "month", "2026-10", tmp_path / "out")
    assert "movers" not in {element.attributes.get("id") for element in read_page(files[0]).elements}


def test_the_files_have_the_names_one_expects(tmp_path: Path) -> None:
    with warehouse(tmp_path, [*EVERY_DAY, *acme_calls()]) as everything:
        files = write_report(everything, "month", "2026-10", tmp_path / "out")
    assert [path.name for path in files] == [
        "month-2026-10.html",
        "month-2026-10.csv",
        "month-2026-10-findings.csv",
        "month-2026-10-days.csv",
        "month-2026-10-integrations.csv",
        "month-2026-10-integration-days.csv",
        "month-2026-10-connectors.csv",
        "month-2026-10-errors.csv",
        "month-2026-10-failing.csv",
        "month-2026-10-environments.csv",
        "month-2026-10-partners.csv",
        "month-2026-10-ids.csv",
        "month-2026-10-unidentified.csv",
    ]
    assert [row["partner"] for row in table(files[10])] == ["2345", "1234"]


def test_the_same_lake_and_moment_give_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("first", "second"):
        with warehouse(tmp_path, [*EVERY_DAY, *acme_calls()]) as everything:
            files = write_report(everything, "month", "2026-10", tmp_path / name)
        written.append([path.read_bytes() for path in files])
    assert written[0] == written[1]


def test_a_month_between_logged_ones_that_was_not_logged_is_refused(tmp_path: Path) -> None:
    calls = every_day([*SEPTEMBER, dt.date(2026, 11, 1)])
    with (
        warehouse(tmp_path, calls) as everything,
        pytest.raises(ReportError, match="no logs of 2026-10 are loaded; the lake's days are 1 Sep 2026 to 1 Nov 2026"),
    ):
        write_report(everything, "month", "2026-10", tmp_path / "out")
