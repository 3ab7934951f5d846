"""The figures of the go-live review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dashboard.shell import titles
from dashboard.text.wording import Words, plain, say, shown
from dashboard.widgets import stacks

if TYPE_CHECKING:
    from analytics.review.answer import PartName, Review
    from dashboard.shell.data import View

REACTIONS = ("within_second", "within_ten", "within_minute", "later", "not_again")
"""How soon a caller called again after an error, the soonest first."""


def integrations(view: View) -> pl.DataFrame:
    """Return the integrations with a call, those that began last first, with `title`, the name to show."""
    rows = titles.of_integrations(view.rows("customers_per_integration"))
    return rows.sort("first_call", "integration", descending=[True, False])


def facts(answer: Review) -> Words:
    """Return our own words about the integration of the page."""
    products = ", ".join(plain(f"product.{product}") for product in answer.products) or shown(None)
    partner = answer.partner_name or str(answer.partner)
    return say("review.facts", integration=answer.integration, partner=partner, products=Words(products))


def interval(answer: Review) -> Words:
    """Return the interval of the share of good calls; nothing without a call."""
    if answer.good_low is None:
        return Words("")
    return say("review.interval", low=answer.good_low, high=answer.good_high)


def checks(answer: Review, part: PartName) -> pl.DataFrame:
    """Return the checks of a part."""
    columns = ("check", "verdict", "held", "judged", "share", "why")
    rows = [[getattr(check, name) for name in columns] for check in answer.checks if check.part == part]
    types = (pl.String, pl.String, pl.Int64, pl.Int64, pl.Float64, pl.String)
    return pl.DataFrame(rows, schema=dict(zip(columns, types, strict=True)), orient="row").rename({"judged": "held_of"})


def onboarding(answer: Review) -> pl.DataFrame:
    """Return the customers that began, with the seconds until their first success."""
    return answer.onboarding.rename({"state": "began_as"}).with_columns(time_to_success=pl.col("hours") * 3600)


def callers(answer: Review) -> pl.DataFrame:
    """Return what each caller met."""
    found = answer.handling.filter(pl.col("customer").is_not_null())
    return found.rename({"seconds_to_success": "time_to_success"})


def examples(answer: Review) -> pl.DataFrame:
    """Return the longest runs of errors."""
    return answer.examples.rename({"since": "failing_from"})


def reactions(answer: Review) -> pl.DataFrame:
    """Return how soon a caller called again, for the errors of each status: answer (the status), reaction, its name, place and errors."""
    totals = answer.handling.filter(pl.col("customer").is_null())
    parts = totals.select(
        answer=pl.col("status").cast(pl.String),
        within_second=pl.col("within_1s"),
        within_ten=pl.col("within_10s") - pl.col("within_1s"),
        within_minute=pl.col("within_60s") - pl.col("within_10s"),
        later=pl.col("repeats") - pl.col("within_60s"),
        not_again=pl.col("errors") - pl.col("repeats"),
    )
    rows = parts.unpivot(index="answer", variable_name="reaction", value_name="errors").sort(
        "answer", maintain_order=True
    )
    return stacks.stacked(rows, "reaction", REACTIONS)
