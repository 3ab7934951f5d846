"""The questions that pages and reports ask besides the metrics: one `.sql` file each, with a header like a metric's.

A question lies in the room of its topic, and its name says where: `check/near` is `check/near.sql`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analytics import sql_file
from analytics.errors import UnknownNameError

if TYPE_CHECKING:
    from analytics.sql_file import Metric

__all__ = ["question", "question_names", "step"]

_FLOOR = Path(__file__).parent
_PUBLIC = frozenset({"metrics", "views"})
"""The rooms whose SQL is public and holds no questions."""


@cache
def question_names() -> tuple[str, ...]:
    """The names of all questions, sorted."""
    rooms = [room for room in sorted(_FLOOR.iterdir()) if room.is_dir() and room.name not in _PUBLIC]
    return tuple(f"{room.name}/{name}" for room in rooms for name in sql_file.names_in(room))


def question(name: str, kept: frozenset[str] = frozenset()) -> Metric:
    """One question with its header; UnknownNameError lists those that exist. Steps in `kept` are relations that are there already."""
    if name not in question_names():
        raise UnknownNameError(f"there is no question {name!r}; known: {', '.join(question_names())}")
    room, _, file = name.partition("/")
    return sql_file.read(_FLOOR / room, file, kept)


def step(path: str, kept: frozenset[str] = frozenset()) -> str:
    """The query of the step `room/step`, with the steps that it reads, but for those in `kept`."""
    return sql_file.read_step(_FLOOR, path, kept)
