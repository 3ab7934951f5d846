"""When a pair was in trouble: hours with errors in, episodes out. Scores are worked out by hand."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest

from analytics.pair.episodes import Cell, episodes_in, score_of, usual_rate

START = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)


def cell(hour: int, calls: int = 1, status: int = 200, **said: Any) -> Cell:
    """Calls of one hour after the start, of which the first was made at 5 past and the last at 10 past."""
    outcome = {200: "ok", 401: "unauthorized", 403: "forbidden", 500: "validation"}[status]
    begins = START + dt.timedelta(hours=hour)
    values = {
        "hour": begins,
        "connector": "KnSubject",
        "operation": "get",
        "outcome": outcome,
        "status": status,
        "is_good": status == 200,
        "calls": calls,
        "first_call": begins + dt.timedelta(minutes=5),
        "last_call": begins + dt.timedelta(minutes=10),
    }
    return Cell(**{**values, **said})


def at(hour: int, minute: int) -> dt.datetime:
    return START + dt.timedelta(hours=hour, minutes=minute)


def test_calls_that_all_fail_from_one_hour_on_are_an_episode_that_lasts() -> None:
    cells = [cell(hour) for hour in range(200)] + [cell(hour, status=401) for hour in range(200, 210)]
    (episode,) = episodes_in(cells, 0.0)
    assert (episode.started_at, episode.ended_at, episode.calls, episode.errors) == (at(200, 5), None, 10, 10)
    assert (episode.outcome, episode.status, episode.is_total) == ("unauthorized", 401, True)
    # No error outside it, so the rate is at its lower bound, 0.002: each error adds ln(0.5 / 0.002).
    assert (episode.base_rate, episode.score) == (0.002, round(10 * math.log(250), 1))


def test_it_is_over_after_five_successes() -> None:
    broken = [cell(hour) for hour in range(200)] + [cell(hour, status=500) for hour in range(200, 210)]
    # A success speaks ln(0.998 / 0.5) = 0.69 for the usual rate, and 3.0 are enough: four are not, five are.
    four, five = ([*broken, *(cell(hour) for hour in range(210, 210 + many))] for many in (4, 5))
    assert [(one.ended_at, one.successes_since) for one in episodes_in(four, 0.0)] == [(None, 4)]
    assert [episode.ended_at for episode in episodes_in(five, 0.0)] == [at(209, 10)]


def test_a_few_errors_are_chance() -> None:
    # Two in a row: 2 ln(0.5 / 0.0099) = 7.8, below ln 200 + ln 1000 = 12.2; the same two are in the rate at first.
    assert episodes_in([cell(hour, status=500 if hour in {60, 61} else 200) for hour in range(200)], 0.0) == ()


def test_errors_that_are_usual_at_other_customers_are_no_episode() -> None:
    cells = [cell(hour, status=500 if hour % 4 == 0 else 200) for hour in range(20)]
    assert episodes_in(cells, 0.2) == ()


def test_one_connector_that_fails_is_told_as_that_one() -> None:
    cells = [cell(hour, connector=name) for hour in range(100) for name in ("A", "B")]
    cells += [cell(hour, connector="A", status=401) for hour in range(100, 112)]
    cells += [cell(hour, connector="B") for hour in range(100, 112)]
    (episode,) = episodes_in(cells, 0.0)
    assert (episode.connector, episode.calls, episode.errors) == ("A", 12, 12)


def test_an_episode_begins_with_its_own_kind_of_error() -> None:
    cells = [cell(hour) for hour in range(100)]
    cells += [cell(100, status=403), *(cell(hour, status=401) for hour in range(101, 120))]
    (episode,) = episodes_in(cells, 0.0)
    assert (episode.started_at, episode.calls, episode.status) == (at(101, 5), 19, 401)


def test_errors_of_different_kinds_by_chance_are_no_episode() -> None:
    # Four errors in a row score 4 ln(0.5 / 0.0045) = 18.8 of at least 12.2. From the first 401 on there are two: 9.4.
    cells = [cell(hour) for hour in range(196)]
    cells += [cell(196, status=500), cell(197, status=403), *(cell(hour, status=401) for hour in (198, 199))]
    assert episodes_in(cells, 0.05) == ()


def test_two_times_of_trouble_are_two_episodes_the_last_first() -> None:
    bad = {*range(40, 50), *range(140, 150)}
    cells = [cell(hour, status=500 if hour in bad else 200) for hour in range(200)]
    assert [episode.started_at for episode in episodes_in(cells, 0.0)] == [at(140, 5), at(40, 5)]


def test_calls_that_failed_from_the_first_one_on_are_an_episode() -> None:
    (episode,) = episodes_in([cell(hour, status=401) for hour in range(12)], 0.01)
    assert (episode.started_at, episode.calls, episode.base_rate) == (at(0, 5), 12, 0.01)


def test_without_calls_there_is_no_episode() -> None:
    assert episodes_in([], 0.0) == ()


def test_the_score_weighs_errors_against_successes() -> None:
    assert score_of(3, 1, 0.1) == pytest.approx(math.log(5) + 2 * math.log(0.5 / 0.9))
    assert usual_rate(80, 1, 0.05) == pytest.approx(0.02)  # (1 + 20 x 0.05) of 100
