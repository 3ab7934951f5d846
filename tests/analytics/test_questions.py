"""Questions of pages and reports against cases worked by hand: `question_cases/<room>/<question>/<case>/`."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.questions import question, question_names
from analytics.warehouse.warehouse import Warehouse
from tests.analytics.case import assert_answers_as_expected, case_name, cases_in

CASES = Path(__file__).parent / "question_cases"


@pytest.mark.parametrize("case", cases_in(CASES), ids=case_name)
def test_the_question_is_answered_as_worked_by_hand(case: Path, tmp_path: Path) -> None:
    assert_answers_as_expected(case, tmp_path, case.parent.relative_to(CASES).as_posix(), Warehouse.query_file)


@pytest.mark.parametrize("name", question_names())
def test_every_question_says_what_it_means(name: str) -> None:
    asked = question(name)
    assert asked.title
    assert asked.unit
    assert asked.grain
    assert asked.meaning
