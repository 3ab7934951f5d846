"""The go-live review by command: one object for any integration."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analytics.review.answer import Review
from tests.command_line.given import document

if TYPE_CHECKING:
    from tests.command_line.given import Run


def test_a_review_is_one_object(run: Run, loaded: Path) -> None:
    code, out, err = run("review", "12345_678900", "--json")
    answer = document(out)
    assert (code, tuple(answer)) == (0, tuple(field.name for field in fields(Review)))
    assert (answer["integration"], answer["calls"], answer["good_share"]) == ("12345_678900", 2, 0.5)
    assert [(part["part"], part["verdict"]) for part in answer["parts"]] == [
        ("integration", "not_shown"),  # its id is the example of the documentation
        ("onboarding", "not_visible"),
        ("errors", "too_few"),
    ]
    assert "note: calls_succeed: 1 of 2 calls succeeded: 50.0% (9.5% to 90.5%), and 90% is asked" in err


def test_people_see_the_verdicts_and_the_first_rows(run: Run, loaded: Path) -> None:
    code, out, _ = run("review", "12345_678900")
    assert code == 0
    assert "integration  id_on_every_call        not_shown       2       2  100.00 %" in out
    assert "Uses" in out
    assert "Versions" not in out


def test_an_integration_that_nobody_knows_is_said_with_the_nearest(run: Run, loaded: Path) -> None:
    code, out, err = run("review", "12345_678901", "--json")
    assert (code, document(out)["calls"]) == (0, 0)
    assert "no call has integration '12345_678901'; nearest: 12345_678900" in err


@pytest.mark.parametrize("text", ["", "12345", "12345-678900", "\x1b[31m", "'; drop table calls; --", "x" * 3000])
def test_a_text_that_is_no_integration_is_wrong_usage(run: Run, loaded: Path, text: str) -> None:
    code, out, err = run("review", "--json", "--", text)
    assert (code, out) == (2, "")
    assert "an integration, like 12345_678900" in err or "empty" in err
    assert "\x1b" not in err


def test_another_integration_in_the_options_is_wrong_usage(run: Run, loaded: Path) -> None:
    code, _, err = run("review", "12345_678900", "--integration", "12345_1")
    assert code == 2
    assert "the review is about 12345_678900; leave --integration out" in err


def test_a_log_of_the_onboarding_page_says_who_came(run: Run, loaded: Path, tmp_path: Path) -> None:
    visits = tmp_path / "visits.log"
    came = '203.0.113.7 - - [29/Mar/2026:02:00:00 +0200] "GET /?afasBaseUrl=https://beers.afasfocus.nl/enyoi HTTP/1.1" 200 5 "-" "Mozilla/5.0"'
    visits.write_text(f"{came}\nhello world\n", encoding="utf-8")
    code, out, err = run("review", "12345_678900", "--visits", visits, "--json")
    [visit] = document(out)["visits"]
    assert (code, visit["customer"], visit["first_visit"], visit["visits"]) == (
        0,
        "beers/enyoi",
        "2026-03-29T00:00:00Z",
        1,
    )
    assert (
        "visits.log: 2 lines, 1 visit, 0 with another address, 0 other requests, 0 ignored, 1 that cannot be read"
        in err
    )
    assert document(run("review", "12345_678900", "--json")[1])["visits"] is None


def test_wrong_options_about_visits_are_said(run: Run, loaded: Path) -> None:
    code, _, err = run("review", "12345_678900", "--visits", "nowhere.log")
    assert (code, "nowhere.log: cannot be opened" in err) == (1, True)
    code, _, err = run("review", "12345_678900", "--layout", "$host")
    assert (code, "give --visits FILE as well" in err) == (2, True)
