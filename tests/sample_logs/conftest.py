"""The demo in a lake, loaded once for all tests that use it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

import sample_logs
from analytics.registry import load_registry
from analytics.warehouse.warehouse import Warehouse
from ingest import ReadOptions, ingest

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The demo with its registry."""
    lake = tmp_path_factory.mktemp("demo") / "lake"
    ingest(lake, [str(file) for file in sample_logs.demo_files()], ReadOptions(), now=NOW)
    load_registry(lake, sample_logs.registry_files(), now=NOW)
    with Warehouse.open(lake) as opened:
        yield opened
