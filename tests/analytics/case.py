"""A case: a folder with the rows given and the rows expected, both written by hand.

given.csv       calls; an absent column has an ordinary value (see given.py), an empty cell is null
expected.csv    every column and row of the answer, in order; numbers to six places
scope.toml      what is asked; viewer.toml: who may see; params.toml: what a question asks for
partners.csv, integrations.csv, customers.csv      the registry; rejects.csv: quarantined lines
why.txt         the sums, if they are not obvious
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from analytics.scope import Scope
from analytics.warehouse.warehouse import Warehouse
from ingest.call import CALL_COLUMNS
from tests.analytics.given import call, given_lake, reject

REGISTRY = ("partners", "integrations", "customers")

_READ: dict[str, Callable[[str], Any]] = {
    "smallint": int,
    "integer": int,
    "bigint": int,
    "double": float,
    "boolean": lambda text: text == "true",
}


def cases_in(folder: Path) -> list[Path]:
    """Every case below a folder, which has one folder for each name."""
    return sorted(path.parent for path in folder.rglob("expected.csv"))


def case_name(case: Path) -> str:
    """How a test run names a case."""
    return f"{case.parent.name}-{case.name}"


def assert_answers_as_expected(case: Path, folder: Path, name: str, ask: Callable[..., pl.DataFrame]) -> None:
    """Ask what has this name, over a lake of the case's given rows."""
    registry = [case / f"{name}.csv" for name in REGISTRY if (case / f"{name}.csv").exists()]
    rejects = [reject(**row) for row in _rows(case / "rejects.csv")]
    lake = given_lake(folder / "lake", _calls(case / "given.csv"), rejects=rejects, registry=registry)
    viewer = Scope.parse(_toml(case / "viewer.toml")) if (case / "viewer.toml").exists() else None
    params = [_toml(case / "params.toml")] if (case / "params.toml").exists() else []
    with Warehouse.open(lake, viewer=viewer) as warehouse:
        answer = ask(warehouse, name, Scope.parse(_toml(case / "scope.toml")), *params)
    expected = pl.read_csv(case / "expected.csv", schema_overrides=dict.fromkeys(answer.columns, pl.String))
    assert expected.columns == answer.columns
    assert_frame_equal(answer, _typed(expected, answer.schema), check_exact=False, abs_tol=1e-6, rel_tol=0)


def _calls(file: Path) -> list[dict[str, Any]]:
    types = {column.name: column.sql_type for column in CALL_COLUMNS}
    return [
        call(**{name: _READ.get(types[name], str)(text) if text else None for name, text in row.items()})
        for row in _rows(file)
    ]


def _rows(file: Path) -> list[dict[str, str]]:
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def _typed(texts: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return texts.with_columns(_as(pl.col(name), dtype) for name, dtype in schema.items())


def _as(text: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, pl.Datetime):
        return text.str.to_datetime(time_zone="UTC", time_unit="us")
    if dtype == pl.Date:
        return text.str.to_date()
    return text == "true" if dtype == pl.Boolean else text.cast(dtype)
