"""The words: all there, for everything that can occur; and what is not ours is shown letter by letter."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scope import EnvironmentScope
from dashboard.text import wording
from ingest import call
from ingest.formats import FORMATS

DASHBOARD = Path(wording.__file__).parent.parent
VOCABULARIES = {
    "environment": EnvironmentScope,
    "product": call.Product,
    "protocol": call.Protocol,
    "operation": call.Operation,
    "outcome": call.Outcome,
    "party": call.Party,
    "id_status": call.IdStatus,
    "id_defect": call.IdDefect,
    "reason": call.RejectReason,
}


@pytest.mark.parametrize(("name", "vocabulary"), VOCABULARIES.items(), ids=VOCABULARIES)
def test_every_value_of_a_vocabulary_has_words(name: str, vocabulary: object) -> None:
    assert [value for value in get_args(vocabulary) if not wording.has(f"{name}.{value}")] == []


def test_every_log_format_has_words() -> None:
    assert [name for name in FORMATS if not wording.has(f"log_format.{name}")] == []


ASKING = {
    "say": "{}",
    "plain": "{}",
    "frame.heading": "{}",
    "frame.table": "{}",
    "frame.chart": "{}",
    "frame.title": "{}.title",
    "frame.opened": "{}.title",
}
"""Which functions ask for a text, and for which, given their first argument."""


def test_every_text_that_is_asked_for_is_there() -> None:
    asked = {
        ASKING[ast.unparse(node.func)].format(node.args[0].value)
        for file in DASHBOARD.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ASKING and isinstance(node.args[0], ast.Constant)
    }
    assert {"errors.title", "errors.chart", "errors.by_outcome", "errors.none"} <= asked
    assert sorted(key for key in asked if not wording.has(key)) == []


def test_our_own_words_stay_markdown_and_others_are_cited() -> None:
    assert wording.say("filter.note_part", field=wording.say("filter.connector"), value="**x**") == "Connector `**x**`"


def test_a_count_brings_its_noun() -> None:
    assert wording.plain("check.verdict.arriving", calls=1, customers=0, environments="Test") == (
        "**The id arrives and is correct:** 1 call from 0 customers. Test."
    )
    words = "certification.about.supplied_getconnectors"
    assert wording.say(words, supplied_connectors=1).startswith("**1 supplied GetConnector (`Profit_`) is in use.**")
    assert wording.say(words, supplied_connectors=1200).startswith("**1,200 supplied GetConnectors (`Profit_`) are in")


@given(st.text())
def test_a_cited_text_is_one_line_between_fences_that_it_does_not_hold(text: str) -> None:
    cited = wording.verbatim(text)
    fence = cited[: len(cited) - len(cited.lstrip("`"))]
    inside = cited.removeprefix(fence).removesuffix(fence)
    assert len(cited.splitlines()) == 1
    assert fence
    assert fence not in inside


def test_numbers_and_dates_are_shown_as_a_reader_expects_them() -> None:
    values = (
        0,
        999,
        1000,
        -1234567,
        0.5,
        0.12345,
        None,
        dt.date(2026, 2, 1),
        dt.datetime(2026, 2, 1, 8, 5, tzinfo=dt.UTC),
    )
    assert [wording.shown(value) for value in values] == [
        "0",
        "999",
        "1,000",
        "-1,234,567",
        "50.0%",
        "12.3%",
        "–",
        "1 Feb 2026",
        "1 Feb 2026, 08:05",
    ]


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2026-10-05", "2026-10-06", "5 Oct 2026"),
        ("2026-10-05", "2026-10-12", "5 – 11 Oct 2026"),
        ("2026-09-28", "2026-10-12", "28 Sep – 11 Oct 2026"),
        ("2025-12-29", "2026-01-05", "29 Dec 2025 – 4 Jan 2026"),
    ],
)
def test_a_period_is_named_by_its_first_and_last_day(since: str, until: str, words: str) -> None:
    assert wording.span(dt.date.fromisoformat(since), dt.date.fromisoformat(until)) == words
