"""The size of the engine's plans: it plans for each block, and a small load waits for little else.

The engine expands a macro where it is called, and writes out its argument wherever the macro mentions it. If a macro mentions its argument
ten times, and the argument is another macro that does the same, the innermost argument is planned a hundred times. Such macros have
taken 300 ms for each block.
"""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

import ingest
from ingest.engine.connection import connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Path(ingest.__file__).parent
VALUES = {
    "text": "'a'",
    "number": "1::double",
    "instant": "timestamptz '2026-10-01'",
    "texts": "['a']",
    "flag": "true",
    "named": "{'weekday': 'a', 'day': 'a', 'month': 'a', 'year': 'a', 'clock': 'a', 'zone': 'a'}",
    "pairs": "[{'name': 'a', 'value': '1'::json}]",
}
"""One of them fits each parameter of a macro."""

HEAVY = 4000
"""A macro that expands to more characters than this is called at most once in a statement. A pattern of the detector has a thousand."""


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    """The engine, with its lists of words as short as can be: they stand in each plan."""
    with connect(threads=1) as connection:
        for words in ("known_fields", "known_paths", "known_connectors", "known_elements"):
            connection.execute(f"set variable {words} = ['a']")
        connection.execute("set explain_output = 'all'")
        columns = ", ".join(f"{value} as {name}" for name, value in VALUES.items())
        connection.execute(f"create table given as select {columns}")
        yield connection


@pytest.fixture(scope="module")
def macros(engine: duckdb.DuckDBPyConnection) -> dict[str, tuple[list[str], str]]:
    """The parameters and the definition of each of our macros."""
    query = "select function_name, parameters, macro_definition from duckdb_functions() where function_type = 'macro' and not internal"
    return {name: (parameters, definition) for name, parameters, definition in engine.execute(query).fetchall()}


@pytest.fixture(scope="module")
def expanded(engine: duckdb.DuckDBPyConnection, macros: Mapping[str, tuple[list[str], str]]) -> dict[str, int]:
    """How long the expression is that each macro becomes when its arguments are columns."""
    return {name: _expanded(engine, name, parameters) for name, (parameters, _) in macros.items()}


def _expanded(engine: duckdb.DuckDBPyConnection, name: str, parameters: list[str]) -> int:
    for columns in sorted(
        itertools.product(VALUES, repeat=len(parameters)), key=lambda one: [*map([*VALUES].index, one)]
    ):
        # A format of times has to be written in the statement.
        given = [
            "'%Y'" if parameter == "format" else column for parameter, column in zip(parameters, columns, strict=True)
        ]
        plan = _plan(engine, f"explain (format json) select {name}({', '.join(given)}) from given")
        if plan is not None:
            return len(json.loads(plan)[0]["extra_info"]["Expressions"])
    raise AssertionError(f"{name}({', '.join(parameters)}): no value of this test fits; add one to VALUES")


def _plan(engine: duckdb.DuckDBPyConnection, query: str) -> str | None:
    """The plan before anything is simplified; None where the types do not fit."""
    try:
        [(_, plan), *_] = engine.execute(query).fetchall()
    except duckdb.BinderException:
        return None
    return str(plan)


def test_a_macro_becomes_no_more_than_its_own_words_and_those_of_the_macros_in_it(
    macros: dict[str, tuple[list[str], str]], expanded: dict[str, int]
) -> None:
    too_long = {
        name: (length, own)
        for name, length in expanded.items()
        if length > 3 * (own := _own_words(name, macros)) + 3000
    }
    assert too_long == {}, "longer than its definitions: bind an argument that is said often by a lambda, or in a CTE"


def _own_words(name: str, macros: Mapping[str, tuple[list[str], str]]) -> int:
    """How long the definitions are of the macro and of all that it calls, each counted once."""
    seen: set[str] = set()
    left = {name}
    while left:
        one = left.pop()
        seen.add(one)
        left |= {called for called in re.findall(r"\w+(?=\()", macros[one][1]) if called in macros} - seen
    return sum(len(macros[one][1]) for one in seen)


def test_a_statement_calls_a_long_macro_once(expanded: dict[str, int]) -> None:
    heavy = {name for name, length in expanded.items() if length > HEAVY}
    assert len(heavy) > 10
    # verify asks once, and not for each block.
    scripts = sorted(set(HERE.rglob("*.sql")) - set((HERE / "lake" / "row_checks").glob("*.sql")))
    assert len(scripts) > 10
    twice = []
    for script in scripts:
        text = re.sub(r"--[^\n]*", "", script.read_text(encoding="utf-8"))
        for statement in text.split(";\n"):
            head, _, body = statement.partition(" as")
            calls = re.findall(r"\w+(?=\()", body if "create or replace macro" in head else statement)
            twice += [(script.name, name, head.strip()) for name in heavy if calls.count(name) > 1]
    assert twice == []


def test_a_macro_that_says_its_argument_twice_around_another_that_does_is_found() -> None:
    with connect(threads=1) as connection:
        connection.execute("set explain_output = 'all'")
        connection.execute("create table given as select 'a' as text")
        pattern = "'" + "ab" * 300 + "'"
        macro = "create macro {name}(text) as case when regexp_matches({text}, 'a') then {text} else replace({text}, 'a', {text}) end"
        connection.execute(f"create macro step(text) as replace(text, 'a', {pattern})")
        text = "step(text)"
        for number in range(3):
            connection.execute(macro.format(name=f"again_{number}", text=text))
            text = f"again_{number}(text)"
        query = "select function_name, parameters, macro_definition from duckdb_functions() where function_name in ('step', 'again_0', 'again_1', 'again_2')"
        macros = {name: (parameters, words) for name, parameters, words in connection.execute(query).fetchall()}
        lengths = {name: _expanded(connection, name, ["text"]) for name in macros}
        assert lengths["step"] < 3 * _own_words("step", macros) + 3000
        assert lengths["again_2"] > 3 * _own_words("again_2", macros) + 3000
