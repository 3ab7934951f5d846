"""Ids hidden: calls with a known owner, written as if they had no id."""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from analytics.registry import load_registry, registry_files
from analytics.warehouse.warehouse import Warehouse
from bench.owners.world import FIRST_DAY
from ingest.arrow import arrow_schema
from ingest.call import CALL_COLUMNS
from ingest.lake.data_file import DataFile
from ingest.lake.lake import Lake
from ingest.lake.ledger_row import LOAD_COLUMNS
from ingest.lake.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics.registry import RegistryFiles
    from bench.owners.world import World

_ORDINARY = {
    "stream": "gateway", "protocol": "rest", "environment": "production", "method": "GET", "operation": "get",
    "endpoint": "connectors", "status": 200, "outcome": "ok", "query_length": 0, "token_form": "base64", "load_id": "0" * 16,
    "line_number": 1, "own": False,
}  # fmt: skip
_NOON = dt.datetime.combine(FIRST_DAY, dt.time(12), dt.UTC)
_NO_ID = ("integration_id", "id_defect", "partner", "project", "integration", "body_integration_id")


@contextlib.contextmanager
def asked_of_world(world: World) -> Iterator[Warehouse]:
    """A warehouse over a made-up world and its registry."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        Lake(folder / "lake").create()
        lists = {"partners": world.partners, "integrations": world.integrations}
        for relation, lines in lists.items():
            (folder / f"{relation}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
        load_registry(folder / "lake", [folder / f"{relation}.csv" for relation in lists], now=_NOON)
        with _warehouse(folder, world.calls, registry_files(folder / "lake")) as warehouse:
            yield warehouse


@contextlib.contextmanager
def asked_of_lake(lake: Path, seed: int) -> Iterator[tuple[Warehouse, pl.DataFrame]]:
    """A warehouse over the calls of a lake, an eighth of whose pairs of integration and customer lose their ids; and its calls.

    A third of these pairs loses it everywhere, a third from a day on, and a third until a day. Calls that had no valid id before are
    left out: nobody knows whose they are.
    """
    with Warehouse.open(lake) as opened:
        calls = opened.query("select * from calls where id_status = 'valid' and not is_example_id(integration)")
    hidden = hide(calls, seed)
    with tempfile.TemporaryDirectory() as name, _warehouse(Path(name), hidden, registry_files(lake)) as warehouse:
        yield warehouse, hidden


def hide(calls: pl.DataFrame, seed: int) -> pl.DataFrame:
    """These calls with a column `owner`, and some of them without their id."""
    chance = np.random.default_rng(seed)
    days = calls["day"].unique().sort()
    pairs = calls.select("integration", "customer").unique().sort("integration", "customer")
    mode, turn = chance.random(pairs.height), chance.integers(len(days) // 5, max(len(days) * 4 // 5, 1), pairs.height)
    fate = pairs.with_columns(
        mode=pl.when(pl.lit(pl.Series(chance.random(pairs.height))) < 1 / 8).then(
            pl.lit(pl.Series((mode * 3).astype(int)))
        ),
        turn=pl.lit(days.gather(turn)),
    )
    lost = (
        ((pl.col("mode") == 0) | ((pl.col("mode") == 1) & (pl.col("day") >= pl.col("turn"))))
        | ((pl.col("mode") == 2) & (pl.col("day") < pl.col("turn")))
    ).fill_null(value=False)
    told = calls.join(fate, on=["integration", "customer"], how="left", maintain_order="left").with_columns(lost=lost)
    return told.with_columns(
        pl.col("integration").alias("owner"),
        pl.when("lost").then(pl.lit("missing")).otherwise("id_status").alias("id_status"),
        *(pl.when(~pl.col("lost")).then(name).alias(name) for name in _NO_ID),
    ).drop("mode", "turn", "lost")


@contextlib.contextmanager
def _warehouse(folder: Path, calls: pl.DataFrame, registry: RegistryFiles) -> Iterator[Warehouse]:
    schema = arrow_schema(CALL_COLUMNS)
    zone = "Europe/Amsterdam"
    days = pl.col("called_at").dt.convert_time_zone(zone).dt.date().alias("day")
    known = {name: pl.lit(_ORDINARY.get(name)).alias(name) for name in schema.names if name not in calls.columns}
    lists = {name: pl.lit([]).alias(name) for name in ("filter_fields", "operator_types") if name in known}
    whole = calls.with_columns(days).with_columns(*(known | lists | {"day": days}).values())
    pq.write_table(whole.select(schema.names).to_arrow().cast(schema), folder / "calls.parquet")
    first, last = whole["day"].min(), whole["day"].max()
    assert isinstance(first, dt.date), "no call"
    assert isinstance(last, dt.date), "no call"
    file = DataFile(folder / "calls.parquet", whole.height, first, last, None, None, None, None)
    snapshot = Snapshot(1, zone, (file,), (), arrow_schema(LOAD_COLUMNS).empty_table())
    with Warehouse.over(snapshot, registry) as warehouse:
        yield warehouse


def truth_of(calls: pl.DataFrame) -> pl.DataFrame:
    """Who is behind each row of `unidentified_calls`: customer, user_agent, folded, and `owners`, all that have calls in it."""
    return (
        calls.filter(pl.col("id_status").is_in(["missing", "malformed"]))
        .group_by("customer", "user_agent", folded=pl.col("connector").str.to_lowercase())
        .agg(owners=pl.col("owner").unique().sort(), owner=pl.col("owner").mode().sort().first())
    )
