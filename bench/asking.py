"""How long each metric and question takes on a lake, beside a plain aggregate of the columns that it reads.

The engine's plan of a question shows which columns of which calls it reads. The plain aggregate counts the values of these columns over
the same calls and finds their minima and maxima, once for each relation: the calls, the calls with those from before the period, and all
calls. So the ratio compares a question with the least that its answer can cost.

All are asked in one process: first each of them once, then by turns a question and its plain aggregate.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
import statistics
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from analytics.metrics import metric, metric_names
from analytics.overlaps.overlaps import MOST_STREAMS
from analytics.questions import question, question_names
from analytics.scope import Scope
from ingest.call import CALL_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import polars as pl
    from duckdb import DuckDBPyConnection

    from analytics.warehouse.warehouse import Warehouse

AIM = 4
"""No question should cost more than this many times its plain aggregate."""

_HEAD = (
    f"{'question':<38}{'narrowed to':<12}{'ms':>8}{'plain':>8}{'ratio':>7}{'cpu ms':>9}{'plain':>8}{'ratio':>7}{'scans':>6}"
    f"{'columns':>8}{'rows':>9}"
)

_OF_CALLS = frozenset(column.name for column in CALL_COLUMNS)

_LIVELIEST = """
    select mode(integration) as integration, mode(customer) as customer, mode(connector) as connector, mode(partner) as partner
    from calls
    where integration is not null
"""


@dataclass(frozen=True, kw_only=True)
class Timed:
    """One question, and how long it took: medians in seconds, of the clock and of all processors together.

    `reads` are the columns that it reads of each relation of calls. Without any there is no plain aggregate, and no ratio.
    """

    question: str
    narrowed_to: str
    rows: int
    seconds: float
    plain_seconds: float
    ratio: float | None
    cpu_seconds: float
    plain_cpu_seconds: float
    cpu_ratio: float | None
    scans: int
    reads: dict[str, tuple[str, ...]]


def ask(
    warehouse: Warehouse,
    period: tuple[dt.date, dt.date],
    *,
    rounds: int,
    is_narrowed: bool,
    tell: Callable[[str], None],
    only: str = "",
) -> list[Timed]:
    """Every metric and question whose name holds `only`, over this period, the slowest by ratio first.

    With `is_narrowed` each is also asked of one integration, one customer and one connector: those with the most calls.
    """
    since, until = period
    every = Scope(since=since, until=until)
    liveliest = warehouse.query(_LIVELIEST, scope=every).row(0, named=True)
    scopes = {"": every}
    if is_narrowed:
        scopes |= {part: every.replace(**{part: liveliest[part]}) for part in ("integration", "customer", "connector")}
    values = _values(liveliest, last_day=until)
    timed = []
    for name in (*metric_names(), *question_names()):
        if only not in name:
            continue
        for narrowed_to, scope in scopes.items():
            timed.append(_timed(warehouse, name, scope, values, narrowed_to=narrowed_to, rounds=rounds))
            tell(_line(timed[-1]))
    return sorted(timed, key=lambda one: one.ratio or 0, reverse=True)


def as_text(timed: Sequence[Timed]) -> str:
    """A table for people. Where others use the machine, the ratio of processor time says more than that of the clock."""
    lines = [_HEAD, *map(_line, timed)]
    above = sum(one.ratio is not None and one.ratio > AIM for one in timed)
    lines += ["", f"{above} of {len(timed)} take more than {AIM} times as long as their plain aggregate"]
    return "\n".join(lines)


def as_json(timed: Sequence[Timed]) -> str:
    """The same for programs."""
    return json.dumps([asdict(one) for one in timed], indent=2)


def _line(one: Timed) -> str:
    columns = len({column for columns in one.reads.values() for column in columns})
    times = (one.seconds, one.plain_seconds, one.ratio, one.cpu_seconds, one.plain_cpu_seconds, one.cpu_ratio)
    shown = (
        "–" if value is None else f"{value:,.1f}" if place % 3 == 2 else f"{1000 * value:,.0f}"
        for place, value in enumerate(times)
    )
    cells = "".join(f"{text:>{width}}" for text, width in zip(shown, (8, 8, 7, 9, 8, 7), strict=True))
    return f"{one.question:<38}{one.narrowed_to:<12}{cells}{one.scans:>6}{columns:>8}{one.rows:>9,}"


def _values(liveliest: Mapping[str, Any], *, last_day: dt.date) -> dict[str, Any]:
    """A sensible value for everything that a question lets its asker choose."""
    integration, connector = liveliest["integration"], liveliest["connector"]
    return {
        "window": 30,
        "warning": 3,
        "required": 5,
        "integration": integration,
        "partner": liveliest["partner"],
        "connector": connector,
        "kind": "connector",
        "last_day": last_day,
        "sent": integration,
        "seen": True,
        "registered": True,
        "minute_in": 25,
        "most_streams": MOST_STREAMS,
        "ids": [integration],
        "fields": ["Nummer"],
        # one change: of every operation of that connector
        "changes": [0],
        "connectors": [connector],
        "parts": ["kept"],
        "part_changes": [0],
        "part_integrations": [integration],
        "customer": liveliest["customer"],
        "since": dt.datetime.combine(last_day - dt.timedelta(days=14), dt.time(), dt.UTC),
        "until": dt.datetime.combine(last_day, dt.time(), dt.UTC),
        "days": 56,
        "lacking_streams": [],
        "lacking_hours": [],
        "node_integrations": [integration],
        "node_customers": [""],
        "node_connectors": [""],
        "node_days": [last_day],
        "since_hours": [0],
        "until_hours": [4_000_000_000],
        "hours_in_question": [0],
        "node_integration": integration,
        "node_customer": "",
        "node_connector": "",
        "error_class": "content",
        "since_hour": 0,
        "calls_found": 10,
        "errors_found": 5,
    } | {name: [None] for name in ("operations", "endpoints", "token_forms", "protocols", "api_versions")}


def chosen_in(sql: str) -> set[str]:
    """The names of what its asker chooses.

    >>> chosen_in("select '^a$' from calls -- $not" + chr(10) + "where day < $last_day")
    {'last_day'}
    """
    return set(re.findall(r"\$([a-z_]+)", re.sub(r"--[^\n]*", "", sql)))


def _timed(
    warehouse: Warehouse, name: str, scope: Scope, values: Mapping[str, Any], *, narrowed_to: str, rounds: int
) -> Timed:
    is_metric = name in metric_names()
    asked = metric(name) if is_metric else question(name)
    params = {one: values[one] for one in chosen_in(asked.sql)}

    def answer() -> pl.DataFrame:
        return warehouse.metric(name, scope) if is_metric else warehouse.query_file(name, scope, params)

    rows = answer().height
    # Only the bench looks at the plan of bound relations, so there is no public way to it.
    with warehouse._scopes.reading(scope, asked.sql, asked.look_back) as cursor:  # noqa: SLF001
        scans = _scans_of_calls(cursor, asked.sql, params)
        reads = _by_relation(cursor, scans)
        plain = [_plain(relation, columns) for relation, columns in reads.items()]

        def aggregate() -> None:
            for sql in plain:
                cursor.execute(sql)

        aggregate()
        times = [(_time(answer), _time(aggregate)) for _ in range(rounds)]
    seconds, cpu_seconds = (statistics.median(taken[clock] for taken, _ in times) for clock in (0, 1))
    plain_seconds, plain_cpu_seconds = (statistics.median(taken[clock] for _, taken in times) for clock in (0, 1))
    return Timed(
        question=name,
        narrowed_to=narrowed_to,
        rows=rows,
        seconds=round(seconds, 4),
        plain_seconds=round(plain_seconds, 4),
        ratio=round(seconds / plain_seconds, 2) if plain else None,
        cpu_seconds=round(cpu_seconds, 4),
        plain_cpu_seconds=round(plain_cpu_seconds, 4),
        cpu_ratio=round(cpu_seconds / plain_cpu_seconds, 2) if plain else None,
        scans=len(scans),
        reads={relation.called: tuple(sorted(columns)) for relation, columns in reads.items()},
    )


def _time(run: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the clock and of the processors."""
    begun, cpu_begun = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - begun, time.process_time() - cpu_begun


@dataclass(frozen=True)
class _Scan:
    """One scan of data files in a plan: the columns it reads, and what the engine lets it leave out."""

    columns: frozenset[str]
    filters: frozenset[str]


def _scans_of_calls(cursor: DuckDBPyConnection, sql: str, params: Mapping[str, Any] | None = None) -> list[_Scan]:
    [(_, plan)] = cursor.execute(f"explain (format json) {sql}", dict(params) if params else None).fetchall()
    return [scan for scan in _scans(json.loads(plan)) if scan.columns <= _OF_CALLS]


def _scans(nodes: Sequence[Mapping[str, Any]]) -> Iterator[_Scan]:
    for node in nodes:
        info = node.get("extra_info", {})
        if info.get("Function") == "PARQUET_SCAN":
            yield _Scan(frozenset(_listed(info.get("Projections"))), frozenset(_listed(info.get("Filters"))))
        yield from _scans(node.get("children", []))


def _listed(value: str | Sequence[str] | None) -> Sequence[str]:
    """What a plan names: it writes one as a text, and several as a list."""
    return [value] if isinstance(value, str) else value or []


@dataclass(frozen=True)
class _Relation:
    """The calls of the lake that a relation of questions is made of, before any join."""

    called: str
    view: str


def _by_relation(cursor: DuckDBPyConnection, scans: Sequence[_Scan]) -> dict[_Relation, set[str]]:
    """The columns that are read of each relation: the narrowest one that keeps whatever a scan keeps."""
    schema = cursor.execute("select current_schema()").fetchall()[0][0]
    every = _Relation("calls_all", "lake.sent")
    kept: dict[_Relation, frozenset[str]] = {}
    for relation in (_Relation("calls", f"{schema}.sent"), _Relation("calls_before", f"{schema}_before.sent"), every):
        with contextlib.suppress(duckdb.CatalogException):  # without a look back there is no such view
            [scan] = _scans_of_calls(cursor, _plain(relation, ["line_number"]))
            kept[relation] = scan.filters
    found: dict[_Relation, set[str]] = {}
    for scan in scans:
        fitting = [relation for relation, filters in kept.items() if filters <= scan.filters]
        narrowest = max(fitting, key=lambda relation: len(kept[relation]), default=every)
        # Columns of the question's own filters are read, too, and are gone after the scan.
        own_filters = scan.filters - kept[narrowest]
        filtered_by = {word for text in own_filters for word in re.findall(r"\w+", text)} & _OF_CALLS
        found.setdefault(narrowest, set()).update(scan.columns | filtered_by)
    return found


def _plain(relation: _Relation, columns: Iterable[str]) -> str:
    aggregates = [f"{say}({name})" for name in sorted(columns) for say in ("count", "min", "max")] or ["count(*)"]
    selected = ", ".join(f"{aggregate} as value_{number}" for number, aggregate in enumerate(aggregates))
    # A table, as the warehouse makes one of each answer.
    return f"create or replace temp table plain as select {selected} from {relation.view}"  # noqa: S608 - names of our own
