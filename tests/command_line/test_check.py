"""The ID check by command: one object, for any text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.command_line.given import document

if TYPE_CHECKING:
    from tests.command_line.given import Run

FIELDS = (
    "input", "id_status", "id_defect", "partner", "project", "seen", "first_call", "last_call", "calls", "errors",
    "customers", "environments", "near_misses", "verdict", "advice",
)  # fmt: skip


def test_an_answer_has_exactly_the_fields_of_the_contract(run: Run, loaded: Path) -> None:
    code, out, err = run("check", "12345_678900", "--json")
    answer = document(out)
    assert (code, err) == (0, "")
    assert tuple(answer) == FIELDS
    assert (answer["id_status"], answer["partner"], answer["project"], answer["seen"]) == ("valid", 12345, 678900, True)
    assert (answer["first_call"], answer["last_call"]) == ("2026-03-29T00:30:00Z", "2026-03-29T10:00:00Z")
    assert (answer["calls"], answer["errors"], answer["customers"]) == (2, 1, 1)
    assert (answer["environments"], answer["verdict"]) == (["production"], "example")


def test_a_near_miss_is_named(run: Run, loaded: Path) -> None:
    answer = document(run("check", "12345-678900", "--json")[1])
    assert (answer["verdict"], answer["id_defect"], answer["seen"]) == ("malformed", "wrong_separator", False)
    assert [(near["integration_id"], near["kind"], near["calls"]) for near in answer["near_misses"]] == [
        ("12345_678900", "separator", 2)
    ]


@pytest.mark.parametrize("text", ["7654321_1", "'; drop table calls; --", "\x1b[31m\u202e", "%s %n {0}", "x" * 3000])
def test_any_text_has_an_answer(run: Run, loaded: Path, text: str) -> None:
    code, out, err = run("check", "--json", "--", text)
    answer = document(out)
    assert (code, answer["input"], answer["seen"]) == (0, text, False)
    assert "\x1b" not in out + err
    assert "\x1b" not in run("check", "--", text)[1]


def test_what_was_looked_at_is_said_where_it_does_not_arrive(run: Run, loaded: Path) -> None:
    assert (
        "this is about all calls in the lake, from 2026-03-29 until 2026-03-30 (that day not included)"
        in run("check", "7654321_1")[2]
    )
