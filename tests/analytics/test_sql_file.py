"""A query is put together from its file and its steps."""

from __future__ import annotations

import graphlib
import re
from pathlib import Path

import duckdb
import pytest

import analytics
from analytics.metrics import metric, metric_names
from analytics.questions import question, question_names
from analytics.sql_file import read

FLOOR = Path(str(analytics.__file__)).parent

HEADER = """-- title: Title
-- unit: calls
-- grain: one row
-- key: none
-- look_back: 0
"""


def write_step(floor: Path, name: str, text: str) -> None:
    """A step of the room `counting`."""
    folder = floor / "counting" / "steps"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.sql").write_text(text, encoding="utf-8")


def write_query(floor: Path, room: str, name: str, text: str) -> None:
    (floor / room).mkdir(exist_ok=True)
    (floor / room / f"{name}.sql").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "own", ["with two as (select one + 1 as n from one)\nselect n from two", "select 2 as n from one"]
)
def test_a_query_reads_the_steps_that_its_header_names(tmp_path: Path, own: str) -> None:
    write_step(tmp_path, "zero", "-- Nothing.\nselect 0 as zero\n")
    more = "with more as (select zero + 1 as one from zero) select one from more -- with a comment at its end\n"
    write_step(tmp_path, "one", more)
    write_query(
        tmp_path,
        "metrics",
        "two",
        f"{HEADER}-- steps: counting/zero, counting/one\n-- meaning: It counts.\n{own}\n",
    )
    query = read(tmp_path / "metrics", "two")
    assert query.meaning == "It counts."
    assert query.sql.startswith(HEADER)
    with duckdb.connect() as connection:
        assert connection.sql(query.sql).fetchall() == [(2,)]


def test_a_step_brings_the_steps_that_it_reads_once_and_before_it(tmp_path: Path) -> None:
    write_step(tmp_path, "zero", "-- Nothing.\nselect 0 as zero\n")
    write_step(tmp_path, "one", "-- One more.\n-- steps: counting/zero\nselect zero + 1 as one from zero\n")
    write_step(
        tmp_path,
        "two",
        "-- And one more.\n-- steps: counting/zero,\n-- counting/one\nselect one + 1 as two from zero, one\n",
    )
    # From another room as from the steps' own.
    for room, more in (("metrics", 1), ("counting", 2)):
        text = f"{HEADER}-- steps: counting/two\n-- meaning: It counts.\nselect two + {more} as n from two\n"
        write_query(tmp_path, room, "many", text)
    with duckdb.connect() as connection:
        assert connection.sql(read(tmp_path / "metrics", "many").sql).fetchall() == [(3,)]
        assert connection.sql(read(tmp_path / "counting", "many").sql).fetchall() == [(4,)]
    assert read(tmp_path / "metrics", "many").sql.count("zero as (") == 1


def test_every_step_is_of_a_query() -> None:
    queries = "".join(
        [*(metric(name).sql for name in metric_names()), *(question(name).sql for name in question_names())]
    )
    steps = sorted(FLOOR.glob("*/steps/*.sql"))
    assert steps
    kept = "".join(path.read_text(encoding="utf-8") for path in FLOOR.glob("*/*.py"))
    for step in steps:
        if f'keep("{step.parent.parent.name}/{step.stem}", name=' in kept:  # it stands in for another step
            continue
        assert f"{step.stem} as (\n{step.read_text(encoding='utf-8').strip()}" in queries, step


def test_rooms_read_the_steps_of_others_in_no_circle() -> None:
    reads: dict[str, set[str]] = {}
    for file in FLOOR.glob("*/**/*.sql"):
        room = file.relative_to(FLOOR).parts[0]
        named = re.findall(r"\b(\w+)/\w+", steps_named(file.read_text(encoding="utf-8")))
        reads.setdefault(room, set()).update(set(named) - {room})
    assert reads["coverage"] == {"completeness"}
    graphlib.TopologicalSorter(reads).prepare()  # CycleError says which


def steps_named(sql: str) -> str:
    """The steps that a header names after `steps:`, on any number of lines."""
    found = re.search(r"^-- steps:((?:.*,\n--)*.*)$", sql, re.MULTILINE)
    return found[1] if found else ""
