"""Metrics and questions: one `.sql` file each, whose header is a contract."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analytics.errors import AnalyticsError, UnknownNameError

_HEADER_LINE = re.compile(r"^-- (?:(?P<field>title|unit|grain|key|look_back|meaning): ?)?(?P<text>.*)$")


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
    return parse(name, (folder / f"{name}.sql").read_text(encoding="utf-8"))


def parse(name: str, sql: str) -> Metric:
    """The metric that a file's text is; AnalyticsError when its header misses something."""
    fields: dict[str, str] = {}
    field = ""
    for line in sql.splitlines():
        found = _HEADER_LINE.match(line)
        if found is None:
            break
        field = found["field"] or field
        fields[field] = f"{fields.get(field, '')} {found['text'].strip()}".strip()
    missing = {"title", "unit", "grain", "key", "look_back", "meaning"} - fields.keys()
    if missing:
        raise AnalyticsError(f"{name}.sql: its header lacks {', '.join(sorted(missing))}")
    return Metric(
        name=name,
        title=fields["title"],
        unit=fields["unit"],
        grain=fields["grain"],
        key=tuple(column.strip() for column in fields["key"].split(",") if column.strip() not in {"", "none"}),
        look_back=int(fields["look_back"]),
        meaning=fields["meaning"],
        sql=sql,
    )
