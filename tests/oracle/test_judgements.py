"""The oracle of the judgements, compared with stories worked by hand. `worlds.py` makes the same stories at random."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.oracle.asked import Asked, Registered, World
from tests.oracle.clock import AMSTERDAM, easter, holidays_of
from tests.oracle.logs import judged_logs
from tests.oracle.months import Month, customers_per_month
from tests.oracle.seen import Rejected, Seen
from tests.oracle.stories import STORIES
from tests.oracle.verdicts import Verdict, certification
from tests.oracle.worlds import world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MONDAY = dt.date(2026, 5, 18)
WEEKS = 16
LAST = MONDAY + dt.timedelta(weeks=WEEKS - 1, days=4)
"""A Friday in September, without a holiday in the window before it."""
OURS = "1000009_1"
CERTIFIED = [Registered(integration=OURS, certified_since=dt.date(2026, 1, 1))]


def office(
    stream: str,
    since: dt.date = MONDAY,
    until: dt.date = LAST,
    *,
    without: Sequence[dt.date] = (),
    first: int = 1,
    each: int = 1,
    **said: Any,
) -> list[Seen]:
    """From Monday to Friday, from nine to five, each of six customers calls once an hour."""
    days = (dt.date.fromordinal(day) for day in range(since.toordinal(), until.toordinal() + 1))
    return [
        Seen(
            at=dt.datetime.combine(day, dt.time(hour, 7 * customer + call), AMSTERDAM),
            stream=stream,
            customer=str(7_000_000 + first + customer),
            **{"integration": OURS} | said,
        )
        for day in days
        if day.weekday() < 5 and day not in without
        for hour in range(9, 17)
        for customer in range(6)
        for call in range(each)
    ]


def others() -> list[Seen]:
    """Two logs that do not stop."""
    return office("web", first=101, integration="1000001_1") + office("gate", first=201, integration="1000001_1")


def changed(stream: str) -> list[Seen]:
    """The same six customers in that log, with another integration for the last five weeks."""
    return office(stream, ago(34), integration="1000001_1")


def ago(days: int) -> dt.date:
    return LAST - dt.timedelta(days=days)


def span(first: int, last: int) -> list[dt.date]:
    return [ago(days) for days in range(last, first + 1)]


def verdict(
    calls: Sequence[Seen],
    *,
    rejects: Sequence[Rejected] = (),
    registry: Sequence[Registered] = CERTIFIED,
    ended: dict[str, int] | None = None,
) -> Verdict:
    """The oracle's verdict on our integration, beside two other logs that do not stop."""
    every = [*others(), *calls]
    logs = judged_logs(every, rejects=rejects, ended=ended)
    return certification(World(every, logs, rejects=rejects, registry=registry), Asked())[OURS]


def said(found: Verdict) -> tuple[str, int, bool, list[str]]:
    return found.state, found.customers, found.complete, sorted(found.reasons)


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        (lambda: office("ours"), ("certified", 6, True, [])),
        # the log stopped: its silence stays missing as it grows old
        (lambda: office("ours", until=ago(28)), ("certified", 6, False, ["logs_missing"])),
        (lambda: office("ours", until=ago(31)), ("unknown", 0, False, ["logs_missing"])),
        (lambda: office("ours", until=ago(70)), ("unknown", 0, False, ["logs_missing"])),
        # the log was renamed, or only seems so: another product, environment, customers, fewer calls
        (lambda: office("ours", until=ago(11)) + office("new", ago(10)), ("certified", 6, True, [])),
        (
            lambda: office("ours", until=ago(32)) + office("new", ago(31), product="sb", first=301, integration="1000001_1"),
            ("unknown", 0, False, ["logs_missing"]),
        ),
        (
            lambda: office("ours", until=ago(32)) + office("new", ago(31), environment="test"),
            ("unknown", 0, False, ["logs_missing"]),
        ),
        (
            lambda: office("ours", until=ago(32)) + office("new", ago(31), first=301, integration="1000001_1"),
            ("unknown", 0, False, ["logs_missing"]),
        ),
        (
            lambda: office("ours", until=ago(60), each=4) + office("new", ago(59), ago(35)) + changed("new"),
            ("unknown", 0, False, ["logs_missing"]),
        ),
        # its customers call with another id: nobody knows whether they call with this one, too
        (
            lambda: office("ours", until=ago(32)) + office("new", ago(31), integration="1000001_1"),
            ("unknown", 0, False, ["logs_missing"]),
        ),
        (
            lambda: (
                office("ours", until=ago(32))
                + office("there", until=ago(32), integration="1000001_1")
                + office("there", ago(31), each=2, integration="1000001_1")
            ),
            ("unknown", 0, False, ["logs_missing"]),
        ),
        # its customers call with the same id until they change to another one
        (
            lambda: office("ours", until=ago(60)) + office("new", ago(59), ago(35)) + changed("new"),
            ("lost", 0, True, []),
        ),
        # the log did not show with which id they call
        (
            lambda: (
                office("ours", until=ago(61))
                + office("ours", ago(60), ago(50), id_status="missing", integration=None)
                + office("new", ago(49), integration="1000001_1")
            ),
            ("unknown", 0, False, ["logs_missing"]),
        ),
        (
            lambda: (
                office("ours", until=ago(91))
                + office("ours", ago(90), ago(50), id_status="missing", integration=None)
                + office("new", ago(49), integration="1000001_1")
            ),
            ("lost", 0, True, []),
        ),
        # an id that is not logged may have been sent, unless another log holds the header at that time
        (
            lambda: office("ours", until=ago(36)) + office("ours", ago(35), id_status="not_logged", integration=None),
            ("unknown", 0, False, ["header_not_logged"]),
        ),
        (
            lambda: (
                office("ours", until=ago(36))
                + office("ours", ago(35), id_status="not_logged", integration=None)
                + office("proxy", id_status="missing", integration=None)
            ),
            ("lost", 0, True, []),
        ),
        (lambda: office("ours", until=ago(36)) + office("ours", ago(35), id_status="missing", integration=None), ("lost", 0, True, [])),
        # only ten days of the log were loaded
        (
            lambda: [call for call in office("ours", ago(25), ago(16)) if call.customer < "7000004"],
            ("unknown", 3, False, ["logs_missing", "not_covered"]),
        ),
        # the log begins later than the others, with customers of its own
        (lambda: office("ours", ago(10)), ("certified", 6, False, ["not_covered"])),
        # most of each day is missing, since two weeks
        (
            lambda: [call for call in office("ours") if call.at.date() < ago(14) or call.at.hour < 10],
            ("certified", 6, False, ["logs_missing"]),
        ),
    ],
)  # fmt: skip
def test_nothing_is_judged_from_missing_logs(
    calls: Callable[[], list[Seen]], expected: tuple[str, int, bool, list[str]]
) -> None:
    assert said(verdict(calls())) == expected


def test_a_stream_that_was_declared_to_have_ended_is_no_gap() -> None:
    calls = office("ours", until=ago(45))
    assert said(verdict(calls, ended={"ours": ago(45).toordinal()})) == ("lost", 0, True, [])
    # calls after that day make the declaration void
    again = calls + office("ours", ago(35), ago(31))
    assert said(verdict(again, ended={"ours": ago(45).toordinal()})) == ("unknown", 0, False, ["logs_missing"])


def test_rejected_lines_are_missing_logs() -> None:
    lines = [
        Rejected(load="2", stream="ours", reason="unknown_host", at=call.at, integration=OURS)
        for call in office("ours", ago(35))
    ]
    assert said(verdict(office("ours", until=ago(36)), rejects=lines)) == ("unknown", 0, False, ["logs_missing", "logs_rejected"])  # fmt: skip
    strangers = [
        Rejected(load="2", stream="ours", reason="unknown_host", at=line.at, integration=None) for line in lines
    ]
    assert "logs_rejected" not in verdict(office("ours", until=ago(36)), rejects=strangers).reasons


def small(*, every: int, without: Sequence[dt.date] = ()) -> list[Seen]:
    """On one day in `every`, two of three customers call once each."""
    return [
        Seen(
            at=dt.datetime.combine(day, dt.time(9 + (3 * number + one) % 8), AMSTERDAM),
            stream="ours",
            customer=str(7_000_001 + (number + one) % 3),
            integration=OURS,
        )
        for number in range(0, 7 * WEEKS, every)
        if (day := MONDAY + dt.timedelta(days=number)) not in without
        for one in range(2)
    ]


@pytest.mark.parametrize(
    ("calls", "state", "reasons"),
    [
        (small(every=1), "at_risk", []),
        (small(every=1, without=span(20, 11)), "unknown", ["logs_missing"]),
        (small(every=2, without=span(30, 6)), "unknown", ["logs_missing", "too_few_calls"]),
        # there are too few calls to notice that some are missing
        (small(every=9), "unknown", ["too_few_calls"]),
    ],
)
def test_a_small_log_is_tested_day_by_day_or_says_that_it_is_too_small(
    calls: list[Seen], state: str, reasons: list[str]
) -> None:
    found = verdict(calls)
    assert (found.state, sorted(found.reasons)) == (state, reasons)


def test_a_stray_call_changes_nothing() -> None:
    stray = [Seen(at=dt.datetime(2025, 3, 3, 9, tzinfo=AMSTERDAM), stream="ours", customer="7000001", integration=OURS)]
    assert said(verdict([*office("ours"), *stray])) == ("certified", 6, True, [])


def test_a_call_dated_after_the_last_load_does_not_move_the_end_of_the_logs() -> None:
    ahead = Seen(
        at=dt.datetime.combine(ago(-2), dt.time(12), AMSTERDAM), stream="ours", customer="7000001", integration=OURS
    )
    usual = office("ours", until=ago(1)) + office("proxy", first=301, integration="1000001_1")
    calls = [*usual, *others()]
    night = dt.datetime.combine(ago(-1), dt.time(2), AMSTERDAM)
    logs, moved = (judged_logs([*calls, ahead], loaded_at=loaded_at) for loaded_at in (night, None))
    assert logs.last == judged_logs(calls).last
    assert {name: stream.hours for name, stream in logs.streams.items()} == {
        name: stream.hours for name, stream in judged_logs(calls).streams.items()
    }
    assert moved.last == ahead.hour
    # a log with only such calls does not live; in a lake with only such calls, they are the end
    assert "fast" not in judged_logs([*calls, replace(ahead, stream="fast")], loaded_at=night).streams
    assert judged_logs([ahead], loaded_at=night).last == ahead.hour


@pytest.mark.parametrize(
    ("reason", "lines", "state"),
    [
        # 704 calls show four customers: one line may hold the fifth
        ("unknown_host", 1, "unknown"),
        ("no_customer", 1, "unknown"),
        ("bad_url", 1, "unknown"),
        ("bad_status", 37, "at_risk"),
        ("bad_status", 38, "unknown"),
    ],
)
def test_rejected_lines_may_be_the_customer_that_is_missing(reason: str, lines: int, state: str) -> None:
    """Lines of unknown owners count, however few; damaged lines count if at least one line in twenty is damaged."""
    calls = [call for call in office("ours") if call.customer < "7000005"]
    rejects = [
        Rejected(
            load="2",
            stream="ours",
            reason=reason,
            at=dt.datetime.combine(ago(number % 20), dt.time(12), AMSTERDAM),
            integration=OURS,
        )
        for number in range(lines)
    ]
    assert said(verdict(calls, rejects=rejects))[:3] == (state, 4, state != "unknown")


def test_days_left_are_those_until_the_fifth_youngest_leaves() -> None:
    """Five customers whose last calls are all 29 days ago: tomorrow none is left."""
    other = [call for call in office("ours") if call.customer == "7000006"]
    five = [call for call in office("ours", until=ago(29)) if call.customer < "7000006"]
    found = verdict(five + other)
    assert (found.state, found.customers, found.days_left) == ("at_risk", 6, 1)
    assert {"falling", "window_ends"} <= found.reasons


def test_a_certificate_is_inherited_by_the_id_that_replaces_it_unless_its_own_row_says_otherwise() -> None:
    old = Registered(integration="1900001_1", certified_since=dt.date(2026, 1, 1))
    heir = Registered(integration=OURS, replaces="1900001_1")
    found = verdict(office("ours"), registry=[old, heir])
    assert (found.certified, sorted(found.reasons)) == (True, ["certification_inherited"])
    later = Registered(integration=OURS, replaces="1900001_1", certified_since=dt.date(2027, 1, 1))
    found = verdict(office("ours"), registry=[old, later])
    assert (found.certified, sorted(found.reasons)) == (False, [])


def test_a_month_that_was_not_loaded_loses_nobody_and_nobody_returns_from_it() -> None:
    june = [dt.date(2026, 6, day) for day in range(1, 31)]
    every = others() + office("ours", without=june)
    months = customers_per_month(World(every, judged_logs(every)), Asked())
    found = {month.month: one for (integration, month), one in months.items() if integration == OURS}
    assert found == {
        5: Month(customers=6, new=0, stayed=0, returning=0, unknown=6, lost=None, complete=False),
        6: Month(customers=0, new=0, stayed=0, returning=0, unknown=0, lost=None, complete=False),
        7: Month(customers=6, new=0, stayed=0, returning=0, unknown=6, lost=None, complete=True),
        8: Month(customers=6, new=0, stayed=6, returning=0, unknown=0, lost=0, complete=True),
        9: Month(customers=6, new=0, stayed=6, returning=0, unknown=0, lost=None, complete=False),
    }


def states(calls: Sequence[Seen], stream: str) -> Iterator[str]:
    return (hour.state for hour in judged_logs(calls).streams[stream].hours.values())


@pytest.mark.parametrize("at", [dt.time(1), dt.time(2, 30)])
@pytest.mark.parametrize("zone", [dt.UTC, AMSTERDAM])
def test_what_runs_at_night_runs_through_both_changes_of_the_clock(at: dt.time, zone: dt.tzinfo) -> None:
    days = (dt.date.fromordinal(dt.date(2026, 2, 2).toordinal() + number) for number in range(310))
    job = [
        Seen(at=dt.datetime.combine(day, at, zone), stream="job", customer=str(7_000_001 + call), integration=OURS)
        for day in days
        for call in range(20)
    ]
    assert set(states(job, "job")) == {"complete"}


def test_a_holiday_is_no_gap_and_neither_is_the_morning_behind_it() -> None:
    rested = [dt.date(2026, 5, 25), dt.date(2026, 6, 18)]
    calls = [*others(), *office("ours", without=rested)]
    assert {"missing"} & set(states(calls, "ours")) == {"missing"}, "the 18th of June is none"
    calls = [*others(), *office("ours", without=rested[:1])]
    assert "missing" in set(states(calls, "ours")), "others worked on Whit Monday"
    alone = office("ours", without=rested[:1])
    assert "missing" not in set(states(alone, "ours"))


@pytest.mark.parametrize(
    "sunday",
    [dt.date(1954, 4, 18), dt.date(1981, 4, 19), dt.date(2024, 3, 31), dt.date(2026, 4, 5), dt.date(2038, 4, 25)],
)
def test_easter_is_when_it_was(sunday: dt.date) -> None:
    assert easter(sunday.year) == sunday.toordinal()


def test_the_king_has_his_birthday_on_a_saturday_where_it_would_be_a_sunday() -> None:
    assert dt.date(2025, 4, 26).toordinal() in holidays_of(2025)
    assert dt.date(2025, 4, 27).toordinal() not in holidays_of(2025)
    assert dt.date(2026, 4, 27).toordinal() in holidays_of(2026)


def test_every_story_is_told_by_one_of_as_many_worlds_as_there_are_stories() -> None:
    told = {story for seed in range(len(STORIES)) for story in world(seed).stories}
    assert told == set(STORIES)
