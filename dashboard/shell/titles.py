"""The titles of rows about integrations and connectors: the column `title`, which tables and charts show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dashboard.text.wording import plain

if TYPE_CHECKING:
    from dashboard.shell.data import View


def of_integrations(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the name of their integration as `title`: its id without a name, and words without an integration.

    Reads name and integration.
    """
    nobody = pl.lit(plain("connectors.unidentified"))
    return rows.with_columns(pl.coalesce("name", "integration", nobody).alias("title"))


def of_connectors(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the name of their connector as `title`, and words without one. Reads connector."""
    return rows.with_columns(pl.coalesce("connector", pl.lit(plain("connectors.none"))).alias("title"))


def with_partners(rows: pl.DataFrame, view: View) -> pl.DataFrame:
    """Return the rows with the registry's name of their partner as `partner_name`, otherwise its number. Reads partner."""
    offered = view.rows("known/filter_values").filter((pl.col("kind") == "partner") & pl.col("label").is_not_null())
    names = dict(offered.select("value", "label").iter_rows())
    return rows.with_columns(pl.col("partner").cast(pl.String).replace(names).alias("partner_name"))


def with_distinct_titles(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with the id after a title that two integrations share. A chart would draw them as one."""
    is_shared = pl.col("integration").n_unique().over("title") > 1
    both = pl.format("{} · {}", "title", "integration")
    return rows.with_columns(
        pl.when(is_shared & (pl.col("title") != pl.col("integration"))).then(both).otherwise("title").alias("title")
    )
