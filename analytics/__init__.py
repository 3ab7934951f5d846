"""Clean calls in, answers out.

The door of this floor. What is behind it is imported when it is asked for, because a command that only prints its help
should not wait for engines. The rooms, from the bottom; each imports only those above it in this list, and `make check` holds that:

    errors, scope, sql_file, numbers    what can go wrong; what is asked; how a `.sql` file says what its answer means; figures in words
    spreadsheet/                        text that a spreadsheet opens and does not run
    views/                              the public relations: calls, rejects, loads, the registry
    metrics/, questions                 one number a file, for everybody; what pages and reports ask beside them, by `room/name`
    registry/                           the names behind the numbers
    warehouse/                          DuckDB over one snapshot: who may see and what is asked are bound underneath
    sandbox/                            SQL that somebody else wrote, in a process of its own
    completeness/, changes/             which hours of a log are missing; what is going to change
    coverage/, known/                   which logs a verdict misses; which names nobody knows
    certification/, check/, impact/     a topic each, with its own SQL. None knows another: overview/, integration/, connector/,
                                        data_quality/, customers/, branches/, practices/, overlaps/, unnamed/ likewise
    reports/                            what is written to files, from all of these
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics.errors import AnalyticsError, ScopeError, SqlError, SqlLimitError, UnknownNameError
    from analytics.metrics import Metric, metric, metric_names
    from analytics.sandbox.sandbox import SqlLimits, answer_sql, run_sql
    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

_ROOMS = {
    "AnalyticsError": "errors",
    "Metric": "sql_file",
    "Scope": "scope",
    "ScopeError": "errors",
    "SqlError": "errors",
    "SqlLimitError": "errors",
    "SqlLimits": "sandbox.sandbox",
    "UnknownNameError": "errors",
    "Warehouse": "warehouse.warehouse",
    "answer_sql": "sandbox.sandbox",
    "metric": "metrics",
    "metric_names": "metrics",
    "run_sql": "sandbox.sandbox",
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
