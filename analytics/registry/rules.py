"""What no row can say alone: keys stand once, and the replacements of ids lead somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.registry.issue import Issue
from analytics.registry.rows import Integration, Relation, columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analytics.registry.table import RegistryTable


def cross_row_issues(tables: Sequence[RegistryTable]) -> list[Issue]:
    """Every violation between rows, at the row that comes later.

    A load replaces a relation whole, and no rule ties one relation to another (an integration may name a partner that
    nobody registered yet), so the files at hand are all there is to look at.
    """
    return [*_repeated_keys(tables), *_replaced_twice(tables), *_circles(tables)]


def _repeated_keys(tables: Sequence[RegistryTable]) -> Iterator[Issue]:
    first: dict[tuple[Relation, str], str] = {}
    for table in tables:
        column = columns(table.relation)[0]
        for line, key in table.keys:
            if (table.relation, key) in first:
                yield Issue(
                    file=table.file,
                    line=line,
                    counted_as=table.counted_as,
                    column=column,
                    value=key,
                    expected=f"every {column} once, it stands in {first[table.relation, key]}",
                )
            first.setdefault((table.relation, key), f"{table.file}, {table.counted_as} {line}")


def _replaced_twice(tables: Sequence[RegistryTable]) -> Iterator[Issue]:
    first: dict[str, str] = {}
    for table, line, new, old in _replacements(tables):
        if old in first and first[old] != new:
            yield Issue(
                file=table.file,
                line=line,
                counted_as=table.counted_as,
                column="replaces",
                value=old,
                expected=f"every old id replaced once, it is replaced by {first[old]}",
            )
        first.setdefault(old, new)


def _circles(tables: Sequence[RegistryTable]) -> Iterator[Issue]:
    replaced = {new: old for _, _, new, old in _replacements(tables)}
    for table, line, new, replaces in _replacements(tables):
        trail = [new]
        while (old := replaced.get(trail[-1])) is not None and old not in trail:
            trail.append(old)
        if old == new:
            yield Issue(
                file=table.file,
                line=line,
                counted_as=table.counted_as,
                column="replaces",
                value=replaces,
                expected=f"an id that does not come back to this one ({' replaces '.join([*trail, old])})",
            )


def _replacements(tables: Iterable[RegistryTable]) -> Iterator[tuple[RegistryTable, int, str, str]]:
    """Table, line, new id and old id of every row that replaces one."""
    for table in tables:
        for placed in table.rows:
            if isinstance(placed.row, Integration) and placed.row.replaces is not None:
                yield table, placed.line, placed.row.integration, placed.row.replaces
