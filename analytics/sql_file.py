"""Metrics and questions: one `.sql` file each, whose header is a contract.

What several of them have in common, or what is a thought of its own in a long one, is a step: a `.sql` file in the folder
`steps` of the room that it belongs to. Where a header says `steps: practices/rules, practices/in_turn`, the query reads `rules`
(`practices/steps/rules.sql`) and `in_turn`, as if they stood in its own `with`; a step may read those named before it, and those
that its own header names in the same way. Any room may read the steps of any other; of one name a query reads one step only.
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
    """One question in SQL and what its answer means.

    `key`: the columns that tell its rows apart; none when the answer is one row. `look_back`: how many days before the
    period `calls_before` reaches. Plain text in `title`, `unit`, `grain` and `meaning`.
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
def read(folder: Path, name: str) -> Metric:
    """The metric or question `name` of a room, which is a folder beside the rooms of its steps."""
    return parse(name, _text(folder / f"{name}.sql"), step=lambda path: _text(step_file(folder.parent, path)))


def step_file(floor: Path, path: str) -> Path:
    """Where the step lies that headers call `room/step`, in the rooms of a floor."""
    room, _, name = path.partition("/")
    return floor / room / "steps" / f"{name}.sql"


def parse(name: str, sql: str, *, step: Callable[[str], str]) -> Metric:
    """The metric that a file's text is, its steps put in; AnalyticsError when its header misses something."""
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
        sql=_with_steps(sql, _steps(_names(fields.get("steps", "")), step)),
    )


def _steps(paths: Iterable[str], step: Callable[[str], str]) -> dict[str, str]:
    """The steps with these paths by name, each behind the steps that its own header names, and once."""
    steps: dict[str, str] = {}
    for path in paths:
        text = step(path)
        before = _steps(_names(_header(text).get("steps", "")), step)
        for name, its_text in (before | {path.rpartition("/")[2]: text}).items():
            if steps.setdefault(name, its_text) != its_text:
                raise AnalyticsError(f"two steps of one query are called {name}")
    return steps


def _header(sql: str) -> dict[str, str]:
    """What the comments say that a file begins with, field by field."""
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
    """The query with these steps before what its own `with` names.

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
    """The comments that a file begins with, and what comes after them."""
    lines = sql.splitlines(keepends=True)
    first = next((place for place, line in enumerate(lines) if not line.startswith("--")), len(lines))
    return "".join(lines[:first]), "".join(lines[first:])
