"""Months as they are written on a command line."""

from __future__ import annotations

import datetime as dt

import pytest

from analytics.reports.errors import ReportError
from analytics.reports.month import Month


def test_a_month_runs_from_its_first_day_to_the_first_of_the_next() -> None:
    month = Month.parse(" 2026-12 ")
    assert (month.since, month.until, len(month.days)) == (dt.date(2026, 12, 1), dt.date(2027, 1, 1), 31)
    assert (str(month.previous()), len(Month.parse("2028-02").days)) == ("2026-11", 29)


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-13", "2026-1", "10-2026", "2026-10-01", "oktober", "1999-12", "\N{FULLWIDTH DIGIT TWO}026-10"],
)
def test_anything_else_is_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(ReportError, match="is not a month; expected year and month, like 2026-10"):
        Month.parse(text)
