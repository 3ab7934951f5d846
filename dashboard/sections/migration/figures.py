"""The figures of the page about the end of classic tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analytics.practices.migration import STATES, by_integration, last_day, total, weeks_left
from dashboard.shell import titles
from dashboard.text.wording import plain

if TYPE_CHECKING:
    from dashboard.shell.data import View

MOST_INTEGRATIONS = 20
"""The number of integrations in the chart; the table has them all."""


@dataclass(frozen=True)
class Left:
    """The weeks that are left after the last day of the logs, that day in words, and the customers by what they send."""

    weeks: int | None
    until: str | None
    moved: int
    classic: int
    not_logged: int


def board(view: View) -> pl.DataFrame:
    """Return one row per integration, with `title`, the name to show: first the ones with the most customers still to move."""
    return titles.of_integrations(by_integration(view.rows("token_migration")))


def left(view: View, board: pl.DataFrame) -> Left:
    """Return what is left to do. A customer counts once for each of its integrations."""
    day = last_day(view.lake.warehouse, view.scope)
    return Left(
        None if day is None else weeks_left(day),
        None if day is None else plain("migration.after", day=day),
        total(board, "moved"),
        total(board, "classic", "moving"),
        total(board, "not_logged"),
    )


def charted(board: pl.DataFrame) -> pl.DataFrame:
    """Return the customers of the first integrations by state: title, state, state_name, customers."""
    shown = titles.with_distinct_titles(board.filter(pl.col("customers") > 0).head(MOST_INTEGRATIONS))
    rows = (
        shown.select("title", *STATES)
        .rename(STATES)
        .unpivot(list(STATES.values()), index=["title"], variable_name="state", value_name="customers")
    )
    names = {state: plain(f"state.{state}") for state in STATES.values()}
    return rows.with_columns(pl.col("state").replace_strict(names).alias("state_name"))


def customers(view: View) -> pl.DataFrame:
    """Return every customer of the chosen integration, the ones still to move first."""
    order = {state: place for place, state in enumerate(("classic", "mixed", "not_logged", "bearer"))}
    rows = view.rows("token_migration")
    return rows.sort(pl.col("state").replace_strict(order, return_dtype=pl.Int64), -pl.col("calls"), "customer")
