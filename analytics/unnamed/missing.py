"""The partners, integrations and customers that calls name and the registry does not: as rows, and as lists to fill in and load."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from analytics.errors import AnalyticsError
from analytics.registry.rows import RELATIONS, Relation, columns
from analytics.scope import Scope
from analytics.spreadsheet.formulas import neutral

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from analytics.warehouse.warehouse import Warehouse

EVERYTHING = Scope(environment="all")


def missing(warehouse: Warehouse) -> pl.DataFrame:
    """The partners, integrations and customers of any call that have no name in the registry (question `unnamed/missing`)."""
    return warehouse.query_file("unnamed/missing", EVERYTHING)


def write_missing(warehouse: Warehouse, folder: Path) -> tuple[Path, ...]:
    """Write a CSV file for each relation in which names are missing, with the columns that `load_registry` reads.

    The files hold what the registry already knows. AnalyticsError if one of them exists: a user may have filled it in.
    """
    rows = missing(warehouse)
    lists = {relation: rows.filter(relation=relation)["key"].to_list() for relation in RELATIONS}
    files = {relation: folder / f"{relation}.csv" for relation, keys in lists.items() if keys}
    there = [str(file) for file in files.values() if file.exists()]
    if there:
        raise AnalyticsError(f"{', '.join(there)}: exists already and may have been filled in; choose another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for relation, file in files.items():
            _write(file, relation, lists[relation], warehouse.query(f"from {relation}"))
    except OSError as error:
        raise AnalyticsError(f"{error.filename}: cannot be written: {error.strerror}") from error
    return tuple(files.values())


def _write(file: Path, relation: Relation, keys: list[str], registered: pl.DataFrame) -> None:
    names = columns(relation)
    known = {str(row[names[0]]): row for row in registered.iter_rows(named=True)}
    with file.open("x", encoding="utf-8", newline="") as text:
        writer = csv.writer(text)
        writer.writerow(names)
        for key in keys:
            row = known.get(key, {}) | {names[0]: key}
            writer.writerow([_cell(row.get(name)) for name in names])


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return neutral(str(value))
