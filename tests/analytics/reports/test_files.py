"""The files of a report: their names, their numbers, and their effect on existing files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from analytics.reports import write_report
from analytics.scope import Scope
from tests.analytics.reports.world import ACME, OCTOBER, SEPTEMBER, acme, acme_calls, every_day, table, warehouse

if TYPE_CHECKING:
    from pathlib import Path

EVERY_DAY = every_day([*SEPTEMBER, *OCTOBER])


@pytest.fixture(scope="module")
def acme_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files of the ordinary month's report."""
    folder = tmp_path_factory.mktemp("ordinary")
    with warehouse(folder, [*EVERY_DAY, *acme_calls()]) as everything:
        return write_report(everything, "partner", "2026-10", folder / "new" / "out", about=ACME)


def test_the_files_have_the_names_one_expects(acme_files: list[Path]) -> None:
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


def test_the_same_lake_and_moment_give_the_same_bytes(acme_files: list[Path], tmp_path: Path) -> None:
    with warehouse(tmp_path, [*EVERY_DAY, *acme_calls()]) as everything:
        again = write_report(everything, "partner", "2026-10", tmp_path / "out", about=ACME)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in acme_files]


def test_a_report_replaces_the_one_before(tmp_path: Path) -> None:
    for calls in ([*EVERY_DAY, acme("2026-10-01")], [*EVERY_DAY, *acme_calls()]):
        with warehouse(tmp_path, calls) as everything:
            files = write_report(everything, "partner", "2026-10", tmp_path / "out", about=ACME)
    assert [row["value"] for row in table(files[1]) if row["measure"] == "calls"] == ["6"]
    assert len(list((tmp_path / "out").iterdir())) == len(files)


def test_the_summary_says_what_the_figures_rest_on(acme_files: list[Path]) -> None:
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


def test_a_table_is_the_metric_it_shows(acme_files: list[Path], tmp_path: Path) -> None:
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
