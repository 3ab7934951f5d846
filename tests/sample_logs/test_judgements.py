"""What the metrics make of two stories of the demo, beside plain counting of its lines."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from analytics.scope import Scope
from tests.sample_logs import reading

if TYPE_CHECKING:
    from analytics.warehouse.warehouse import Warehouse

ABSENCE = "1214_300877"
OWNERS = {
    "BoterbloemInkoop": "1653_300646",
    "FuutPlatform": "2497_300778",
    "GruttoEDI": "1984_301771",
    "KievitCRM": "2093_302020",
    "KoolmeesApp": "1872_300934",
    "KwikstaartKassa": "1438_300150",
    "Lepelaar-WMS": "1329_302410",
    "PutterPlanbord": "2731_302751",
    "Scholekster": "2624_300420",
}
"""Whose programs call without a valid id, as sample_logs/model/clients.toml has it. The others there are customers' own scripts."""


def test_accept_warns_of_the_break_before_production_has_it(demo: Warehouse) -> None:
    until = Scope(until=dt.date(2026, 10, 20))
    rows = demo.metric("early_warning", until)
    worse = rows.filter(pl.col("low") > 0)
    assert sorted(worse.select("integration", "connector").rows()) == [
        (ABSENCE, "HrAbsCorrection"),
        (ABSENCE, "HrIllnessGUID"),
        (ABSENCE, "KnSubject"),
    ]
    counted: Counter[tuple[str, str, bool]] = Counter()
    for call in reading.demo_calls():
        named = re.search("/(?:connectors|metainfo/(?:get|update))/([a-z_]+)", call.path.lower())
        if named and call.identity == ABSENCE and call.local.date() < dt.date(2026, 10, 20):
            counted[named[1], call.environment, call.is_error] += 1
    for row in worse.iter_rows(named=True):
        for where in ("accept", "production"):
            calls, errors = row[f"{where}_calls"], row[f"{where}_errors"]
            name = row["connector"].lower()
            assert (calls - errors, errors) == (counted[name, where, False], counted[name, where, True])


def test_nobody_is_named_wrongly_behind_calls_without_an_id(demo: Warehouse) -> None:
    rows = demo.metric("probable_owners", Scope(environment="all"))
    named = rows.filter(pl.col("integration").is_not_null())
    told = {(row["user_agent"].split("/")[0], row["integration"]) for row in named.iter_rows(named=True)}
    assert told == set(OWNERS.items())
    assert named.filter(pl.col("confidence") < 0.8).is_empty()
    assert rows["calls"].sum() == demo.metric("unidentified_calls", Scope(environment="all"))["calls"].sum()
    programs = tuple(OWNERS)
    others = rows.filter(pl.col("integration").is_null())
    assert not [agent for agent in others["user_agent"].to_list() if agent is not None and agent.startswith(programs)]
