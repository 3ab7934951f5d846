"""The life and end of a stream: late lines, and logs that stop, are renamed, are moved, or are declared to have ended."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from analytics.completeness.streams import remarks, remarks_now, streams
from analytics.registry import RegistryFiles
from analytics.warehouse.warehouse import Warehouse
from ingest.arrow import arrow_schema
from ingest.lake.ledger_row import LOAD_COLUMNS
from ingest.lake.stream_ends import StreamEnd
from tests.analytics.asked_lives import FIRST_DAY, asked
from tests.analytics.given import AMSTERDAM, given_snapshot
from tests.analytics.office_logs import JUNE, calls_in, daily, local, not_complete, office
from tests.analytics.test_completeness import HOUR

LATE = dt.date(2025, 8, 12)
"""14 months before the logs of these tests end."""


# -- late lines


@pytest.mark.parametrize("late", [1, 2, 8])
def test_a_few_late_calls_are_named_and_change_nothing_else(tmp_path: Path, late: int) -> None:
    usual = office(5, 4)
    stray = [row for number in range(late) for row in calls_in(local(LATE + dt.timedelta(days=9 * number), 12), 1)]
    rows, lives = asked(tmp_path, usual + stray)
    assert rows == asked(tmp_path, usual)[0]
    gateway = lives["gateway"]
    assert (gateway["first_hour"], gateway["calls"]) == (local(FIRST_DAY, 9), len(usual) + late)
    last = LATE + dt.timedelta(days=9 * (late - 1))
    assert (gateway["stray_calls"], gateway["first_stray"], gateway["last_stray"]) == (late, LATE, last)


def test_a_stray_call_of_one_log_does_not_begin_the_lake_for_the_others(tmp_path: Path) -> None:
    stray = calls_in(local(LATE, 12), 1, stream="proxy")
    rows, lives = asked(tmp_path, office(5, 4) + office(4, 4, since=FIRST_DAY, stream="proxy") + stray)
    assert rows[0][1] == local(FIRST_DAY, 9)
    assert {name: life["continues"] for name, life in lives.items()} == {"gateway": False, "proxy": False}


def test_a_stray_call_of_ten_calls_a_day_is_stray_too(tmp_path: Path) -> None:
    usual = daily(JUNE, 40, lambda _: 10)
    rows, lives = asked(tmp_path, usual + calls_in(local(LATE, 12), 2))
    assert not_complete(rows) == []
    assert lives["gateway"]["stray_calls"] == 2


def test_a_stray_call_behind_a_log_that_has_stopped_does_not_revive_it(tmp_path: Path) -> None:
    stopped = [row for row in office(10, 4, stream="old") if row["day"] < FIRST_DAY + dt.timedelta(weeks=3)]
    stray = calls_in(local(FIRST_DAY + dt.timedelta(weeks=7), 12), 1, stream="old")
    rows, lives = asked(tmp_path, office(10, 4) + stopped + stray)
    assert (lives["old"]["ended"], lives["old"]["stray_calls"]) == ("stopped", 1)
    found = not_complete(rows)
    assert found[0][1] == local(dt.date(2026, 9, 25), 17)
    assert {row[0] for row in found} == {"old"}
    assert {row[4:] for row in found} == {("missing", "stopped")}
    assert sum(row[2] for row in found) == 1


def test_seven_silent_days_part_a_log_and_a_part_of_weight_lives(tmp_path: Path) -> None:
    # Ten days in March, then from June on: nobody would call ten days of a log stray, so what lies between is missing.
    march = dt.date(2026, 3, 2)
    early, later = daily(march, 10, lambda _: 30), daily(JUNE, 60, lambda _: 30)
    rows, lives = asked(tmp_path, early + later)
    assert lives["gateway"]["stray_calls"] == 0
    assert lives["gateway"]["first_hour"].astimezone(AMSTERDAM).date() == march
    last, first = max(row["called_at"] for row in early), min(row["called_at"] for row in later)
    silent = {row[1] for row in rows if row[2] == 0 and last < row[1] < first}
    assert len(silent) > 81 * 24
    assert {row[1] for row in not_complete(rows)} == silent


def test_a_log_of_one_day_a_month_has_no_stray_days(tmp_path: Path) -> None:
    months = [dt.date(2026, month, 3) for month in range(2, 10)]
    counts = [900, 1100, 1000, 950, 400, 1050, 990, 1000]
    calls = [row for day, count in zip(months, counts, strict=True) for row in daily(day, 1, lambda _, n=count: n)]  # type: ignore[misc]
    _, lives = asked(tmp_path, calls)
    assert lives["gateway"]["stray_calls"] == 0
    assert lives["gateway"]["first_hour"].astimezone(AMSTERDAM).date() == months[0]
    assert lives["gateway"]["has_power"] is False


@pytest.mark.parametrize("stream", ["gateway", "fast"])
def test_a_call_dated_after_the_last_load_is_named_and_changes_nothing_else(tmp_path: Path, stream: str) -> None:
    """In a log with others or alone in one, with a day or two, however busy the logs were in these hours."""
    usual = daily(JUNE, 60, lambda _: 40)
    last = usual[-1]["called_at"]
    ahead = [row for hours in (20, 46) for row in calls_in(last + hours * HOUR, 1, stream=stream)]
    snapshot = given_snapshot(tmp_path, usual + ahead)
    loaded = pa.Table.from_pylist([_load(last + 3 * HOUR)], schema=arrow_schema(LOAD_COLUMNS))
    with Warehouse.over(replace(snapshot, loads=loaded), RegistryFiles()) as warehouse:
        lives = {row["stream"]: row for row in warehouse.query_file("completeness/streams_lives").to_dicts()}
        rows = warehouse.metric("completeness").rows()
        end = warehouse.lived()
        strays = warehouse.query_file("completeness/stray_calls").rows()
        sentences = list(remarks(streams(warehouse)))
    day = last.astimezone(AMSTERDAM).date()
    assert end == (JUNE, day + dt.timedelta(days=1))
    assert rows == asked(tmp_path, usual)[0]
    days = [row["day"] for row in ahead]
    assert strays == [(stream, 2, days[0], days[1])]
    assert lives["gateway"]["last_hour"] == rows[-1][1]
    if stream == "fast":
        assert (lives["fast"]["calls"], lives["fast"]["first_hour"], lives["fast"]["ended"]) == (2, None, None)
    assert f"{stream}: 2 calls of {days[0]} to {days[1]} lie far from all others or after the last load" in sentences[0]


def _load(loaded_at: dt.datetime) -> dict[str, Any]:
    texts = dict.fromkeys(("load_id", "source", "stream", "log_format", "version", "content_sha256"), "")
    counts = dict.fromkeys(("start_byte", "end_byte", "lines", "calls", "rejects", "ignored"), 0)
    return texts | counts | {"loaded_at": loaded_at}


@pytest.mark.parametrize("silent", [0, 3])
def test_remarks_are_the_same_whether_hours_are_counted_or_not(tmp_path: Path, silent: int) -> None:
    stray = calls_in(local(JUNE - dt.timedelta(days=300), 12), 1, stream="other")
    rows = [
        *stray,
        *daily(JUNE, 30, lambda _: 30, stream="other", customer="4000000"),
        *daily(JUNE, 30 - silent, lambda _: 30),
    ]
    with Warehouse.over(given_snapshot(tmp_path, rows), RegistryFiles()) as warehouse:
        said = list(remarks_now(warehouse))
        assert said == list(remarks(streams(warehouse)))
    assert ["gateway: no calls since" in sentence for sentence in said] == ([True, False] if silent else [False])


# -- logs that stop


@pytest.mark.parametrize("silent", [3, 28, 30, 60, 200])
def test_a_log_that_has_stopped_is_missing_however_long_ago(tmp_path: Path, silent: int) -> None:
    others = daily(JUNE, 30 + silent, lambda _: 30, stream="others", customer="4000000")
    rows, lives = asked(tmp_path, others + daily(JUNE, 30, lambda _: 30, stream="stopped"))
    assert lives["stopped"]["ended"] == "stopped"
    assert lives["stopped"]["end_hour"] == lives["others"]["last_hour"]
    last = lives["stopped"]["last_hour"]
    missing = [row for row in not_complete(rows) if row[0] == "stopped"]
    assert [row[1] for row in missing] == [
        last + number * HOUR for number in range(1, int((lives["others"]["last_hour"] - last) / HOUR) + 1)
    ]
    assert {row[4:] for row in missing} == {("missing", "stopped")}


def test_a_log_that_is_a_night_behind_has_lost_nothing(tmp_path: Path) -> None:
    night = calls_in(local(dt.date(2026, 9, 25), 22), 3, stream="night")
    rows, lives = asked(tmp_path, office(3, 4) + office(3, 4, stream="night") + night)
    assert lives["gateway"]["ended"] == "stopped"
    assert not_complete(rows) == []


def test_a_log_that_lags_behind_is_missing_until_the_last_call_of_the_lake(tmp_path: Path) -> None:
    friday = dt.date(2026, 9, 25)
    behind = [row for row in office(3, 4, stream="behind") if row["day"] < friday]
    rows, _ = asked(tmp_path, office(3, 4, stream="ahead", customer="4000000") + behind)
    thursday = local(dt.date(2026, 9, 24), 16)
    assert [row[:3] + row[4:] for row in not_complete(rows)] == [
        ("behind", thursday + number * HOUR, 0, "missing", "stopped") for number in range(1, 25)
    ]
    assert sum(row[3] or 0 for row in not_complete(rows)) == 32.0


# -- the operator's word


def test_what_the_operator_says_has_ended_is_judged_until_that_day(tmp_path: Path) -> None:
    # The log stops on Friday 25 September; it was switched off on Tuesday the 29th.
    calls = office(8, 4, customer="4000000") + office(3, 4, stream="old")
    for day, missing in ((dt.date(2026, 9, 25), 0), (dt.date(2026, 9, 29), 4 * 24 + 7)):
        rows, lives = asked(tmp_path, calls, [StreamEnd(stream="old", ended_on=day)])
        assert (lives["old"]["ended"], lives["old"]["declared_on"]) == ("declared", day)
        assert lives["old"]["end_hour"] == local(day, 23)
        assert lives["old"]["declaration_is_void"] is False
        assert len(not_complete(rows)) == missing


def test_calls_behind_the_end_that_was_said_void_it(tmp_path: Path) -> None:
    calls = office(8, 4, customer="4000000") + office(3, 4, stream="old")
    rows, lives = asked(tmp_path, calls, [StreamEnd(stream="old", ended_on=dt.date(2026, 9, 24))])
    assert (lives["old"]["ended"], lives["old"]["declaration_is_void"]) == ("stopped", True)
    assert not_complete(rows) == not_complete(asked(tmp_path, calls)[0]) != []


def test_an_end_behind_all_logs_and_one_of_a_log_that_goes_on_change_nothing(tmp_path: Path) -> None:
    calls = office(8, 4, customer="4000000") + office(3, 4, stream="old")
    later = dt.date(2027, 1, 1)
    ends = [StreamEnd(stream="old", ended_on=later), StreamEnd(stream="gateway", ended_on=later)]
    rows, lives = asked(tmp_path, calls, ends)
    assert rows == asked(tmp_path, calls)[0]
    assert (lives["old"]["ended"], lives["gateway"]["ended"]) == ("declared", "goes_on")
    assert lives["old"]["end_hour"] == lives["gateway"]["last_hour"]


# -- power


@pytest.mark.parametrize(
    ("per_day", "days", "has_power"),
    [
        (lambda _: 10, 40, True),
        (lambda _: 1, 40, True),  # every day has a call: ten silent ones are no chance
        (lambda day: 1 if day.weekday() < 5 else 0, 42, True),  # (2/7)^10 = 1 in 275,000
        (lambda day: 1 if day.day % 2 else 0, 60, False),  # 1 in 1,000
        (lambda day: 1 if day.weekday() == 0 else 0, 70, False),
        (lambda day: 40 if day.weekday() == 0 else 0, 70, True),  # a Monday of 40 calls is missed
        (lambda _: 1, 20, True),  # ten days expect ten calls
        (lambda _: 100, 6, True),  # calls on every day there is, though no other week says how many are usual
    ],
)
def test_a_log_has_power_where_ten_silent_days_would_be_noticed(
    tmp_path: Path, per_day: Any, days: int, *, has_power: bool
) -> None:
    _, lives = asked(tmp_path, daily(JUNE, days, per_day))
    assert lives["gateway"]["has_power"] is has_power


def test_a_stray_call_has_its_own_day_and_month_and_nothing_else_changes(tmp_path: Path) -> None:
    """Each call is in a row of calls_per_day, and no row stands between a stray one and the others."""
    usual = office(5, 4)
    stray = [row | {"customer": "4999999"} for row in calls_in(local(LATE, 12), 1)]
    (tmp_path / "usual").mkdir()
    (tmp_path / "stray").mkdir()
    days, months = [], []
    for folder, calls in (("usual", usual), ("stray", [*usual, *stray])):
        with Warehouse.over(given_snapshot(tmp_path / folder, calls), RegistryFiles()) as warehouse:
            rows = warehouse.metric("calls_per_day")
            assert rows["calls"].sum() == len(calls)
            days.append(rows)
            months.append(warehouse.metric("customers_per_month"))
    assert days[1].rows() == [(LATE, 1, 0, 0.0, 1, 1), *days[0].rows()]
    late = months[1].filter(pl.col("month") == LATE.replace(day=1))
    assert late.select("customers", "lost", "complete").rows() == [(1, None, False)]
    assert months[1].height == months[0].height + 1


# -- what is said of a log whose last call is not the last of all


@pytest.mark.parametrize(("silent_weeks", "state"), [(0, "goes_on"), (4, "stopped")])
def test_a_log_of_which_nothing_is_missing_since_its_last_call_goes_on(
    tmp_path: Path, silent_weeks: int, state: str
) -> None:
    """Another log has the last call of all, in the evening of a day on which this one was silent only when it always is."""
    last_day = FIRST_DAY + dt.timedelta(weeks=9, days=4)
    usual = office(10, 4) + calls_in(local(last_day, 20), 1)
    other = office(10 - silent_weeks, 4, stream="proxy", customer="7654321")
    with Warehouse.over(given_snapshot(tmp_path, usual + other), RegistryFiles()) as warehouse:
        rows = {row["stream"]: row for row in streams(warehouse).to_dicts()}
        ended = {row["stream"]: row["ended"] for row in warehouse.query_file("completeness/streams_lives").to_dicts()}
    assert ended == {"gateway": "goes_on", "proxy": "stopped"}
    assert rows["gateway"]["state"] == "goes_on"
    assert (rows["proxy"]["state"], rows["proxy"]["missing_hours"] > 0) == (state, state == "stopped")
