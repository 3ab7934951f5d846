"""The names behind the numbers: partners, integrations and customers, loaded from the vendor's own lists.

    rows.py     the values that a row may hold, column by column
    sheets.py   a CSV file, spreadsheet or Parquet file as sheets of text; table.py: their rows, or everything that is wrong
    rules.py    rules between rows: no key twice, no id replaced by two others, no circle of replacements
    store.py    the versions on disk, each with the day from which it holds
    history.py  the names of an earlier day

The registry holds names and addresses of people on purpose: the vendor keeps it to call the right person. It is not log
data, and nothing in it comes from a log.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from analytics.errors import AnalyticsError
from analytics.registry.issue import Issue
from analytics.registry.rows import RELATIONS, Relation, arrow_schema, columns, empty_relation
from analytics.registry.rules import cross_row_issues
from analytics.registry.store import RegistryFiles, Version, commit, damaged_version, registry_files, rows_of
from analytics.registry.table import PlacedRow, RegistryTable, read_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "RELATIONS",
    "Issue",
    "RegistryError",
    "RegistryFiles",
    "RegistryReport",
    "Relation",
    "Version",
    "arrow_schema",
    "damaged_version",
    "empty_relation",
    "load_registry",
    "registry_files",
]


class RegistryError(AnalyticsError):
    """Some rows cannot be loaded, so nothing was loaded. `issues` holds every problem."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        count = "1 problem" if len(self.issues) == 1 else f"{len(self.issues)} problems"
        lines = "\n".join(f"  {issue}" for issue in self.issues)
        super().__init__(f"the registry was not changed; {count} to solve first:\n{lines}")


class RegistryReport(BaseModel):
    """The day from which the loaded lists hold, the number of rows of the registry on that day, and the loaded relations."""

    model_config = ConfigDict(frozen=True)

    valid_from: dt.date
    partners: int
    integrations: int
    customers: int
    replaced: tuple[Relation, ...] = Field(description="relations that were in the files; the others were kept")


def load_registry(
    lake: Path, files: Sequence[Path], *, now: dt.datetime, as_of: dt.date | None = None, adds: bool = False
) -> RegistryReport:
    """Load these files into the registry, all of them or none.

    The columns of a header show what a file (CSV, XLSX, Parquet) or sheet holds, so the names and the order of the files do not
    matter. Its rows replace the earlier rows of that relation, from the day `as_of` (by default, the day of the load) until the
    day of a later version. With `adds`, rows with other keys stay. The other relations stay as they are.

    RegistryError names every bad row of every file. Nothing has changed then.
    """
    today = now.astimezone(_time_zone(lake)).date()
    valid_from = as_of or today
    tables: list[RegistryTable] = []
    issues: list[Issue] = []
    for file in files:
        found, found_issues = read_tables(file)
        tables += found
        issues += found_issues
    issues += cross_row_issues([*(_kept(lake, tables, valid_from) if adds else ()), *tables])
    if not files:
        issues.append(Issue(expected="at least one file of partners, integrations or customers: CSV, XLSX or Parquet"))
    if valid_from > today:
        issues.append(Issue(value=str(valid_from), expected=f"today, {today}, or an earlier day"))
    if issues:
        raise RegistryError(sorted(issues, key=lambda issue: (_place(issue, files), issue.line or 0)))
    counts, replaced = commit(lake, tables, now=now, valid_from=valid_from, adds=adds)
    return RegistryReport(
        valid_from=valid_from,
        partners=counts["partners"],
        integrations=counts["integrations"],
        customers=counts["customers"],
        replaced=replaced,
    )


def _kept(lake: Path, tables: Sequence[RegistryTable], day: dt.date) -> list[RegistryTable]:
    """The integrations that are registered on a day and not in these tables. New rows must not contradict them."""
    key = columns("integrations")[0]
    new = {text for table in tables if table.relation == "integrations" for _, text in table.keys}
    rows = rows_of(registry_files(lake).on(day)).get("integrations", empty_relation("integrations")).to_pylist()
    kept = [RELATIONS["integrations"].model_validate(row) for row in rows if row[key] not in new]
    placed = tuple(PlacedRow(line, row) for line, row in enumerate(kept, start=1))
    return [RegistryTable("the registry", "integrations", placed, ())]


def _place(issue: Issue, files: Sequence[Path]) -> int:
    """The place of the issue's file among these files."""
    named = issue.file or ""
    places = (n for n, file in enumerate(files) if named == str(file) or named.startswith(f"{file}, sheet "))
    return next(places, -1)


def _time_zone(lake: Path) -> dt.tzinfo:
    """The time zone in which days begin: the lake's, or UTC without a lake."""
    from ingest.lake.lake import Lake

    store = Lake(lake)
    return ZoneInfo(store.time_zone) if store.exists() else dt.UTC
