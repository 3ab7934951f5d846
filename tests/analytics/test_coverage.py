"""No verdict rests on missing logs: nobody loses a certificate because a log was not loaded, was not read, or did not show ids.

Each world has one certified integration with six customers that call every day. The logs lose some of these calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from analytics.certification.certification import certification
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest.lake.stream_ends import StreamEnd, declare_stream_end
from tests.analytics.given import call
from tests.analytics.lost_calls import EIGHT, FIRST, IT, OTHER, SIX, Calls, daily, day, lake_of, others, said, verdict


def unlogged(customers: Sequence[str], since: int, until: int, **said: Any) -> Calls:
    return daily(customers, None, since, until, id_status="not_logged", **said)


def test_a_log_that_has_stopped_is_missing_however_long_ago(tmp_path: Path) -> None:
    # all six in a log that stops after 60 days, others go on for 100
    calls = [*daily(SIX, IT, 0, 60, stream="its"), *others(100)]
    lake = lake_of(tmp_path, calls)
    for last, (state, customers) in {
        79: ("certified", 6),
        88: ("certified", 6),
        89: ("unknown", 0),
        99: ("unknown", 0),
    }.items():
        row = verdict(lake, until=day(last + 1))
        assert said(row, "logs_missing") == (state, customers, False, ["logs_missing"]), last


def test_a_log_whose_end_the_operator_said_is_no_gap(tmp_path: Path) -> None:
    lake = lake_of(tmp_path, [*daily(SIX, IT, 0, 60, stream="its"), *others(100)])
    declare_stream_end(lake, StreamEnd(stream="its", ended_on=day(59)))
    assert said(verdict(lake), "logs_missing") == ("lost", 0, True, [])
    # the last calls of all six leave the window on the same day
    assert verdict(lake, until=day(89))["days_left"] == 1


@pytest.mark.parametrize(
    "after",
    [
        # the same customers, as busy, but of another partner's id for five of the six
        daily(SIX[:1], IT, 60, 100, stream="new") + daily(SIX[1:], OTHER, 60, 100, stream="new"),
        # other customers, another product, another environment, a twelfth of the calls: by chance on the same day
        daily(EIGHT[:6], IT, 60, 61, stream="new") + daily(EIGHT[:6], OTHER, 61, 100, stream="new"),
        daily(SIX, None, 60, 100, stream="new", product="sb"),
        daily(SIX, None, 60, 100, stream="new", environment="test"),
        [row for row in daily(SIX, OTHER, 60, 100, stream="new") if row["called_at"].day % 6 == 1][::2],
    ],
)
def test_a_log_of_other_calls_does_not_take_the_place_of_one_that_has_stopped(tmp_path: Path, after: Calls) -> None:
    row = verdict(lake_of(tmp_path, [*daily(SIX, IT, 0, 60, stream="its"), *others(100), *after]))
    assert row["customers"] < 5
    assert (row["complete"], row["state"]) == (False, "unknown")


def test_a_log_in_which_nine_of_ten_go_on_takes_the_place_of_one_that_has_stopped(tmp_path: Path) -> None:
    """Renamed on day 60, when five customers of one integration stop, and the 45 of another go on."""
    many = [str(7_200_000 + number) for number in range(45)]
    its = [*daily(SIX, IT, 0, 60, stream="its"), *daily(many, OTHER, 0, 60, stream="its")]
    new = [*daily(SIX[:1], IT, 60, 100, stream="new"), *daily(many, OTHER, 60, 100, stream="new")]
    row = verdict(lake_of(tmp_path, [*its, *new, *others(100)]))
    assert (row["customers"], row["complete"], row["state"]) == (1, True, "at_risk")


def test_a_header_that_is_logged_no_more_is_no_lost_customer(tmp_path: Path) -> None:
    calls = [*daily(SIX, IT, 0, 60, stream="its"), *unlogged(SIX, 60, 100, stream="its"), *others(100)]
    row = verdict(lake_of(tmp_path, calls))
    assert said(row, "header_not_logged", "logs_missing") == ("unknown", 0, False, ["header_not_logged"])


@pytest.mark.parametrize(
    ("after", "state"),
    [
        # nobody's id comes any more, or one mask for everybody's
        ([*daily(SIX, None, 60, 100), *daily(EIGHT, None, 60, 100)], "unknown"),
        (
            [
                row | {"integration_id": "***", "id_status": "malformed", "id_defect": "wrong_separator"}
                for row in daily(SIX + EIGHT, None, 60, 100)
            ],
            "unknown",
        ),
        # The other partner goes on to send its id, now and then at least; or only ours calls at all.
        ([*daily(SIX, None, 60, 100), *daily(EIGHT, OTHER, 60, 100)], "lost"),
        ([*daily(SIX, None, 60, 100), *(row for day in range(60, 100, 6) for row in daily(EIGHT[:1], OTHER, day, day + 1))], "lost"),
        (daily(SIX, None, 60, 100), "lost"),
        # Texts of all kinds do come: the header is logged.
        (
            [
                row | {"integration_id": text, "id_status": "malformed", "id_defect": "wrong_separator"}
                for row, text in zip(daily(SIX + EIGHT, None, 60, 100), ["4321-1", "7654-2"] * 560, strict=True)
            ],
            "lost",
        ),
    ],
    ids=["nobody's", "a mask", "the other's goes on", "the other's comes at times", "one partner", "texts"],
)  # fmt: skip
def test_a_log_in_which_nobody_has_an_id_any_more_does_not_log_it(tmp_path: Path, after: Calls, state: str) -> None:
    calls = [*daily(SIX, IT, 0, 60), *daily(EIGHT, OTHER, 0, 60), *after]
    row = verdict(lake_of(tmp_path, [*calls, *others(100)]))
    reasons = ["header_not_logged"] if state == "unknown" else []
    assert said(row, "header_not_logged") == (state, 0, state != "unknown", reasons)


def test_a_weekend_without_ids_is_no_log_that_lost_them(tmp_path: Path) -> None:
    calls = [*daily(SIX[:4], IT, 0, 95), *daily(EIGHT, OTHER, 0, 95)]
    calls += [*daily(SIX[:4], None, 95, 99), *daily(EIGHT, None, 95, 99), *daily(SIX[:4], IT, 99, 100)]
    assert said(verdict(lake_of(tmp_path, calls)), "header_not_logged") == ("at_risk", 4, True, [])


def test_another_log_that_has_the_header_covers_the_same_calls(tmp_path: Path) -> None:
    # the proxy logs no headers, the server behind it does: since day 60 another integration calls
    calls = [*unlogged(SIX, 0, 100, stream="proxy"), *daily(SIX, IT, 0, 60), *daily(SIX, OTHER, 60, 100), *others(100)]
    assert said(verdict(lake_of(tmp_path, calls)), "header_not_logged") == ("lost", 0, True, [])


def test_customers_whom_nobody_is_known_to_call_for_may_be_anybodys(tmp_path: Path) -> None:
    calls = [*daily(SIX[:4], IT, 0, 100, stream="its"), *unlogged(SIX[4:], 0, 100, stream="silent")]
    row = verdict(lake_of(tmp_path, [*calls, *others(100)]))
    assert said(row, "header_not_logged") == ("unknown", 4, False, ["header_not_logged"])


def test_the_unlogged_calls_of_other_integrations_customers_do_not_concern_it(tmp_path: Path) -> None:
    calls = [*daily(SIX[:4], IT, 0, 100, stream="its"), *unlogged(EIGHT, 90, 100, stream="others"), *others(90)]
    assert said(verdict(lake_of(tmp_path, calls)), "header_not_logged") == ("at_risk", 4, True, [])


def test_a_log_that_was_loaded_for_ten_days_only_covers_no_window(tmp_path: Path) -> None:
    # three customers in each of two logs, of which one begins on day 90 and holds one of them
    calls = [*daily(SIX[:3], IT, 0, 100, stream="its"), *daily(SIX[3:4], IT, 90, 100, stream="late"), *others(100)]
    assert said(verdict(lake_of(tmp_path, calls)), "not_covered") == ("unknown", 4, False, ["not_covered"])


def test_a_new_server_for_known_customers_hides_nobody(tmp_path: Path) -> None:
    calls = [*daily(SIX[:4], IT, 0, 90, stream="its"), *daily(SIX[:4], IT, 90, 100, stream="new"), *others(100)]
    assert said(verdict(lake_of(tmp_path, calls)), "not_covered") == ("at_risk", 4, True, [])


def test_a_log_that_it_was_never_seen_in_hides_nobody(tmp_path: Path) -> None:
    calls = [*daily(SIX[:4], IT, 0, 100, stream="its"), *daily(EIGHT, OTHER, 0, 60, stream="others")]
    assert said(verdict(lake_of(tmp_path, calls)), "logs_missing") == ("at_risk", 4, True, [])


def test_ten_days_of_a_small_log_that_were_not_loaded_are_missing(tmp_path: Path) -> None:
    its = daily(SIX[:4], IT, 0, 80, stream="its") + daily(SIX[:4], IT, 90, 100, stream="its")
    row = verdict(lake_of(tmp_path, [*its, *others(100)]))
    assert said(row, "logs_missing") == ("unknown", 4, False, ["logs_missing"])


def test_a_log_of_too_few_calls_says_so(tmp_path: Path) -> None:
    once_a_week = [row for row in daily(SIX[:2], IT, 0, 99, stream="its") if row["called_at"].weekday() == 0]
    row = verdict(lake_of(tmp_path, [*once_a_week, *others(100)]))
    assert said(row, "too_few_calls") == ("unknown", 2, False, ["too_few_calls"])


def test_nine_of_ten_calls_missing_for_72_hours_are_a_reason(tmp_path: Path) -> None:
    def hourly(number: int) -> Calls:
        return [
            call(called_at=f"{day(number)}T{hour:02}:{minute:02}:00Z", customer=SIX[minute % 4], integration_id=IT)
            for hour in range(24)
            for minute in range(10 if number not in {80, 81, 82} else 1)
        ]

    row = verdict(lake_of(tmp_path, [row for number in range(100) for row in hourly(number)]))
    assert said(row, "logs_thin", "logs_missing") == ("unknown", 4, False, ["logs_thin"])


@pytest.mark.parametrize(
    ("active", "state", "reasons"),
    [
        # once and never again: tomorrow the window is empty
        ([70], "at_risk", ["window_ends"]),
        # every day until then
        (range(71), "at_risk", ["falling", "window_ends"]),
        # every 29th day: they are due, and the figure says how little there is left
        ([12, 41, 70], "certified", []),
    ],
)
def test_the_days_that_are_left_are_a_fact_of_the_window(
    tmp_path: Path, active: Sequence[int], state: str, reasons: list[str]
) -> None:
    calls = [row for number in active for row in daily(SIX[:5], IT, number, number + 1, stream="others")]
    row = verdict(lake_of(tmp_path, [*calls, *others(100)]))
    assert (row["state"], row["customers"], row["days_left"], row["complete"]) == (state, 5, 1, True)
    assert row["reasons"] == reasons


def test_a_stray_call_behind_the_logs_moves_no_window(tmp_path: Path) -> None:
    stray = call(called_at=f"{day(160)}T09:00:00Z", customer=EIGHT[0], integration_id=OTHER, stream="others")
    row = verdict(lake_of(tmp_path, [*daily(SIX, IT, 0, 100), *others(100), stray]))
    assert said(row) == ("certified", 6, True, [])


def test_the_course_begins_where_logs_live_and_not_with_a_stray_call(tmp_path: Path) -> None:
    # The clock of a machine that has lost its battery.
    stray = call(called_at="2000-01-02T09:00:00Z", customer=EIGHT[0], integration_id=OTHER, stream="others")
    with Warehouse.open(lake_of(tmp_path, [*daily(SIX, IT, 0, 100), *others(100), stray])) as warehouse:
        course = certification(warehouse, Scope()).course
    assert course.group_by("integration").agg(first=pl.col("day").min(), days=pl.len()).sort("integration").rows() == [
        (IT, FIRST, 100),
        (OTHER, FIRST, 100),
    ]


def months_of(lake: Path) -> list[tuple[Any, ...]]:
    columns = ("month", "customers", "new", "stayed", "returning", "unknown", "lost", "complete")
    with Warehouse.open(lake) as warehouse:
        rows = warehouse.metric("customers_per_month").filter(pl.col("integration") == IT)
    return [(row[0].month, *row[1:]) for row in rows.select(columns).iter_rows()]


def test_a_month_that_a_log_misses_has_lost_nobody(tmp_path: Path) -> None:
    # the whole of July (days 30 to 60) is missing in its log
    its = daily(SIX, IT, 0, 30, stream="its") + daily(SIX, IT, 61, 122, stream="its")
    assert months_of(lake_of(tmp_path, [*its, *others(122)])) == [
        (6, 6, 0, 0, 0, 6, None, True),
        (7, 0, 0, 0, 0, 0, None, False),
        (8, 6, 0, 0, 0, 6, None, True),
        (9, 6, 0, 6, 0, 0, 0, True),
    ]


def test_a_month_without_headers_has_lost_nobody_and_a_whole_one_has(tmp_path: Path) -> None:
    its = [*daily(SIX, IT, 0, 30, stream="its"), *unlogged(SIX, 30, 61, stream="its")]
    its += daily(SIX[:2], IT, 61, 122, stream="its") + daily(SIX[2:], OTHER, 61, 122, stream="its")
    assert months_of(lake_of(tmp_path, [*its, *others(122)])) == [
        (6, 6, 0, 0, 0, 6, None, True),
        (7, 0, 0, 0, 0, 0, None, False),
        (8, 2, 0, 0, 0, 2, None, True),
        (9, 2, 0, 2, 0, 0, 0, True),
    ]


@pytest.mark.parametrize(
    ("missing", "july", "august"),
    [
        # two of six are gone since July; the others are there on every day of which there is a log
        (3, (7, 4, 0, 4, 0, 0, 2, False), (8, 4, 0, 4, 0, 0, 0, True)),
        (4, (7, 4, 0, 4, 0, 0, None, False), (8, 4, 0, 4, 0, 0, None, True)),
    ],
)
def test_three_days_without_logs_hide_nobody_who_is_seen_month_by_month(
    tmp_path: Path, missing: int, july: tuple[Any, ...], august: tuple[Any, ...]
) -> None:
    its = daily(SIX, IT, 0, 30, stream="its") + daily(SIX[:4], IT, 30, 40, stream="its")
    its += daily(SIX[:4], IT, 40 + missing, 122, stream="its")
    assert months_of(lake_of(tmp_path, [*its, *others(122)]))[1:3] == [july, august]
