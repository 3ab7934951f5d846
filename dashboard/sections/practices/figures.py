"""The figures of the page about the rules of use."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from analytics.practices.drift import beyond
from analytics.practices.practices import by_rule, scores
from dashboard.shell import titles
from dashboard.text.wording import plain

if TYPE_CHECKING:
    from dashboard.shell.data import View

ORDER = {"broken": 0, "kept": 1, "not_judged": 2}
LOW_SCORE = 80
"""Below this score, an integration breaks a heavy rule or several rules."""


@dataclass(frozen=True)
class RulesKept:
    """The number of identified integrations, of those that keep every rule that the logs can show, and of those with a low score."""

    integrations: int
    keeping: int
    low: int
    lowest: int | None


def rules_kept(view: View) -> RulesKept:
    """Return how well the integrations keep the rules."""
    known = _scores(view).filter(pl.col("integration").is_not_null())
    return RulesKept(
        known.height,
        known.filter(pl.col("broken").list.len() == 0).height,
        known.filter(pl.col("score") < LOW_SCORE).height,
        known["score"].to_list()[0] if known.height else None,
    )


def integrations(view: View) -> pl.DataFrame:
    """Return the integrations that break a rule, the lowest score first, with `title`, the name to show."""
    return titles.of_integrations(_scores(view).filter(pl.col("broken").list.len() > 0))


def rules(view: View) -> pl.DataFrame:
    """Return every rule, with the integrations and calls that break it, and the advice."""
    return by_rule(view.rows("practices"))


def rules_of_one(view: View) -> pl.DataFrame:
    """Return every rule of the chosen integration, the broken ones first."""
    rows = view.rows("practices").filter(integration=view.scope.integration)
    place = pl.col("state").replace_strict(ORDER)
    return rows.sort(place, -pl.col("calls"), "rule")


def drifting(view: View) -> pl.DataFrame:
    """Return the customers that deviate too far from the usual GetConnectors, with `title`, the name of the integration."""
    return titles.of_integrations(beyond(view.rows("connector_drift")))


def advice(rules: pl.DataFrame) -> list[str]:
    """Return the advice on each broken rule."""
    broken = rules.filter(pl.col("state") == "broken").select("rule", "advice")
    return [
        plain("practices.advice_line", rule=plain(f"rule.{rule}"), advice=text) for rule, text in broken.iter_rows()
    ]


def days(view: View) -> list[dt.date]:
    """Return the days with calls, the last first."""
    return view.rows("heaviest_users")["day"].unique().sort(descending=True).to_list()


def day_asked(view: View, text: str | None) -> dt.date | None:
    """Return the day that a link asks for; without one, or if it has no calls, the last day with calls."""
    there = days(view)
    chosen = next((day for day in there if day.isoformat() == text), None)
    return chosen or (there[0] if there else None)


def heaviest(view: View, day: dt.date) -> pl.DataFrame:
    """Return the ten heaviest users of a day, with `title`, the name to show."""
    nobody = pl.format("{} {}", pl.lit(plain("connectors.unidentified")), pl.col("customer"))
    return (
        view.rows("heaviest_users")
        .filter(day=day)
        .with_columns(pl.coalesce("name", "integration", nobody).alias("title"))
    )


def _scores(view: View) -> pl.DataFrame:
    return scores(view.rows("practices"))
