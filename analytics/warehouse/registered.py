"""The registry as it holds now, as relations: its rows, the ids that replace others, and the former numbers of partners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duckdb import ColumnExpression

from analytics.registry import empty_relation
from analytics.warehouse.narrow import Renames
from analytics.warehouse.reader import read_parquet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection, DuckDBPyRelation

    from analytics.registry import RegistryFiles, Relation
    from analytics.warehouse.narrow import Id

KEYS: dict[Relation, str] = {"partners": "partner", "integrations": "integration", "customers": "customer"}
"""The column that tells the rows of each relation apart."""


def registered(connection: DuckDBPyConnection, registry: RegistryFiles, relation: Relation) -> DuckDBPyRelation:
    """The rows of a relation of the registry; none if it was never loaded."""
    file: Path | None = getattr(registry, relation)
    return read_parquet(connection, [file]) if file is not None else connection.from_arrow(empty_relation(relation))


def renames_in(connection: DuckDBPyConnection, registry: RegistryFiles) -> Renames:
    """The registry's replacements."""
    replaced_by = {
        _id(old): _id(new)
        for new, old in registered(connection, registry, "integrations")
        .filter(ColumnExpression("replaces").isnotnull())
        .project("integration", "replaces")
        .order("integration desc")
        .fetchall()
    }
    return Renames(replaced_by)


def former_numbers(
    connection: DuckDBPyConnection, registry: RegistryFiles, renames: Renames
) -> Iterator[tuple[int, int]]:
    """Partners with the numbers that they had before. The environments with these numbers stay their own.

    A number is a partner's former one only if all integrations with that number were replaced. If one of them is still in use,
    the number belongs to another partner, which handed over the others. That partner may well be a customer, and its calls
    have to count.
    """
    ids = registered(connection, registry, "integrations").project("integration").fetchall()
    still_used = {_id(integration)[0] for (integration,) in ids if _id(integration) not in renames.pairs}
    for partner, former in sorted({(new[0], old[0]) for old, new in renames.pairs.items()}):
        if former != partner and former not in still_used:
            yield partner, former


def _id(integration: str) -> Id:
    partner, project = integration.split("_")
    return int(partner), int(project)
