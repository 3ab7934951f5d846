"""Missing hours become gaps, and gaps become sentences."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from analytics.completeness.gaps import Gap, gap_note, gaps
from analytics.registry import RegistryFiles
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.given import AMSTERDAM, given_lake, given_snapshot, reject
from tests.analytics.office_logs import WEDNESDAY, but, calls_in, office

THURSDAY = WEDNESDAY + dt.timedelta(days=1)


def at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, tzinfo=AMSTERDAM)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Three weeks of a stream of production that misses two days, one of test that is thin on a day, and a whole one."""

    def two_days(day: dt.date, _: int) -> int:
        return 0 if day in {WEDNESDAY, THURSDAY} else 4

    calls = [
        *office(3, two_days, stream="proxy", integration_id="1234567_1"),
        *office(3, but(30, on=WEDNESDAY, then=3), stream="staging", environment="test"),
        *office(3, 4, stream="gateway", integration_id="1234567_2"),
    ]
    return Warehouse.over(given_snapshot(tmp_path_factory.mktemp("gaps"), calls), RegistryFiles())


MISSING = Gap(
    stream="proxy",
    state="missing",
    why="silent",
    since=at(WEDNESDAY, 9),
    until=at(THURSDAY, 17),
    hours=16,
    calls=0,
    expected=64.0,
)
THIN = Gap(
    stream="staging",
    state="thin",
    why="low",
    since=at(WEDNESDAY, 9),
    until=at(WEDNESDAY, 17),
    hours=8,
    calls=24,
    expected=240.0,
)


def test_one_silence_is_one_gap_whatever_nights_lie_in_it(warehouse: Warehouse) -> None:
    assert gaps(warehouse, Scope(environment="all")) == (MISSING, THIN)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, (MISSING,)),
        ({"environment": "test"}, (THIN,)),
        ({"integration": "1234567_1"}, (MISSING,)),
        ({"integration": "1234567_2"}, ()),
        ({"stream": "gateway"}, ()),
        ({"since": "2026-09-16", "until": "2026-09-18"}, (MISSING,)),
        ({"since": "2026-09-18"}, ()),
    ],
)
def test_a_gap_concerns_figures_of_calls_that_come_from_that_log(
    warehouse: Warehouse, asked: dict[str, str], expected: tuple[Gap, ...]
) -> None:
    assert gaps(warehouse, Scope.parse(asked)) == expected


def test_who_may_not_see_all_cannot_tell_silence_from_a_gap(warehouse: Warehouse) -> None:
    for viewer in (Scope(environment="all", partner=1234567), Scope()):
        with Warehouse.over(warehouse.snapshot, RegistryFiles(), viewer) as narrowed:
            assert gaps(narrowed, Scope(environment="all")) == ()
    with Warehouse.over(warehouse.snapshot, RegistryFiles(), Scope(environment="all", stream="proxy")) as of_one_log:
        assert gaps(of_one_log, Scope(environment="all")) == (MISSING,)


def test_a_period_that_cuts_a_gap_shows_its_part(warehouse: Warehouse) -> None:
    (gap,) = gaps(warehouse, Scope.parse({"since": "2026-09-17"}))
    assert (gap.since, gap.until, gap.hours, gap.expected) == (at(THURSDAY, 9), at(THURSDAY, 17), 8, 32.0)


def test_the_note_says_which_log_when_and_how_much(warehouse: Warehouse) -> None:
    assert gap_note(warehouse, Scope(environment="all")) == (
        "figures are too low, because logs are missing: 16 hours\n"
        "  proxy: no calls from Wed 16 Sep 2026 09:00 to Thu 17 Sep 2026 17:00, about 64 expected\n"
        "8 hours with far fewer calls than usual: a holiday, a disturbance, or part of a log\n"
        "koppelzicht metric completeness shows every hour"
    )


def test_whole_logs_and_empty_lakes_need_no_note(warehouse: Warehouse, tmp_path: Path) -> None:
    assert gap_note(warehouse, Scope(stream="gateway")) is None
    with Warehouse.over(given_snapshot(tmp_path, []), RegistryFiles()) as empty:
        assert gap_note(empty, Scope()) is None


def test_of_many_gaps_the_first_are_said_and_the_others_counted(tmp_path: Path) -> None:
    def four_hours(day: dt.date, hour: int) -> int:
        return 0 if day == WEDNESDAY and hour in {9, 11, 13, 15} else 12

    with Warehouse.over(given_snapshot(tmp_path, office(3, four_hours)), RegistryFiles()) as warehouse:
        said = gap_note(warehouse, Scope())
    assert said is not None
    assert said.splitlines() == [
        "figures are too low, because logs are missing: 4 hours",
        "  gateway: no calls from Wed 16 Sep 2026 09:00 to Wed 16 Sep 2026 10:00, about 12 expected",
        "  gateway: no calls from Wed 16 Sep 2026 11:00 to Wed 16 Sep 2026 12:00, about 12 expected",
        "  gateway: no calls from Wed 16 Sep 2026 13:00 to Wed 16 Sep 2026 14:00, about 12 expected",
        "  and 1 more gap",
        "koppelzicht metric completeness shows every hour",
    ]


def test_a_note_names_a_log_that_stopped_and_what_was_rejected_with_what_to_do(tmp_path: Path) -> None:
    stopped = [row for row in office(3, 4, stream="old log") if row["day"] < WEDNESDAY]
    rejects = [reject(called_at=at(THURSDAY, 0) + dt.timedelta(minutes=n), stream="gateway") for n in range(40)]
    lake = given_lake(tmp_path / "lake", office(3, 4, customer="4000000") + stopped, rejects=rejects)
    with Warehouse.open(lake) as warehouse:
        said = gap_note(warehouse, Scope())
    # The old log stops on Tuesday 15 September at 17:00; the lake ends on Friday of the week after, at 17:00.
    assert said is not None
    assert said.splitlines() == [
        "figures are too low, because logs are missing: 264 hours",
        (
            "  old log: no calls from Tue 15 Sep 2026 17:00 to Fri 25 Sep 2026 17:00, while other logs go on; if it has ended: "
            "koppelzicht streams end 'old log'"
        ),
        (
            "  gateway: most lines from Thu 17 Sep 2026 00:00 to Fri 18 Sep 2026 00:00 could not be read; "
            "koppelzicht rejects --stream gateway shows why"
        ),
        "koppelzicht metric completeness shows every hour",
    ]


def test_stray_calls_are_named_where_they_are_asked_for_and_are_no_gap(tmp_path: Path) -> None:
    stray = calls_in(at(dt.date(2025, 8, 12), 12).astimezone(dt.UTC), 1)
    other = office(3, 4, stream="staging", environment="test")
    with Warehouse.over(given_snapshot(tmp_path, office(3, 4) + stray + other), RegistryFiles()) as warehouse:
        said = gap_note(warehouse, Scope())
        assert gaps(warehouse, Scope(environment="all")) == ()
        assert gap_note(warehouse, Scope(since=WEDNESDAY)) is None
        assert gap_note(warehouse, Scope(environment="test")) is None
    assert said == (
        "some logs have a few calls far from all others or after the last load:\n"
        "  gateway: 1 call of 2025-08-12 lies far from all others or after the last load; figures include it, but the search for missing hours does not use it"
    )
