"""The figures of the page about errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dashboard.shell import titles
from dashboard.text.wording import plain
from dashboard.widgets.stacks import stacked

if TYPE_CHECKING:
    from dashboard.shell.data import View
    from dashboard.widgets.cards import Number

_PARTIES = ("partner", "customer", "vendor")


def by_party(view: View) -> dict[str, int]:
    """Return the number of failed calls, by the party that can fix them."""
    summed = view.rows("errors_by_outcome").group_by("party").agg(pl.col("calls").sum())
    calls: dict[str, int] = dict(summed.select("party", "calls").iter_rows())
    return {party: calls.get(party, 0) for party in _PARTIES}


def per_day(view: View) -> pl.DataFrame:
    """Return day, party, its name and place in a stack, and calls."""
    return stacked(view.rows("overview/errors_per_day"), "party", _PARTIES)


def by_outcome(view: View) -> pl.DataFrame:
    """Return errors by outcome, status and party: their calls, and their fraction of all errors."""
    return _share_of_errors(view.rows("errors_by_outcome"), ["outcome", "status", "party"])


def by_connector(view: View) -> pl.DataFrame:
    """Return errors by connector and outcome: their calls, and their fraction of all errors."""
    return _share_of_errors(
        titles.of_connectors(view.rows("errors_by_outcome")), ["title", "connector", "outcome", "party"]
    )


def by_integration(view: View) -> pl.DataFrame:
    """Return integrations with errors: their number, the rate with its 95 % interval, and the most frequent outcome."""
    most = (
        view.rows("errors_by_outcome")
        .group_by("integration", "outcome", "party")
        .agg(pl.col("calls").sum())
        .sort("calls", "outcome", descending=[True, False])
        .group_by("integration", maintain_order=True)
        .agg(most_outcome=pl.col("outcome").first(), most_party=pl.col("party").first())
    )
    names = view.rows("customers_per_integration").select("integration", "name")
    rates = view.rows("error_rates").filter(pl.col("errors") > 0)
    return (
        titles.of_integrations(rates.join(names, on="integration", how="left"))
        .join(most, on="integration", how="left")
        .with_columns(
            pl.format("{}–{}%", *((100 * pl.col(f"error_rate_{end}")).round(1) for end in ("low", "high"))).alias(
                "error_rate_range"
            ),
        )
        .sort("errors", "integration", descending=[True, False])
    )


BY = {"by_outcome": by_outcome, "by_connector": by_connector}


def share_in_words(calls: int, errors: Number) -> str | None:
    """Return the fraction of the errors that these calls are, in words."""
    return plain("card.of_errors", share=calls / errors.value) if errors.value else None


def _share_of_errors(rows: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    return (
        rows.group_by(by)
        .agg(pl.col("calls").sum().alias("wrong_calls"))
        .with_columns(share=pl.col("wrong_calls") / pl.col("wrong_calls").sum())
        .sort("wrong_calls", *by, descending=[True, *(False for _ in by)], nulls_last=True)
    )
