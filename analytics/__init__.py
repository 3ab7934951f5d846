"""Clean calls in, answers out.

The door of this floor. What is behind it is imported when it is asked for, because a command that only prints its help
should not wait for engines.

    warehouse.py    DuckDB over one snapshot: who may see and what is asked are bound underneath
    scope.py        what is asked; narrow.py: which calls and files that keeps; reader.py: where the rows come from
    metrics/        one number a file, with its meaning; questions/: what pages and reports ask beside them
    views/          the public relations that all of them read
    registry/       the names behind the numbers
    sandbox.py      SQL that somebody else wrote, in a process of its own (worker.py); no_pandas.py: what starts sooner
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics.errors import AnalyticsError, ScopeError, SqlError, SqlLimitError, UnknownNameError
    from analytics.metrics import Metric, metric, metric_names
    from analytics.sandbox import SqlLimits, answer_sql, run_sql
    from analytics.scope import Scope
    from analytics.warehouse import Warehouse

_ROOMS = {
    "AnalyticsError": "errors",
    "Metric": "sql_file",
    "Scope": "scope",
    "ScopeError": "errors",
    "SqlError": "errors",
    "SqlLimitError": "errors",
    "SqlLimits": "sandbox",
    "UnknownNameError": "errors",
    "Warehouse": "warehouse",
    "answer_sql": "sandbox",
    "metric": "metrics",
    "metric_names": "metrics",
    "run_sql": "sandbox",
}

__all__ = [
    "AnalyticsError",
    "Metric",
    "Scope",
    "ScopeError",
    "SqlError",
    "SqlLimitError",
    "SqlLimits",
    "UnknownNameError",
    "Warehouse",
    "answer_sql",
    "metric",
    "metric_names",
    "run_sql",
]


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
