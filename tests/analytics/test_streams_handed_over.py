"""A log whose customers go on in another log was renamed or handed over, and covers nothing else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.analytics.asked_lives import FIRST_DAY, asked, customers
from tests.analytics.given import call
from tests.analytics.office_logs import JUNE, Calls, daily, local, not_complete, office

# -- handed over

BORDER = FIRST_DAY + dt.timedelta(weeks=4)


def _border(before: Calls, after: Calls) -> Calls:
    """The first four weeks of a log `old`, and after them another one."""
    old = [row | {"stream": "old"} for row in before if row["day"] < BORDER]
    return old + [row | {"stream": "new"} for row in after if row["day"] >= BORDER]


def _ten(weeks: int = 8, per_hour: int = 4, **said: Any) -> Calls:
    return customers(10, office(weeks, per_hour, **said))


def test_a_log_whose_customers_go_on_in_a_new_one_was_renamed(tmp_path: Path) -> None:
    rows, lives = asked(tmp_path, _border(_ten(), _ten()))
    assert (lives["old"]["ended"], lives["new"]["continues"]) == ("handed_over", True)
    assert lives["old"]["end_hour"] == lives["old"]["last_hour"]
    assert not_complete(rows) == []


@pytest.mark.parametrize(
    "after",
    [
        [row | {"product": "sb"} for row in _ten()],
        [row | {"environment": "test"} for row in _ten()],
        [row | {"customer": f"5{row['customer'][1:]}"} for row in _ten()],
        customers(8, office(8, 4)),  # eight of the ten
        _ten(per_hour=1),  # a quarter of the calls
    ],
    ids=["product", "environment", "customers", "eight in ten", "volume"],
)
def test_a_log_of_something_else_that_begins_that_day_covers_nothing(tmp_path: Path, after: Calls) -> None:
    rows, lives = asked(tmp_path, _border(_ten(), after))
    assert lives["old"]["ended"] == "stopped"
    # Whether the new one shows more than was seen before is another question: fewer customers and calls, it does not.
    were_seen = {(row["product"], row["environment"], row["customer"]) for row in _ten()}
    assert lives["new"]["continues"] is all(
        (row["product"], row["environment"], row["customer"]) in were_seen for row in after
    )
    assert {row[4:] for row in not_complete(rows)} == {("missing", "stopped")}
    assert {row[0] for row in not_complete(rows)} == {"old"}


def test_nine_of_ten_customers_are_enough(tmp_path: Path) -> None:
    _, lives = asked(tmp_path, _border(_ten(), customers(9, office(8, 4))))
    assert (lives["old"]["ended"], lives["new"]["continues"]) == ("handed_over", True)


def test_between_a_log_and_the_one_that_takes_over_silence_is_judged(tmp_path: Path) -> None:
    # The old one stops on Friday 25 September, the new one begins on Monday 5 October: a week is lost.
    old = [row | {"stream": "old"} for row in _ten() if row["day"] < dt.date(2026, 9, 28)]
    new = [row | {"stream": "new"} for row in _ten() if row["day"] >= BORDER]
    rows, lives = asked(tmp_path, old + new)
    assert (lives["old"]["ended"], lives["old"]["end_hour"]) == ("handed_over", local(BORDER, 9))
    missing = not_complete(rows)
    assert (missing[0][1], missing[-1][1]) == (local(dt.date(2026, 9, 25), 17), local(BORDER, 9))
    assert {(row[0], row[5]) for row in missing} == {("old", "stopped")}


@pytest.mark.parametrize(
    ("before", "since", "ended"),
    [
        ("1234567_1", "1234567_1", "handed_over"),
        ("1234567_1", "7654321_9", "stopped"),
        (None, "7654321_9", "handed_over"),
        ("1234567_1", None, "stopped"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_the_same_customers_called_by_another_integration_are_no_renamed_log(
    tmp_path: Path, before: str | None, since: str | None, ended: str, *, is_new: bool
) -> None:
    """Nor in a log that was there already and has as many calls more from that day on."""
    old = [row for row in customers(6, office(8, 4)) if row["day"] < BORDER]
    new = [row for row in customers(6, office(8, 4, stream="new")) if row["day"] >= BORDER]
    calls = [row | _sent(before) for row in old] + [row | _sent(since) for row in new]
    if not is_new:
        calls += [row | _sent("7654321_9") for row in customers(6, office(8, 4, stream="new"))]
    _, lives = asked(tmp_path, calls)
    assert lives["gateway"]["ended"] == ended
    if is_new:
        # seen from the log that begins: what it goes on with was there before
        assert lives["new"]["continues"] == (since is None or before == since)


def _sent(integration: str | None) -> dict[str, Any]:
    """What a call that carries this id says of it."""
    given = call(integration_id=integration)
    return {name: given[name] for name in ("integration_id", "id_status", "partner", "project", "integration")}


def test_a_log_that_has_another_name_every_day_is_handed_over_every_day(tmp_path: Path) -> None:
    calls = customers(10, daily(JUNE, 40, lambda _: 60))
    rows, lives = asked(tmp_path, [row | {"stream": f"pod-{row['day']}"} for row in calls])
    assert [life["ended"] for life in lives.values()] == ["handed_over"] * 39 + ["goes_on"]
    assert [life["continues"] for life in lives.values()] == [False] + [True] * 39
    assert not_complete(rows) == []


@pytest.mark.parametrize(("others", "ended"), [(0, "handed_over"), (400, "stopped")])
def test_of_more_customers_than_are_looked_at_any_tell(tmp_path: Path, others: int, ended: str) -> None:
    before = customers(300, office(8, 10))
    after = [row | {"customer": str(int(row["customer"]) + others)} for row in before]
    _, lives = asked(tmp_path, _border(before, after))
    assert (lives["old"]["ended"], lives["new"]["continues"]) == (ended, ended == "handed_over")


def test_of_many_logs_that_begin_later_the_one_that_takes_over_is_found(tmp_path: Path) -> None:
    # The old log stops on Friday 25 September; on each day of the next week but Monday an unrelated one begins, and three weeks
    # later the one that has its customers.
    old = [row | {"stream": "old"} for row in _ten(12) if row["day"] < dt.date(2026, 9, 28)]
    new = [row | {"stream": "new"} for row in _ten(12) if row["day"] >= dt.date(2026, 10, 19)]
    others = [
        row | {"stream": f"other-{day}"}
        for day in range(3)
        for row in office(12, 4, customer="7000000")
        if row["day"] >= dt.date(2026, 9, 29) + dt.timedelta(days=day)
    ]
    rows, lives = asked(tmp_path, old + new + others)
    begins = local(dt.date(2026, 10, 19), 9)
    assert (lives["old"]["ended"], lives["old"]["end_hour"], lives["new"]["continues"]) == (
        "handed_over",
        begins,
        False,
    )
    missing = not_complete(rows)
    assert (missing[0][1], missing[-1][1]) == (local(dt.date(2026, 9, 25), 17), begins)


def test_customers_that_move_to_a_log_that_was_there_already_are_handed_over(tmp_path: Path) -> None:
    there = office(8, 4, customer="7000000", stream="there")
    moved = [row | {"stream": "there"} for row in _ten() if row["day"] >= BORDER]
    rows, lives = asked(tmp_path, _border(_ten(), []) + there + moved)
    assert (lives["old"]["ended"], lives["old"]["end_hour"]) == ("handed_over", lives["old"]["last_hour"])
    assert not_complete(rows) == []


def test_servers_that_share_the_load_do_not_cover_for_one_whose_log_is_missing(tmp_path: Path) -> None:
    # Four servers; the log of one is loaded no longer. The others have all customers, and no call more than before.
    shared = [row | {"stream": f"server-{number % 4}"} for number, row in enumerate(customers(5, office(8, 8)))]
    lost = [row for row in shared if row["stream"] != "server-3" or row["day"] < BORDER]
    rows, lives = asked(tmp_path, lost)
    assert lives["server-3"]["ended"] == "stopped"
    assert {(row[0], row[5]) for row in not_complete(rows)} == {("server-3", "stopped")}
    # Where it was switched off, the others have its calls.
    moved = [
        row | {"stream": f"server-{number % 3}"} if row["stream"] == "server-3" and row["day"] >= BORDER else row
        for number, row in enumerate(shared)
    ]
    rows, lives = asked(tmp_path, moved)
    assert lives["server-3"]["ended"] == "handed_over"
    assert not_complete(rows) == []


def test_a_log_that_begins_later_with_customers_of_its_own_continues_nothing(tmp_path: Path) -> None:
    late = [row | {"stream": "late"} for row in customers(3, office(8, 4)) if row["day"] >= BORDER]
    _, lives = asked(tmp_path, office(8, 4, customer="7000000") + late)
    assert {name: life["continues"] for name, life in lives.items()} == {"gateway": False, "late": False}
