"""Registry files of a few rows, and the results of loading them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 11, 2, 9, 30, tzinfo=dt.UTC)


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode(encoding))
    return path


def rows(path: Path | None) -> list[dict[str, object]]:
    assert path is not None
    found: list[dict[str, object]] = pq.read_table(path).to_pylist()
    return found
