"""Metrics and questions: one `.sql` file each, whose header is a contract.

What several of them have in common, or what is a thought of its own in a long one, is a step: a `.sql` file in a folder
beside them. Where a header says `steps: practices/rules, practices/in_turn`, the query reads `rules` and `in_turn`, as if
they stood in its own `with`; a step may read those named before it, and those that its own header names in the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.errors import AnalyticsError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_HEADER_LINE = re.compile(r"^-- (?:(?P<field>title|unit|grain|key|look_back|steps|meaning): ?)?(?P<text>.*)$")


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
    """The metric or question `name` of a folder; UnknownNameError lists what there is."""
    if name not in names_in(folder):
        known = ", ".join(names_in(folder))
        raise UnknownNameError(f"there is no {folder.name.removesuffix('s')} {name!r}; known: {known}")
    return parse(name, _text(folder, name), step=lambda path: _text(folder, path))


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
        # What a step names lies beside its own folder, from wherever the step is read.
        place = path.rpartition("/")[0].rpartition("/")
        before = _steps((f"{place[0]}{place[1]}{name}" for name in _names(_header(text).get("steps", ""))), step)
        steps |= {name: its_text for name, its_text in before.items() if name not in steps}
        steps.setdefault(path.rpartition("/")[2], text)
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


def _text(folder: Path, path: str) -> str:
    return (folder / f"{path}.sql").read_text(encoding="utf-8")


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
