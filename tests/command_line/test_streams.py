"""`streams` and `streams end`: the coverage of each log, and the operator's statement that one has ended."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from analytics.completeness.streams import COLUMNS
from tests.analytics.given import given_lake
from tests.analytics.office_logs import calls_in, local, office
from tests.command_line.given import document

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command_line.given import Run


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Four weeks of one log with a late call, and three weeks of another one, which has stopped."""
    stopped = [row for row in office(4, 4, stream="old log") if row["day"] < dt.date(2026, 9, 26)]
    late = calls_in(local(dt.date(2025, 8, 12), 12), 1)
    return given_lake(tmp_path / "lake", office(4, 4, customer="4000000") + stopped + late)


def test_streams_says_what_each_log_covers_and_what_to_do(run: Run, lake: Path) -> None:
    code, out, err = run("streams", "--json", "--lake", str(lake))
    assert code == 0
    gateway, old = document(out)
    assert list(gateway) == list(COLUMNS)
    assert gateway == dict(
        zip(
            COLUMNS,
            [
                "gateway", 641, "2026-09-07", "2026-10-02", "goes_on", "2026-10-02", 0, False, True, 1, "2025-08-12",
                "2025-08-12", None, False, False,
            ],
            strict=True,
        )
    )  # fmt: skip
    # From Friday 25 September 17:00 to Friday 2 October 17:00
    assert (old["state"], old["last_day"], old["end_day"], old["missing_hours"]) == (
        "stopped",
        "2026-09-25",
        "2026-10-02",
        7 * 24,
    )
    assert err.splitlines() == [
        "gateway: 1 call of 2025-08-12 lies far from all others or after the last load; figures include it, but the search for missing hours does not use it",
        (
            "old log: no calls since 2026-09-25, while other logs go on; load the missing logs, or, if this one has ended:"
            " koppelzicht streams end 'old log'"
        ),
    ]
    assert run("streams", "--lake", str(lake))[1].splitlines()[-1].split()[-1] == "168"
    assert document(run("status", "--json", "--lake", str(lake))[1])["remarks"] == err.splitlines()


def test_what_was_said_of_an_end_holds_in_every_answer_and_can_be_taken_back(run: Run, lake: Path) -> None:
    def missing() -> int:
        rows = document(run("metric", "completeness", "--json", "--lake", str(lake))[1])
        return sum(row["state"] == "missing" for row in rows)

    assert missing() == 168
    code, out, _ = run("streams", "end", "old log", "--lake", str(lake))
    assert (code, out) == (0, "old log: has ended on 2026-09-25; 0 hours of it are missing\n")
    assert missing() == 0
    # Until Monday 28 September: 55 hours from Friday 17:00
    code, out, _ = run("streams", "end", "old log", "--on", "2026-09-28", "--json", "--lake", str(lake))
    assert code == 0
    ended = document(out)
    assert (ended["state"], ended["declared_on"], ended["missing_hours"]) == ("declared", "2026-09-28", 79)
    assert missing() == 79
    code, out, _ = run("streams", "end", "old log", "--undo", "--lake", str(lake))
    assert (code, out) == (0, "old log: calls are expected again; 168 hours of it are missing\n")
    assert missing() == 168


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["end", "old lag"], "there is no stream 'old lag'; did you mean old log?"),
        (["end", "old log", "--on", "28 September"], "'28 September' is not a date like 2026-03-31"),
        (["end", "old log", "--on", "2026-09-24"], "has calls until 2026-09-25, so it cannot have ended on 2026-09-24"),
        (["end", "old log", "--on", "2026-09-28", "--undo"], "--undo withdraws a declared end"),
        (["end", "old log", "--undo"], "old log was not declared to have ended"),
    ],
)
def test_an_end_that_cannot_be_is_wrong_usage(run: Run, lake: Path, arguments: list[str], said: str) -> None:
    code, _, err = run("streams", *arguments, "--lake", str(lake))
    assert code == 2
    assert said in err


def test_an_empty_lake_has_no_streams_to_end(run: Run, tmp_path: Path) -> None:
    lake = given_lake(tmp_path / "empty")
    assert document(run("streams", "--json", "--lake", str(lake))[1]) == []
    code, _, err = run("streams", "end", "gateway", "--lake", str(lake))
    assert (code, "nothing is loaded yet" in err) == (2, True)


def test_an_option_that_stands_before_end_is_refused_because_end_would_not_see_it(run: Run, lake: Path) -> None:
    code, _, err = run("streams", "--lake", str(lake), "end", "old log")
    assert code == 2
    assert "come after it: koppelzicht streams end NAME" in err
