"""The names behind the numbers: partners, integrations and customers, loaded from the vendor's own lists.

    rows.py    what one row may say, column by column
    table.py   a CSV file, or all that is wrong with it
    rules.py   what no row can say alone: twice the same, an id replaced by two, a circle of replacements
    store.py   the versions on disk, one of which counts

The registry holds names and addresses of people on purpose: the vendor keeps it to call the right person. It is not log
data, and nothing of it comes from a log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from analytics.errors import AnalyticsError
from analytics.registry.rows import RELATIONS, Relation, arrow_schema, empty_relation
from analytics.registry.rules import cross_row_issues
from analytics.registry.store import RegistryFiles, commit, registry_files
from analytics.registry.table import Issue, RegistryTable, read_table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

__all__ = [
    "RELATIONS",
    "Issue",
    "RegistryError",
    "RegistryFiles",
    "RegistryReport",
    "Relation",
    "arrow_schema",
    "empty_relation",
    "load_registry",
    "registry_files",
]


class RegistryError(AnalyticsError):
    """Some rows cannot be loaded, so nothing was: `issues` names every one of them."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        count = "1 problem" if len(self.issues) == 1 else f"{len(self.issues)} problems"
        lines = "\n".join(f"  {issue}" for issue in self.issues)
        super().__init__(f"the registry was not changed, {count} to solve first:\n{lines}")


class RegistryReport(BaseModel):
    """How many rows the registry holds now, and which relations this load replaced."""

    model_config = ConfigDict(frozen=True)

    partners: int
    integrations: int
    customers: int
    replaced: tuple[Relation, ...] = Field(description="relations that were in the files; the others were kept")


def load_registry(lake: Path, files: Sequence[Path], *, now: dt.datetime) -> RegistryReport:
    """The registry with these files in it; all of them, or none.

    The columns of a header tell what a file holds, so names and order of the files do not matter. What a file holds
    replaces what was loaded of that relation before; the other relations stay as they are.

    Raises RegistryError, which names every bad row of every file, and then nothing has changed.
    """
    tables: list[RegistryTable] = []
    issues: list[Issue] = []
    for file in files:
        table, found = read_table(file)
        issues += found
        if table is not None:
            tables.append(table)
    issues += cross_row_issues(tables)
    if not files:
        issues.append(Issue(expected="at least one CSV file of partners, integrations or customers"))
    if issues:
        order = {str(file): place for place, file in enumerate(files)}
        raise RegistryError(sorted(issues, key=lambda issue: (order.get(issue.file or "", -1), issue.line or 0)))
    counts, replaced = commit(lake, tables, now=now)
    return RegistryReport(
        partners=counts["partners"],
        integrations=counts["integrations"],
        customers=counts["customers"],
        replaced=replaced,
    )
