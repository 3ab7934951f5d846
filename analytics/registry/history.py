"""The names of an earlier day, if the registry holds lists of several days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.registry.rows import Relation, arrow_schema, columns
from analytics.registry.store import read_rows

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import polars as pl
    import pyarrow as pa

    from analytics.registry.store import Version


def versions_of(relation: Relation, versions: Sequence[Version]) -> list[Version]:
    """The versions of a relation, by the day from which they hold; for each day only the last one, which corrects the others."""
    last = {version.valid_from: version for version in versions if relation in version.files}
    return [last[day] for day in sorted(last)]


def holding(versions: Sequence[Version], day: dt.date) -> Version:
    """The version (of these in order, at least one) that holds on a day. Before the first day, the first one holds."""
    return next((version for version in reversed(versions) if version.valid_from <= day), versions[0])


def rows_on(relation: Relation, versions: Sequence[Version], held: Version, stands_for: Mapping[str, str]) -> pa.Table:
    """The rows of a relation as they were while the version `held` (one of these) did.

    A key that had no name then gets the first name that it got later, because it existed before it was registered. An
    integration that has since replaced another has the name that the other had then. `stands_for` gives the id that stands for
    each old one now.
    """
    import polars as pl

    then = [version for version in versions if version.valid_from >= held.valid_from]
    rows = pl.concat([_rows(relation, version) for version in then])
    if relation == "integrations":
        rows = pl.concat([rows, _by_their_new_id(rows, stands_for)])
    key = columns(relation)[0]
    first = rows.sort(
        pl.col("says").not_(),
        pl.col("held_from") != held.valid_from,
        "by_old_id",
        "held_from",
    ).unique(key, keep="first", maintain_order=True)
    return first.select(columns(relation)).sort(key).to_arrow().cast(arrow_schema(relation))


def _rows(relation: Relation, version: Version) -> pl.DataFrame:
    import polars as pl

    says = [pl.col(name).is_not_null() for name in ("name", "branch") if name in columns(relation)]
    return pl.DataFrame(read_rows(version.files[relation])).with_columns(
        says=pl.any_horizontal(says),
        held_from=pl.lit(version.valid_from),
        by_old_id=pl.lit(value=False),
    )


def _by_their_new_id(rows: pl.DataFrame, stands_for: Mapping[str, str]) -> pl.DataFrame:
    """The rows of replaced ids, under the id that stands for them now."""
    import polars as pl

    new_id = pl.col("integration").str.split("_").list
    return (
        rows.filter(pl.col("integration").is_in(list(stands_for)))
        .with_columns(
            pl.col("integration").replace(dict(stands_for)),
            by_old_id=pl.lit(value=True),
        )
        .with_columns(partner=new_id.get(0).cast(pl.Int32), project=new_id.get(1).cast(pl.Int32))
    )
