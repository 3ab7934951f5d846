"""The words: there is one for everything that can occur, and foreign texts are shown letter by letter."""

from __future__ import annotations

import ast
import datetime as dt
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scope import EnvironmentScope
from dashboard.shell.pages import PAGES
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
    "say": ["{}"],
    "plain": ["{}"],
    "frame.heading": ["{}"],
    "frame.table": ["{}"],
    "frame.chart": ["{}"],
    "frame.title": ["{}.title"],
    "frame.opened": ["{}.title"],
    "cards.single": ["card.{}", "card_help.{}"],
    "cards.compared": ["column.{}", "column_help.{}"],
    "axes.tip": ["column.{}"],
    "axes.said": ["column.{}"],
}
"""Which functions ask for a text, and for which, given their first argument."""
HEADED = {"axes.tip": 2, "axes.said": 1}
"""Which of them are called with a heading in the place of their first argument, and where it stands."""
TABLES = {"frame.table": 2, "tables.show": 1}
"""Which functions draw a table, and which argument are its columns."""
FILES = sorted(DASHBOARD.rglob("*.py"))


def calls_in(file: Path) -> list[tuple[str, ast.Call]]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return [(ast.unparse(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_every_text_that_is_asked_for_is_there() -> None:
    asked = set()
    for function, node in (found for file in FILES for found in calls_in(file) if found[0] in ASKING):
        said = node.args[HEADED.get(function, 0) if len(node.args) > HEADED.get(function, 0) else 0]
        if isinstance(said, ast.Constant):
            asked |= {pattern.format(said.value) for pattern in ASKING[function]}
    assert {"errors.title", "errors.chart", "errors.by_outcome", "errors.none", "card.lines", "column.lift"} <= asked
    assert sorted(key for key in asked if not wording.has(key)) == []


def test_every_page_has_a_title() -> None:
    assert [page.address for page in PAGES if not wording.has(f"{page.address}.title")] == []


def values_of(called: str, file: Path) -> list[ast.expr]:
    """The values of a name in a script: those assigned to it, and the lists that a loop goes through."""
    found: list[ast.expr] = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name == called:
                found.append(value)
            case ast.For(target=target, iter=given) if called in {
                each.id for each in ast.walk(target) if isinstance(each, ast.Name)
            }:
                found += [part for part in ast.walk(given) if isinstance(part, ast.List)]
    assert found, f"{file}: {called}: a table's columns are written out in the file in which it is drawn"
    return found


def written_out(columns: ast.expr, file: Path) -> list[str]:
    """The columns of a table, by their names in the script; lists that stand under a name of their own are looked up."""
    match columns:
        case ast.Constant(value=str(name)):
            return [name]
        case ast.Starred(value=inner):
            return written_out(inner, file)
        case ast.List(elts=parts):
            return [name for part in parts for name in written_out(part, file)]
        case ast.IfExp(body=one, orelse=other):
            return [*written_out(one, file), *written_out(other, file)]
        case ast.Name(id=called):
            return [name for value in values_of(called, file) for name in written_out(value, file)]
        case _:
            raise AssertionError(f"{file}: {ast.unparse(columns)}: a table's columns are written out where it is drawn")


def test_every_column_of_a_table_has_a_heading() -> None:
    """Also of a table that no test fills: without a heading its page breaks on the first row."""
    columns = {
        (str(file.relative_to(DASHBOARD)), name)
        for file in FILES
        for function, node in calls_in(file)
        if function in TABLES and file.name != "frame.py"
        for name in written_out(node.args[TABLES[function]], file)
    }
    assert {("sections/certification/page.py", "clock_why"), ("sections/impact/page.py", "change")} <= columns
    assert [(file, name) for file, name in sorted(columns) if not wording.has(f"column.{name}")] == []


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
