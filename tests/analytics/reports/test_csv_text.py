"""The CSV files: numbers stay numbers, and no text is a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.formulas import FORMULA_STARTS, neutral, original
from analytics.reports.csv_text import csv_text


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://example.test","click")',
        "=cmd|'/c calc'!A1",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\N{FULLWIDTH EQUALS SIGN}1+1",
    ],
)
def test_a_text_that_looks_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert list(csv.reader(io.StringIO(csv_text(["name"], [[text]]), newline=""))) == [["name"], [f"'{text}"]]


@pytest.mark.parametrize("text", ["KnSubject", "a=b", "a-b", " =1", "'quoted", "1+1", ""])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


def test_every_kind_of_value_has_one_form() -> None:
    moment = dt.datetime(2026, 10, 25, 2, 30, 15, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    row = [None, True, False, 1234567, -5, 0.25, 1e-07, dt.date(2026, 3, 29), moment, 'a "b", c']
    assert csv_text([str(place) for place in range(10)], [row]) == (
        '0,1,2,3,4,5,6,7,8,9\r\n,true,false,1234567,-5,0.25,1e-07,2026-03-29,2026-10-25T01:30:15Z,"a ""b"", c"\r\n'
    )


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2)))
def test_whatever_is_written_is_read_again_and_is_no_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(["a", "b"], rows), newline="")))
    assert read[1:] == [[neutral(cell) for cell in row] for row in rows]
    assert not any(cell.startswith(FORMULA_STARTS) for row in read for cell in row)


TEXTS = st.text(st.one_of(st.sampled_from([*FORMULA_STARTS, "'", " ", "x"]), st.characters()), max_size=6)


@given(TEXTS)
def test_what_is_read_is_what_was_written_and_writing_it_again_changes_nothing(text: str) -> None:
    written = neutral(text)
    assert original(written) == text
    assert neutral(original(written)) == written
    assert not written.startswith(FORMULA_STARTS)


@given(TEXTS, TEXTS)
def test_two_texts_stay_two(one: str, other: str) -> None:
    assert (neutral(one) == neutral(other)) == (one == other)
