"""The bench's lake is a lake like any other, with exactly the given number of calls."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from bench.lake.writing import Platform, write_lake
from ingest.lake.lake import Lake
from ingest.lake.verification import verify

PLATFORM = Platform(calls=4000, days=6, customers=300, integrations=20, until=dt.date(2026, 10, 27))
"""Its days reach over the hour that comes twice when the clock is put back, and over a week's end."""


def made(folder: Path, platform: Platform = PLATFORM) -> Path:
    path = folder / "lake"
    write_lake(path, platform, tell=lambda _: None)
    return path


def rows_of(lake: Path) -> list[dict[str, Any]]:
    """What its Parquet files say, read without the engine."""
    files = [file.path for file in Lake(lake).snapshot().calls]
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def is_use(row: dict[str, Any]) -> bool:
    return row["status"] < 400 and row["operation"] != "auth" and not row["own"]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("bench"))


def test_it_is_sound(lake: Path) -> None:
    found = verify(lake)
    assert [check for check in found.checks if not check.ok] == []


def test_each_day_has_the_calls_it_was_to_have(lake: Path) -> None:
    days = Counter(row["day"] for row in rows_of(lake))
    assert days == PLATFORM.calls_by_day()
    assert sum(days.values()) == 4000


def test_its_metrics_count_what_its_files_say(lake: Path) -> None:
    rows = rows_of(lake)
    expected = [
        (
            day,
            len(of_day := [row for row in rows if row["day"] == day]),
            sum(row["status"] >= 400 for row in of_day),
            len({row["customer"] for row in of_day if is_use(row)}),
        )
        for day in sorted({row["day"] for row in rows})
    ]
    with Warehouse.open(lake) as warehouse:
        found = warehouse.metric("calls_per_day", Scope(environment="all"))
    assert found.select("day", "calls", "errors", "customers").rows() == expected


def test_a_call_has_the_day_and_the_log_of_its_load(lake: Path) -> None:
    loads = {row["load_id"]: row for row in Lake(lake).snapshot().loads.to_pylist()}
    assert {(row["stream"], row["day"]) for row in rows_of(lake)} == {
        (load["stream"], dt.date.fromisoformat(load["source"].partition("/")[2].removesuffix(".log")))
        for load in loads.values()
    }
    assert {load["source"] for load in loads.values() if load["rejects"]} == set()


def test_the_same_seed_makes_the_same_calls_and_another_one_others(tmp_path: Path) -> None:
    def calls(name: str, seed: int) -> list[tuple[Any, ...]]:
        lake = made(tmp_path / name, Platform(calls=300, days=2, customers=40, integrations=5, seed=seed))
        return sorted((row["called_at"], row["customer"], row["duration_ms"], row["load_id"]) for row in rows_of(lake))

    first = calls("first", 1)
    assert calls("again", 1) == first
    assert calls("other", 2) != first


def test_a_lake_that_is_there_stays_as_it_is(lake: Path) -> None:
    before = rows_of(lake)
    with pytest.raises(SystemExit, match="there is a lake already"):
        write_lake(lake, PLATFORM, tell=lambda _: None)
    assert rows_of(lake) == before
