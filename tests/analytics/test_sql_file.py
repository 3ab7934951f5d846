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


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_step_is_of_a_query(folder: Path) -> None:
    named = "\n".join(
        line
        for name in names_in(folder)
        for line in (folder / f"{name}.sql").read_text(encoding="utf-8").splitlines()
        if line.startswith("-- ")
    )
    for step in folder.glob("*/*.sql"):
        assert f"{step.parent.name}/{step.stem}" in named
