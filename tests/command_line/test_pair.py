"""One pair by command: one object, for any integration and customer."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analytics.pair.answer import Pair
from tests.command_line.given import document

if TYPE_CHECKING:
    from tests.command_line.given import Run


def test_an_answer_has_exactly_the_fields_of_its_contract(run: Run, loaded: Path) -> None:
    code, out, err = run("pair", "12345_678900", "54321", "--json")
    answer = document(out)
    assert (code, err) == (0, "")
    assert tuple(answer) == tuple(field.name for field in dataclasses.fields(Pair))
    assert (answer["state"], answer["calls"], answer["errors"]) == ("too_few_calls", 1, 0)
    assert (answer["first_call"], answer["last_good_call"]) == ("2026-03-29T00:30:00Z", "2026-03-29T00:30:00Z")
    assert (answer["party"], answer["between"], answer["episodes"]) == (None, [], [])
    assert [(one["sign"], one["value"]) for one in answer["signs"]][:2] == [
        ("integration_id", "12345_678900"),
        ("program", "acme/1.0"),
    ]


def test_people_read_the_verdict_first(run: Run, loaded: Path) -> None:
    code, out, _ = run("pair", "12345_678900", "54321")
    assert code == 0
    assert out.startswith("Verdict")
    assert "There are too few calls to judge the connection: 1 call, 0 errors." in out


def test_a_pair_without_calls_says_what_is_unknown_in_it(run: Run, loaded: Path) -> None:
    code, out, err = run("pair", "12345_678900", "7654329", "--json")
    assert (code, document(out)["state"]) == (0, "no_calls")
    assert "no call has customer '7654329'; nearest: 7654321" in err


def test_a_period_without_calls_is_named(run: Run, loaded: Path) -> None:
    code, out, err = run("pair", "12345_678900", "54321", "--since", "2026-04-01", "--json")
    assert (code, document(out)["state"]) == (0, "no_calls")
    assert "no call was made on or after 2026-04-01" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nonsense", "54321"], "Invalid value for INTEGRATION: 'nonsense' is not an integration, like 12345_678900"),
        (["12345_678900", " "], "the argument after '12345_678900' is empty"),
        (["12345_678900"], "Missing argument"),
        (["12345_678900", "54321", "--integration", "12345_1"], "write it without the name of an option"),
        (["12345_678900", "54321", "--until", "soon"], "is not a date like"),
    ],
)
def test_wrong_arguments_are_named(run: Run, loaded: Path, arguments: list[str], says: str) -> None:
    code, out, err = run("pair", *arguments)
    assert (code, out) == (2, "")
    assert says in err


@pytest.mark.parametrize("customer", ["'; drop table calls; --", "\x1b[31m\u202e", "%s {0}", "beers/enyoi"])
def test_any_customer_has_an_answer(run: Run, loaded: Path, customer: str) -> None:
    code, out, err = run("pair", "--json", "--", "12345_678900", customer)
    assert (code, document(out)["state"]) == (0, "no_calls")
    assert "\x1b" not in out + err
