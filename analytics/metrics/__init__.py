"""The metrics: one `.sql` file each; file name = metric name."""

from __future__ import annotations

from pathlib import Path

from analytics import sql_file
from analytics.errors import UnknownNameError
from analytics.sql_file import Metric

__all__ = ["Metric", "metric", "metric_names"]

_FOLDER = Path(__file__).parent


def metric_names() -> tuple[str, ...]:
    """The names of all metrics, sorted."""
    return sql_file.names_in(_FOLDER)


def metric(name: str) -> Metric:
    """One metric with its header; UnknownNameError lists those that exist."""
    if name not in metric_names():
        raise UnknownNameError(f"there is no metric {name!r}; known: {', '.join(metric_names())}")
    return sql_file.read(_FOLDER, name)
