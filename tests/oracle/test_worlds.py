"""Product and oracle judge the same made-up worlds alike: missing hours, certificates, customers per month, and impact."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from analytics.certification.certification import certification
from analytics.changes.change import change_of as change
from analytics.impact.impact import impact
from analytics.registry import load_registry
from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest import Lake
from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS
from ingest.lake.ledger_row import LedgerRow
from ingest.lake.stream_ends import StreamEnd, declare_stream_end
from ingest.reject import REJECT_COLUMNS
from tests.analytics.given import call, reject
from tests.ingest.scale import scaled
from tests.oracle import months, verdicts
from tests.oracle.asked import Asked, World
from tests.oracle.clock import day_of
from tests.oracle.impact import impact as impact_again
from tests.oracle.logs import judged_logs
from tests.oracle.verdicts import LOGS_REASONS
from tests.oracle.worlds import MadeUp, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEEDS = range(scaled(11, 48))
"""Eleven worlds tell all stories."""
NOW = dt.datetime(2027, 2, 1, tzinfo=dt.UTC)
SAID = {*LOGS_REASONS, "falling", "window_ends", "certification_inherited"}


def lake_of(made: MadeUp, folder: Path) -> Path:
    """A lake with this world."""
    lake = Lake(folder / "lake")
    lake.create()
    loads = {(load.load, load.stream): f"{number:016x}" for number, load in enumerate(made.loads)}
    calls = [
        call(
            called_at=one.at.isoformat(),
            stream=one.stream,
            product=one.product,
            environment=one.environment,
            customer=one.customer,
            integration_id=sent,
            id_status=one.id_status,
            own=one.own,
            status=one.status,
            operation=one.operation,
            connector=one.connector,
            load_id=loads[f"{one.stream}-1", one.stream],
            line_number=number,
        )
        for number, (one, sent) in enumerate(zip(made.calls, made.sent, strict=True), start=1)
    ]
    rejects = [
        reject(
            load_id=loads[one.load, one.stream],
            source=f"{one.load}.log",
            stream=one.stream,
            reason=one.reason,
            called_at=one.at,
            integration=one.sent or one.integration,
            customer=one.customer,
            environment=one.environment if one.customer is not None else None,
            line_number=number,
        )
        for number, one in enumerate(made.rejects, start=1)
    ]
    rows = []
    for load in made.loads:
        load_id = loads[load.load, load.stream]
        mine = [row["called_at"] for row in calls if row["load_id"] == load_id]
        rejected = sum(row["load_id"] == load_id for row in rejects)
        rows.append(
            LedgerRow(
                load_id=load_id,
                source=f"{load.load}.log",
                stream=load.stream,
                log_format="json",
                lines=len(mine) + rejected,
                calls=len(mine),
                rejects=rejected,
                first_call=min(mine, default=None),
                last_call=max(mine, default=None),
                loaded_at=made.loaded_at or NOW,
                version="0",
            )
        )
    staged = lake.stage("0" * 16, _table(calls, CALL_COLUMNS), _table(rejects, REJECT_COLUMNS))
    table, ledger = lake.ledger()
    assert lake.decide(table, ledger, rows, staged)
    lake.roll_forward()
    path = folder / "integrations.csv"
    path.write_text(
        "integration,replaces,certified_since,certified_until\n"
        + "".join(
            f"{one.integration},{one.replaces or ''},{one.certified_since or ''},{one.certified_until or ''}\n"
            for one in made.registry
        )
    )
    load_registry(folder / "lake", [path], now=NOW)
    for stream, day in made.ended.items():
        declare_stream_end(folder / "lake", StreamEnd(stream=stream, ended_on=dt.date.fromordinal(day)))
    return folder / "lake"


def _table(rows: list[dict[str, Any]], columns: Any) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=arrow_schema(columns))


class Judged:
    """A world as the product and as the oracle sees it."""

    def __init__(self, seed: int, folder: Path) -> None:
        made = world(seed)
        self.logs = judged_logs(
            made.calls, rejects=made.rejects, loads=made.loads, ended=made.ended, loaded_at=made.loaded_at
        )
        self.oracle = World(made.calls, self.logs, rejects=made.rejects, loads=made.loads, registry=made.registry)
        self.warehouse = Warehouse.open(lake_of(made, folder))
        self.about = f"seed {seed}, {', '.join(made.stories)}"


@pytest.fixture(scope="module", params=SEEDS)
def judged(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    both = Judged(request.param, tmp_path_factory.mktemp("world"))
    yield both
    both.warehouse.close()


def test_every_hour_has_the_state_that_the_definitions_give_it(judged: Judged) -> None:
    rows = judged.warehouse.metric("completeness", Scope(environment="all"))
    found = {
        (row["stream"], int(row["hour"].timestamp()) // 3600): (row["calls"], row["state"])
        for row in rows.iter_rows(named=True)
    }
    expected = {
        (stream.name, number): (hour.calls, hour.state)
        for stream in judged.logs.streams.values()
        for number, hour in stream.hours.items()
    }
    expected |= {
        (stream, hour): (0, "missing")
        for stream, hours in judged.logs.quarantine.items()
        for hour in hours
        if (stream, hour) not in expected
    }
    assert different(found, expected) == {}, judged.about


def test_every_stream_lives_and_ends_when_the_definitions_say(judged: Judged) -> None:
    names = ("first_hour", "last_hour", "end_hour", "ended", "continues", "has_power")
    rows = judged.warehouse.query_file("completeness/streams_lives", Scope(environment="all")).iter_rows(named=True)
    found = {row["stream"]: tuple(row[name] for name in names) for row in rows if row["first_hour"]}
    expected = {
        stream.name: (
            *(dt.datetime.fromtimestamp(hour * 3600, dt.UTC) for hour in (stream.first, stream.last, stream.end)),
            "goes_on" if stream.ending == "open" else stream.ending,
            stream.continues,
            stream.has_power,
        )
        for stream in judged.logs.streams.values()
    }
    assert different(found, expected) == {}, judged.about


def different(found: dict[Any, Any], expected: dict[Any, Any]) -> dict[Any, Any]:
    """The first twenty differences: key, found and expected."""
    keys = sorted(key for key in found.keys() | expected.keys() if found.get(key) != expected.get(key))
    return {key: (found.get(key), expected.get(key)) for key in keys[:20]}


@pytest.mark.parametrize("ask", [Asked(), Asked(product="profit"), Asked(window=14, required=3)], ids=str)
@pytest.mark.parametrize("days_before", [0, 17])
def test_every_verdict_is_the_one_that_the_definitions_give(judged: Judged, ask: Asked, days_before: int) -> None:
    until = day_of(judged.logs.last) + 1 - days_before
    ask = Asked(product=ask.product, window=ask.window, required=ask.required, until=until if days_before else None)
    scope = Scope(product=ask.product, until=dt.date.fromordinal(until) if days_before else None)
    rows = certification(judged.warehouse, scope, window_days=ask.window, required=ask.required).rows
    found = {
        row["integration"]: (
            row["certified"], row["state"], row["customers"], row["days_left"], row["complete"], set(row["reasons"]) & SAID,
        )
        for row in rows.iter_rows(named=True)
    }  # fmt: skip
    expected = {
        name: (one.certified, one.state, one.customers, one.days_left, one.complete, set(one.reasons))
        for name, one in verdicts.certification(judged.oracle, ask).items()
    }
    assert different(found, expected) == {}, judged.about


def test_customers_come_and_go_as_plain_counting_says(judged: Judged) -> None:
    rows = judged.warehouse.metric("customers_per_month", Scope())
    names = ("customers", "new", "stayed", "returning", "unknown", "lost", "complete")
    found = {
        (row["integration"], row["month"]): tuple(row[name] for name in names) for row in rows.iter_rows(named=True)
    }
    expected = {
        key: tuple(getattr(month, name) for name in names)
        for key, month in months.customers_per_month(judged.oracle, Asked()).items()
    }
    assert different(found, expected) == {}, judged.about


@pytest.mark.parametrize("connector", ["KnSubject", "knperson"])
def test_a_change_concerns_whom_plain_counting_says(judged: Judged, connector: str) -> None:
    rows = impact(judged.warehouse, [change(connector=connector, operation="insert")], Scope()).rows
    found = {
        row["integration"] or "": (row["customers"], row["calls"], row["share"]) for row in rows.iter_rows(named=True)
    }
    expected = {
        name or "": (felt.customers, felt.calls, felt.share)
        for name, felt in impact_again(judged.oracle, Asked(), connector, "insert").items()
    }
    assert different(found, expected) == {}, judged.about
