"""The rules between rows: each key occurs once, and replacements of ids lead to an end.

Every figure joins the registry by its keys and follows its replacements. A key that occurs twice would double the calls of its
integration or customer. An id with two replacements would have two owners, and a circle of replacements none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.registry.issue import Issue
from analytics.registry.rows import Integration, Relation, columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analytics.registry.table import RegistryTable


def cross_row_issues(tables: Sequence[RegistryTable]) -> list[Issue]:
    """Every violation between rows, at the later row.

    A load replaces a whole relation, and no rule ties one relation to another (an integration may name a partner that is not
    registered yet). So these files are all that has to be checked.
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
                    expected=f"each {column} only once; {first[table.relation, key]} has it too",
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
                expected=f"each old id to be replaced only once; {first[old]} replaces it too",
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
                expected=f"an id that does not lead back to this one ({' replaces '.join([*trail, old])})",
            )


def _replacements(tables: Iterable[RegistryTable]) -> Iterator[tuple[RegistryTable, int, str, str]]:
    """Table, line, new id and old id of every row that replaces one."""
    for table in tables:
        for placed in table.rows:
            if isinstance(placed.row, Integration) and placed.row.replaces is not None:
                yield table, placed.line, placed.row.integration, placed.row.replaces
