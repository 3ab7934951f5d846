"""Questions that pages and reports ask beside the metrics: one `.sql` file each, headed like a metric."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analytics import sql_file

if TYPE_CHECKING:
    from analytics.sql_file import Metric

__all__ = ["question", "question_names"]

_FOLDER = Path(__file__).parent


def question_names() -> tuple[str, ...]:
    """The names of all questions, sorted."""
    return sql_file.names_in(_FOLDER)


def question(name: str) -> Metric:
    """One question with its header; UnknownNameError lists those that exist."""
    return sql_file.read(_FOLDER, name)
