"""The customers for whom nothing works any more, worked by hand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from analytics.reports.kinds.month.report import ask
from analytics.reports.month import Month
from analytics.scope import Scope
from tests.analytics.given import call
from tests.analytics.reports.world import OCTOBER, SEPTEMBER, acme, at, every_day, warehouse

if TYPE_CHECKING:
    from pathlib import Path


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
