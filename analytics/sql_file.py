"""Metrics and questions: one `.sql` file each, whose header is a contract.

A query that several of them need, or one thought of a long one, is a step: a `.sql` file in the folder `steps` of its room. If a
header says `steps: practices/rules, practices/in_turn`, the query can read `rules` (`practices/steps/rules.sql`) and `in_turn`, as
if its own `with` defined them. A step may read those that are named before it, and those that its own header names. Any room may
read the steps of any other. A query cannot read two different steps of the same name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.errors import AnalyticsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_HEADER_LINE = re.compile(r"^-- (?:(?P<field>title|unit|grain|key|look_back|steps|long|meaning): ?)?(?P<text>.*)$")


@dataclass(frozen=True)
class Metric:
    """One question in SQL, and the meaning of its answer.

    `key`: the columns that tell its rows apart; none if the answer is one row. `look_back`: the number of days by which
    `calls_before` reaches further back than the period. `title`, `unit`, `grain` and `meaning` are plain text.
    """

    name: str
    title: str
    unit: str
    grain: str
    key: tuple[str, ...]
    look_back: int
    meaning: str
    sql: str


def names_in(folder: Path) -> tuple[str, ...]:
    """The names of the SQL files of a folder, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.sql")))


@cache
def read(folder: Path, name: str, kept: frozenset[str] = frozenset()) -> Metric:
    """The metric or question `name` of a room. The rooms of its steps are beside that folder.

    Steps whose names are in `kept` are left out: their rows are there already, as relations of these names.
    """
    text = _text(folder / f"{name}.sql")
    return parse(name, text, step=lambda path: _text(step_file(folder.parent, path)), kept=kept)


@cache
def read_step(floor: Path, path: str, kept: frozenset[str] = frozenset()) -> str:
    """The query of the step `room/step` by itself, with the steps that it reads."""
    text = _text(step_file(floor, path))
    return _with_steps(
        text, _steps(_names(_header(text).get("steps", "")), lambda one: _text(step_file(floor, one)), kept)
    )


def step_file(floor: Path, path: str) -> Path:
    """The file of the step that headers call `room/step`, on this floor."""
    room, _, name = path.partition("/")
    return floor / room / "steps" / f"{name}.sql"


def parse(name: str, sql: str, *, step: Callable[[str], str], kept: frozenset[str] = frozenset()) -> Metric:
    """The metric in a file's text, with its steps inserted; AnalyticsError if its header lacks a field."""
    fields = _header(sql)
    missing = {"title", "unit", "grain", "key", "look_back", "meaning"} - fields.keys()
    if missing:
        raise AnalyticsError(f"{name}.sql: its header lacks {', '.join(sorted(missing))}")
    return Metric(
        name=name,
        title=fields["title"],
        unit=fields["unit"],
        grain=fields["grain"],
        key=_names(fields["key"]),
        look_back=int(fields["look_back"]),
        meaning=fields["meaning"],
        sql=_with_steps(sql, _steps(_names(fields.get("steps", "")), step, kept)),
    )


def _steps(paths: Iterable[str], step: Callable[[str], str], kept: frozenset[str]) -> dict[str, str]:
    """The steps with these paths by name, each one once, and after the steps that its own header names; those in `kept` are left out."""
    steps: dict[str, str] = {}
    for path in paths:
        if path.rpartition("/")[2] in kept:
            continue
        text = step(path)
        before = _steps(_names(_header(text).get("steps", "")), step, kept)
        for name, its_text in (before | {path.rpartition("/")[2]: text}).items():
            if steps.setdefault(name, its_text) != its_text:
                raise AnalyticsError(f"two steps of one query are called {name}")
    return steps


def _header(sql: str) -> dict[str, str]:
    """The fields of the comments at the beginning of a file."""
    fields: dict[str, str] = {}
    field = ""
    for line in sql.splitlines():
        found = _HEADER_LINE.match(line)
        if found is None:
            break
        field = found["field"] or field
        fields[field] = f"{fields.get(field, '')} {found['text'].strip()}".strip()
    return fields


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(",") if name.strip() not in {"", "none"})


def _with_steps(sql: str, steps: Mapping[str, str]) -> str:
    """The query with these steps before those of its own `with`.

    >>> print(_with_steps("with b as (select * from a) select * from b", {"a": "select 1 as one"}))
    with a as (
    select 1 as one
    ),
    b as (select * from a) select * from b
    """
    if not steps:
        return sql
    before = ",\n".join(f"{name} as (\n{text.strip()}\n)" for name, text in steps.items())
    header, own = _parted(sql)
    after = f",\n{own.removeprefix('with ')}" if own.startswith("with ") else f"\n{own}"
    return f"{header}with {before}{after}"


def _parted(sql: str) -> tuple[str, str]:
    """The comments at the beginning of a file, and the rest."""
    lines = sql.splitlines(keepends=True)
    first = next((place for place, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return "".join(lines[:first]), "".join(lines[first:])
