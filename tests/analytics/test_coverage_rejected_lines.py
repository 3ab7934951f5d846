"""Rejected lines may hold missing customers, and so make verdicts unknown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.analytics.given import reject
from tests.analytics.lost_calls import EIGHT, IT, OTHER, SIX, daily, day, lake_of, others, said, verdict


def rejected(count: int, since: int, until: int, **said: Any) -> list[dict[str, Any]]:
    return [
        reject(
            **{
                "reason": "unknown_host",
                "line_number": number,
                "called_at": dt.datetime.combine(day(place), dt.time(9, number % 60), dt.UTC),
            }
            | said
        )
        for place in range(since, until)
        for number in range(count)
    ]


def test_rejected_lines_of_an_integration_may_hold_its_customers(tmp_path: Path) -> None:
    calls = [*daily(SIX, IT, 0, 60), *daily(EIGHT, OTHER, 0, 100)]
    lake = lake_of(tmp_path, calls, rejected(12, 60, 95, integration=IT))
    assert said(verdict(lake), "logs_rejected") == ("unknown", 0, False, ["logs_rejected"])


@pytest.mark.parametrize(
    ("days", "lines", "state"),
    [
        # of six calls: with one more customer there are four, with two five
        (1, 1, "at_risk"),
        (1, 2, "unknown"),
        # of 180 calls: nine bad lines are fewer than one in twenty, ten are not
        (30, 9, "at_risk"),
        (30, 10, "unknown"),
    ],
)
def test_a_rejected_line_is_one_customer_more_at_most_and_few_of_many_are_none(
    tmp_path: Path, days: int, lines: int, state: str
) -> None:
    calls = [*daily(SIX[:3], IT, 100 - days, 100), *daily(EIGHT, OTHER, 0, 100)]
    lake = lake_of(tmp_path, calls, rejected(lines, 99, 100, reason="bad_status", integration=IT))
    assert said(verdict(lake))[:3] == (state, 3, state != "unknown")


@pytest.mark.parametrize(("lines", "state"), [(1, "at_risk"), (2, "unknown")])
def test_a_line_whose_host_nobody_knows_may_always_be_the_customer_that_is_missing(
    tmp_path: Path, lines: int, state: str
) -> None:
    calls = [*daily(SIX[:3], IT, 0, 100), *daily(EIGHT, OTHER, 0, 100)]
    lake = lake_of(tmp_path, calls, rejected(lines, 99, 100, integration=IT))
    assert said(verdict(lake))[:3] == (state, 3, state != "unknown")


@pytest.mark.parametrize(
    ("named", "state"),
    [
        ({"customer": SIX[4]}, "unknown"),  # the fifth: seen nowhere else
        ({"customer": SIX[4], "reason": "not_a_record", "called_at": None}, "unknown"),  # of the load's last day
        ({"customer": SIX[0]}, "at_risk"),  # one of the four
        ({"customer": SIX[4], "environment": "test"}, "at_risk"),
        ({"customer": IT.split("_", maxsplit=1)[0]}, "at_risk"),  # the partner's own environment
        ({"customer": SIX[4], "called_at": dt.datetime(2026, 6, 3, 9, tzinfo=dt.UTC)}, "at_risk"),  # before the window
        ({"customer": SIX[4], "integration": OTHER}, "at_risk"),
        # Without the id it may be of nobody known, in a log of its own; but not where the line is whole otherwise,
        ({"customer": SIX[4], "integration": None, "reason": "not_a_record"}, "unknown"),
        ({"customer": SIX[4], "integration": None, "reason": "bad_status"}, "at_risk"),
        ({"customer": SIX[4], "integration": None, "reason": "not_a_record", "stream": "others"}, "at_risk"),
        # nor of a customer of somebody else, or of the partner's own environment.
        ({"customer": EIGHT[0], "integration": None, "reason": "not_a_record"}, "at_risk"),
        ({"customer": IT.partition("_")[0], "integration": None, "reason": "not_a_record"}, "at_risk"),
        ({"customer": None}, "at_risk"),  # one in 240 lines is damaged as lines are
    ],
)
def test_a_damaged_line_that_names_its_customer_is_that_one(tmp_path: Path, named: dict[str, Any], state: str) -> None:
    calls = [*daily(SIX[:4], IT, 0, 100), *others(100)]
    line = {"reason": "bad_status", "integration": IT, "environment": "production" if named["customer"] else None}
    lake = lake_of(tmp_path, calls, rejected(1, 99, 100, **line | named))
    assert said(verdict(lake))[:3] == (state, 4, state != "unknown")
    # until the line is older than the window
    assert said(verdict(lake, until=day(99)))[:3] == ("at_risk", 4, True)


def test_a_line_that_is_cut_off_before_the_id_may_be_of_whoever_has_the_customer(tmp_path: Path) -> None:
    # The fifth was one until day 60; then every line of it is cut off, in whichever log.
    calls = [*daily(SIX[:4], IT, 0, 100), *daily(SIX[4:5], IT, 0, 60), *others(100)]
    cut = {"reason": "not_a_record", "customer": SIX[4], "environment": "production", "stream": "others"}
    assert said(verdict(lake_of(tmp_path / "a", calls)))[:3] == ("at_risk", 4, True)
    assert said(verdict(lake_of(tmp_path / "b", calls, rejected(1, 95, 96, **cut))))[:3] == ("unknown", 4, False)
    # Where it is somebody else's in that log, it is theirs; and a line now and then of many is a line now and then.
    theirs = daily(SIX[4:5], OTHER, 0, 100, stream="others")
    assert said(verdict(lake_of(tmp_path / "c", calls + theirs, rejected(9, 95, 96, **cut))))[:3] == (
        "at_risk",
        4,
        True,
    )
    shared = daily(SIX[4:5], OTHER, 0, 100)
    here = cut | {"stream": "gateway"}
    assert said(verdict(lake_of(tmp_path / "d", calls + shared, rejected(1, 95, 96, **here))))[:3] == (
        "unknown",
        4,
        False,
    )
    busy = shared * 3
    assert said(verdict(lake_of(tmp_path / "e", calls + busy, rejected(1, 95, 96, **here))))[:3] == ("at_risk", 4, True)


def test_lines_that_name_one_customer_are_one_customer_however_many(tmp_path: Path) -> None:
    calls = [*daily(SIX[:3], IT, 0, 100), *others(100)]
    line = {"reason": "bad_status", "integration": IT, "environment": "production"}
    fourth = rejected(5, 90, 100, **line, customer=SIX[3])
    assert said(verdict(lake_of(tmp_path / "a", calls, fourth)))[:3] == ("at_risk", 3, True)
    fifth = rejected(1, 70, 71, **line, customer=SIX[4])
    assert said(verdict(lake_of(tmp_path / "b", calls, fourth + fifth)))[:3] == ("unknown", 3, False)


def test_a_log_in_quarantine_is_missing(tmp_path: Path) -> None:
    calls = [*daily(SIX[:4], IT, 0, 100, stream="its"), *others(100)]
    never_read = rejected(20, 70, 100, stream="unread", reason="no_customer")
    row = verdict(lake_of(tmp_path, calls, never_read))
    assert said(row, "logs_rejected") == ("unknown", 4, False, ["logs_rejected"])


@pytest.mark.parametrize(
    ("integration", "silent", "state"),
    [
        (OTHER, 0, "at_risk"),  # it holds somebody else's calls, line by line
        (OTHER, 2, "unknown"),  # but for two of thirty
        (IT, 0, "at_risk"),  # of customers who are counted anyway
    ],
)
def test_a_log_in_quarantine_that_says_whose_it_is_concerns_them_alone(
    tmp_path: Path, integration: str, silent: int, state: str
) -> None:
    calls = [*daily(SIX[:4], IT, 0, 100, stream="its"), *others(100)]
    line = {"stream": "unread", "reason": "bad_status", "customer": SIX[0], "environment": "production"}
    never_read = rejected(1, 70, 100, integration=integration, **line)
    for row in never_read[:silent]:
        row["integration"] = None
    row = verdict(lake_of(tmp_path, calls, never_read))
    assert said(row, "logs_rejected")[:3] == (state, 4, state != "unknown")


def test_lines_of_other_hosts_are_nobodys_calls(tmp_path: Path) -> None:
    calls = [*daily(SIX[:4], IT, 0, 100, stream="its"), *others(100)]
    lake = lake_of(tmp_path, calls, rejected(20, 70, 100, stream="proxy"))
    assert said(verdict(lake), "logs_rejected") == ("at_risk", 4, True, [])
