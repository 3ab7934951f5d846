"""Answers are the same after calls were removed by age, and an answer that needs single calls says from which day on it has them."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import shutil
from typing import TYPE_CHECKING

import duckdb
import pytest
from polars.testing import assert_frame_equal

import ingest
from analytics.metrics import metric, metric_names
from analytics.questions import question, question_names
from analytics.registry import load_registry
from analytics.sandbox.sandbox import run_sql
from analytics.scope import Scope
from analytics.views import macros
from analytics.warehouse.horizon import needs_calls, relations
from analytics.warehouse.warehouse import Warehouse
from ingest import Lake, ReadOptions
from ingest.lake.sums.kinds import KINDS
from tests.analytics.given import parameters
from tests.analytics.test_sums import NOW, OTHER, PARTNER, PARTNERS, PERIODS, REGISTRY, SCOPES, SIZES, lines
from tests.ingest.lakes import line, written

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

BEFORE = dt.date(2026, 10, 30)
"""The calls of earlier days are removed."""

VIEWERS = [None, PARTNERS, Scope(environment="production"), Scope(customer="1000001", environment="all")]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    chance = random.Random(20261201)
    for number, (stream, count) in enumerate((("one", 150), ("two", 90), ("one", 30))):
        path = folder / f"{number}.log"
        path.write_text(lines(chance, count), encoding="utf-8")
        ingest.ingest(folder / "lake", [str(path)], ReadOptions(stream=stream), now=NOW)
    return folder / "lake"


@pytest.fixture(scope="module")
def sealed(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sealed")
    lake = shutil.copytree(whole, folder / "lake")
    for before in (dt.date(2026, 10, 20), BEFORE):
        ingest.maintain(lake, now=NOW, sizes=SIZES, keep_calls=1, as_of=before + dt.timedelta(days=1))
    # What ids stand for is said afterwards, and late lines come, also of days that are sealed.
    registry, late = folder / "integrations.csv", folder / "late.log"
    registry.write_text(REGISTRY, encoding="utf-8")
    late.write_text(lines(random.Random(3), 25), encoding="utf-8")
    for one in (lake, whole):
        load_registry(one, [registry], now=NOW)
        ingest.ingest(one, [str(late)], ReadOptions(stream="two"), now=NOW)
    state = ingest.status(lake, now=NOW)
    assert state.sealed_calls > 100
    assert state.calls_since == BEFORE
    return lake


def _answered(
    sealed: Warehouse, whole: Warehouse, name: str, scope: Scope
) -> tuple[pl.DataFrame, pl.DataFrame, str, int]:
    if name in metric_names():
        return sealed.metric(name, scope), whole.metric(name, scope), metric(name).sql, metric(name).look_back
    values = parameters(name, PARTNER)
    asked = question(name)
    return sealed.query_file(name, scope, values), whole.query_file(name, scope, values), asked.sql, asked.look_back


ASKED: list[tuple[Scope | None, int]] = [(None, place) for place in range(len(SCOPES))]
ASKED += [(VIEWERS[1], place) for place in (0, 4, 8)] + [(VIEWERS[2], place) for place in (1, 6)]


@pytest.mark.parametrize(("viewer", "place"), ASKED)
def test_every_metric_and_question_answers_as_before(
    sealed: Path, whole: Path, viewer: Scope | None, place: int
) -> None:
    scope = Scope.parse(SCOPES[place] | PERIODS[place % len(PERIODS)])
    same = 0
    with Warehouse.open(sealed, viewer=viewer) as after, Warehouse.open(whole, viewer=viewer) as before:
        assert after.lived() == before.lived()
        for name in (*metric_names(), *question_names()):
            after.answered_since = None
            found, expected, sql, look_back = _answered(after, before, name, scope)
            lacks = after.calls_since(scope, look_back) is not None and needs_calls(sql, scope)
            assert after.answered_since == (BEFORE if lacks else None)
            if not lacks and name != "data_quality/loads_by_stream":
                assert_frame_equal(found, expected, check_row_order=name in metric_names())
                same += 1
    assert same >= 15


def test_a_viewer_that_sums_cannot_tell_from_others_is_told_from_which_day_on_it_has_calls(sealed: Path) -> None:
    with Warehouse.open(sealed, viewer=VIEWERS[3]) as warehouse:
        warehouse.metric("calls_per_day", Scope(since=BEFORE, until=BEFORE + dt.timedelta(days=9)))
        assert warehouse.answered_since is None
        warehouse.metric("calls_per_day", Scope())
        assert warehouse.answered_since == BEFORE


def test_a_period_after_the_sealed_days_lacks_nothing(sealed: Path, whole: Path) -> None:
    scope = Scope(since=BEFORE, environment="all")
    with Warehouse.open(sealed) as after, Warehouse.open(whole) as before:
        assert_frame_equal(after.metric("practices", scope), before.metric("practices", scope))
        assert after.answered_since is None
        after.metric("practices", Scope(environment="all"))
        assert after.answered_since == BEFORE


def test_an_answer_from_single_calls_is_about_the_days_that_have_them(sealed: Path, whole: Path) -> None:
    customer = Scope(customer="1000001", environment="all")
    with Warehouse.open(sealed) as after, Warehouse.open(whole) as before:
        found = after.metric("calls_per_day", customer)
        assert found["day"].min() == after.answered_since == BEFORE
        assert_frame_equal(found, before.metric("calls_per_day", customer.replace(since=BEFORE)))
        gone = customer.replace(since="2026-10-05", until="2026-10-15")
        assert after.metric("calls_per_day", gone).is_empty()
        now = customer.replace(since=BEFORE, until=BEFORE + dt.timedelta(days=9))
        per_day, totals = after.compared("calls_per_day", now), after.compared("overview/totals", now)
        assert per_day["calls_before"].to_list() == [None] * 9
        assert totals["calls_before"].to_list() == [None]
        assert before.compared("overview/totals", now)["calls_before"].item() > 0
        assert totals["calls"].item() == before.compared("overview/totals", now)["calls"].item() > 0


def test_a_day_to_count_from_that_was_years_ahead_does_not_hide_the_calls_that_come_then(
    whole: Path, tmp_path: Path
) -> None:
    lake = shutil.copytree(whole, tmp_path / "lake")
    ingest.maintain(lake, now=NOW, sizes=SIZES, keep_calls=1, as_of=dt.date(2029, 1, 1))
    last = max(Lake(lake).snapshot().sealed.days, key=lambda one: one.last_day).last_day
    at = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(12), dt.UTC).isoformat()
    new = written(tmp_path / "new.log", *({**json.loads(line(number)), "timestamp": at} for number in range(3)))
    assert ingest.ingest(lake, [str(new)], ReadOptions(), now=NOW).sources[0].calls == 3
    assert ingest.status(lake, now=NOW).calls_since == last + dt.timedelta(days=1)
    with Warehouse.open(lake) as warehouse:
        asked = Scope(customer="1234", environment="all")
        assert warehouse.metric("calls_per_day", asked)["calls"].to_list() == [3]


def test_a_sealed_call_that_was_ahead_of_its_time_does_not_stretch_what_a_partner_sees(tmp_path: Path) -> None:
    lake, whole = tmp_path / "lake", tmp_path / "whole"
    sent = {"headers": {"IntegrationId": f"{PARTNER}_1"}}
    calls = [{**json.loads(line(number * 3600)), **sent} for number in range(50)]
    ahead = dt.datetime(2026, 10, 4, 6, tzinfo=dt.UTC)
    log = written(tmp_path / "0.log", *calls, calls[0] | {"timestamp": ahead.isoformat()})
    now = ahead - dt.timedelta(hours=30)
    for one in (lake, whole):
        assert ingest.ingest(one, [str(log)], ReadOptions(), now=now).sources[0].calls == 51
    ingest.maintain(lake, now=now, sizes=SIZES, keep_calls=1, as_of=dt.date(2026, 11, 1))
    with Warehouse.open(lake, viewer=PARTNERS) as after, Warehouse.open(whole, viewer=PARTNERS) as before:
        assert after.lived() == before.lived()
        assert_frame_equal(after.metric("calls_per_day"), before.metric("calls_per_day"))


def test_users_of_sql_read_sealed_days_and_a_partner_only_its_own(sealed: Path, whole: Path) -> None:
    asked = "select integration, sum(calls)::bigint as calls, max(last_call) as last from customer_days group by all order by all"
    for viewer in (None, PARTNERS):
        assert run_sql(sealed, asked, viewer=viewer).to_pylist() == run_sql(whole, asked, viewer=viewer).to_pylist()
    found = run_sql(sealed, "select distinct partner from daily_calls order by all", viewer=PARTNERS).to_pylist()
    assert found == [{"partner": PARTNER}]
    everything = run_sql(sealed, "from customer_hours", viewer=PARTNERS).to_pylist()
    assert not re.search(rf"{OTHER}|\b(one|two)\b", json.dumps(everything, default=str))


@pytest.mark.parametrize("name", [*metric_names(), *question_names()])
def test_the_relations_of_a_question_are_those_that_the_engine_finds(name: str) -> None:
    sql = metric(name).sql if name in metric_names() else question(name).sql
    with duckdb.connect() as connection:
        connection.execute(macros())
        without_choices = re.sub(r"\$[a-z_]+", "null", re.sub(r"--[^\n]*", "", sql))
        told = connection.get_table_names(without_choices, qualified=True)
        found = {one.removeprefix("lake.").partition(" ")[0] for one in told}
    named = relations(sql)
    of_calls = {"calls", "sent", *KINDS}
    assert {one for one in found if any(one.startswith(kind) for kind in of_calls)} <= named
