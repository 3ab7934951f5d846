"""The CSV files: numbers stay numbers, and no text is a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.registry.sheets import read_sheets
from analytics.spreadsheet.csv_text import csv_text
from analytics.spreadsheet.formulas import FORMULA_SIGNS, FORMULA_STARTS, neutral, original
from command_line.printing.for_programs import rows_as_csv
from command_line.printing.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def lines_of_output(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """The same as the command line writes it."""
    return rows_as_csv(Rows(tuple(header), [tuple(row) for row in rows]))


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.test","click")',
        "=cmd|'/c calc'!A1",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\nx",
        "\N{FULLWIDTH EQUALS SIGN}1+1",
    ],
)
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert list(csv.reader(io.StringIO(csv_text(["name"], [[text]]), newline=""))) == [["name"], [f"'{text}"]]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (" =1", " '=1"),
        ("\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}=1", "\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}'=1"),
        ("\t=1", "'\t'=1"),
        ("\n=1", "'\n'=1"),
        ("a;=1", "a;'=1"),
        ('a; "=1', "a; \"'=1"),
        ("=1;+2;b;-3", "'=1;'+2;b;'-3"),
        ("a;''@b", "a;'''@b"),
        ("a\t=1", "a\t'=1"),
        ("a\r\n\n-b", "a\r\n\n'-b"),
    ],
)
def test_a_cell_may_begin_wherever_some_reader_splits(text: str, written: str) -> None:
    assert neutral(text) == written
    assert original(written) == text


@pytest.mark.parametrize(
    "text", ["KnSubject", "a=b", "a-b", "' =1", "a;b=1", "a, =1", "a\nb", "a;\n\tb", "'quoted", "1+1", ""]
)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


def test_every_kind_of_value_has_one_form() -> None:
    moment = dt.datetime(2026, 10, 25, 2, 30, 15, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    row = [None, True, False, 1234567, -5, 0.25, 1e-07, dt.date(2026, 3, 29), moment, 'a "b", c']
    assert csv_text([str(place) for place in range(10)], [row]) == (
        '0,1,2,3,4,5,6,7,8,9\r\n,true,false,1234567,-5,0.25,1e-07,2026-03-29,2026-10-25T01:30:15Z,"a ""b"", c"\r\n'
    )


SIGNS = st.sampled_from([*FORMULA_STARTS, "'", '"', " ", ";", ",", "x", "\xa0", "\x00", "\ufeff"])
TEXTS = st.text(st.one_of(SIGNS, SIGNS, st.characters(codec="utf-8")), max_size=8)
UNSEEN = re.compile(r"[\s\"\x00-\x1f\xa0\ufeff]*")
"""What may stand before the sign of a formula; written down here once more, from what spreadsheets skip."""


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=3), max_size=3), st.sampled_from([csv_text, lines_of_output]))
def test_whatever_is_written_is_read_again_and_is_a_formula_to_no_reader(
    rows: list[list[str]], written_by: Callable[[Sequence[str], Sequence[Sequence[str]]], str]
) -> None:
    text = written_by(["a", "b"], rows)
    read = {sign: list(csv.reader(io.StringIO(text, newline=""), delimiter=sign)) for sign in ",;\t"}
    assert read[","][1:] == [[neutral(cell) for cell in row] for row in rows]
    cells = [cell for file in read.values() for row in file for cell in row]
    assert [cell for cell in cells if UNSEEN.sub("", cell, count=1).startswith(FORMULA_SIGNS)] == []


def test_a_list_and_a_structure_are_texts_too() -> None:
    assert "a;'=1" in lines_of_output(["fields"], [[["a;=1", "b"]]])
    assert "a;'=1" in csv_text(["fields"], [[["a;=1", "b"]]])
    assert csv_text(["sum"], [[Decimal("-1.50")]]) == "sum\r\n-1.50\r\n"
    assert lines_of_output(["sum", "least"], [[Decimal("-1.50"), float("-inf")]]) == "sum,least\n-1.50,-inf\n"


@given(TEXTS)
def test_what_is_read_is_what_was_written_and_writing_it_again_changes_nothing(text: str) -> None:
    written = neutral(text)
    assert original(written) == text
    assert neutral(original(written)) == written
    assert not written.startswith(FORMULA_STARTS)


@given(TEXTS, TEXTS)
def test_two_texts_stay_two(one: str, other: str) -> None:
    assert (neutral(one) == neutral(other)) == (one == other)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_sheet_of_the_registry_is_read_as_it_was_written(tmp_path: Path, delimiter: str) -> None:
    """Also after an office suite has saved it with its own separator. Blanks around a cell are no part of a name."""
    signs = [*FORMULA_SIGNS, "'=", "''+", "'", ""]
    before = ["", " ", "a;", "a; ", 'a;"', "a,", "a\n", "'s-"]
    names = [f"{first}{sign}x" for first in before for sign in signs]
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerows([["partner", "name"], *([str(place), neutral(name)] for place, name in enumerate(names, 1000))])
    (tmp_path / "partners.csv").write_text(file.getvalue(), encoding="utf-8", newline="")
    [sheet], issues = read_sheets(tmp_path / "partners.csv")
    assert issues == []
    assert [cells for _, cells in sheet.rows][1:] == [
        [str(place), name.strip()] for place, name in enumerate(names, 1000)
    ]
