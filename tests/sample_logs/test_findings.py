"""The stories of the demo as findings: every surface shows the same ones, and nothing of what is quiet."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from analytics.findings.findings import findings
from analytics.incidents.incidents import incidents
from analytics.reports.kinds.month.report import ask
from analytics.reports.month import Month
from analytics.scope import Scope
from dashboard.shell.attention import rows
from dashboard.shell.data import OpenLake, View

if TYPE_CHECKING:
    from analytics.findings.finding import Finding
    from analytics.warehouse.warehouse import Warehouse

OCTOBER = Scope(since="2026-10-01", until="2026-11-01")
TODAY = dt.date(2026, 11, 2)


@pytest.fixture(scope="module")
def october(demo: Warehouse) -> list[Finding]:
    return findings(demo, OCTOBER, today=TODAY)


def test_the_stories_are_found_the_worst_first(october: list[Finding]) -> None:
    assert [(one.severity, one.kind, one.subject) for one in october if one.severity == "high"] == [
        ("high", "error_spike", "1214_300877"),
        ("high", "error_spike", "2519_301100 at 5405"),
        ("high", "silence", "2386_304040"),
        ("high", "certificate_at_risk", "2093_302020"),
        ("high", "ids_wrong", "2093_302020"),
    ]
    told = {(one.kind, one.subject) for one in october}
    assert told >= {
        ("error_spike", "1761_303301"),
        ("early_warning", "1214_300877"),
        ("certificate_at_risk", "2386_304040"),
        ("certificate_ends", "1214_300877"),
        ("customers_down", "2093_302020"),
        ("ids_wrong", "2731_302751"),
        ("ids_wrong", "1984_301771"),
        ("ids_wrong", "1107_301201"),
        ("example_id", "12345_678900"),
        ("supplied_connectors", "2731_302750"),
        ("unidentified", "missing"),
    }


def test_nothing_is_told_of_quiet_integrations(october: list[Finding]) -> None:
    quiet = {
        "1005273_41",
        "1006418_302900",
        "1006418_302901",
        "1546_305512",
        "2846_300212",
        "1872_300935",
        "1005273_300",
    }
    assert not quiet & {one.integration for one in october}


def test_every_incident_is_a_finding_of_the_same_id(demo: Warehouse, october: list[Finding]) -> None:
    of_incidents = {one.id for one in october if one.link.startswith("incidents?")}
    assert of_incidents == {one.id for one in incidents(demo, OCTOBER)}


def test_the_report_and_the_overview_show_the_same(demo: Warehouse, october: list[Finding]) -> None:
    report = ask(demo, Month.parse("2026-10"), Scope())
    assert [(one.id, one.severity, one.what, one.why) for one in report.findings] == [
        (one.id, one.severity, one.what, one.why) for one in october
    ]
    shown = rows(View(OpenLake("demo", demo), OCTOBER).findings())
    assert shown.select("severity", "finding", "finding_why", "link").rows() == [
        (one.severity, one.what, one.why, one.link) for one in october
    ]
