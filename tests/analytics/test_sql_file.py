"""What a query and its steps become."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import analytics.metrics
import analytics.questions
from analytics.sql_file import names_in, read

FOLDERS = [Path(package.__file__).parent for package in (analytics.metrics, analytics.questions) if package.__file__]

HEADER = """-- title: Title
-- unit: calls
-- grain: one row
-- key: none
-- look_back: 0
"""


@pytest.mark.parametrize(
    "own", ["with two as (select one + 1 as n from one)\nselect n from two", "select 2 as n from one"]
)
def test_a_query_reads_the_steps_that_its_header_names(tmp_path: Path, own: str) -> None:
    (tmp_path / "counting").mkdir()
    (tmp_path / "counting" / "zero.sql").write_text("-- Nothing.\nselect 0 as zero\n", encoding="utf-8")
    (tmp_path / "counting" / "one.sql").write_text(
        "with more as (select zero + 1 as one from zero) select one from more -- with a comment at its end\n",
        encoding="utf-8",
    )
    (tmp_path / "two.sql").write_text(
        f"{HEADER}-- steps: counting/zero, counting/one\n-- meaning: It counts.\n{own}\n", encoding="utf-8"
    )
    query = read(tmp_path, "two")
    assert query.meaning == "It counts."
    assert query.sql.startswith(HEADER)
    with duckdb.connect() as connection:
        assert connection.sql(query.sql).fetchall() == [(2,)]


def test_a_step_brings_the_steps_that_it_reads_once_and_before_it(tmp_path: Path) -> None:
    (tmp_path / "counting").mkdir()
    for name, text in {
        "zero": "-- Nothing.\nselect 0 as zero\n",
        "one": "-- One more.\n-- steps: counting/zero\nselect zero + 1 as one from zero\n",
        "two": "-- And one more.\n-- steps: counting/zero,\n-- counting/one\nselect one + 1 as two from zero, one\n",
    }.items():
        (tmp_path / "counting" / f"{name}.sql").write_text(text, encoding="utf-8")
    (tmp_path / "three.sql").write_text(
        f"{HEADER}-- steps: counting/two\n-- meaning: It counts.\nselect two + 1 as n from two\n", encoding="utf-8"
    )
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "four.sql").write_text(
        f"{HEADER}-- steps: ../counting/two\n-- meaning: It counts.\nselect two + 2 as n from two\n", encoding="utf-8"
    )
    with duckdb.connect() as connection:
        assert connection.sql(read(tmp_path, "three").sql).fetchall() == [(3,)]
        assert connection.sql(read(tmp_path / "deeper", "four").sql).fetchall() == [(4,)]
    assert read(tmp_path, "three").sql.count("zero as (") == 1


def test_every_step_is_of_a_query() -> None:
    queries = "".join(read(folder, name).sql for folder in FOLDERS for name in names_in(folder))
    for step in (step for folder in FOLDERS for step in folder.glob("*/*.sql")):
        assert f"{step.stem} as (\n{step.read_text(encoding='utf-8').strip()}" in queries, step
