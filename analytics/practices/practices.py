"""The vendor's rules of use: a score for each integration, and the rules behind it.

practices/steps/rules.sql has the rules and their weights; the steps beside it judge them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

SEVERITIES = ("high", "medium", "low")


def broken(practices: pl.DataFrame) -> pl.DataFrame:
    """The rows of the metric `practices` whose rule is broken: the worst score first, and within it the heaviest rule."""
    import polars as pl

    return _sorted(practices.filter(pl.col("state") == "broken"))


def scores(practices: pl.DataFrame) -> pl.DataFrame:
    """One row per integration, from rows of the metric `practices`, the worst score first.

    Columns: integration, name, score, broken (the rules, the heaviest first), not_judged (the rules), calls (that break a rule,
    counted once for each rule), last_call (of those).
    """
    import polars as pl

    is_broken = pl.col("state") == "broken"
    return (
        _sorted(practices)
        .group_by("integration", maintain_order=True)
        .agg(
            pl.col("name").first(),
            pl.col("score").first(),
            broken=pl.col("rule").filter(is_broken),
            not_judged=pl.col("rule").filter(pl.col("state") == "not_judged"),
            calls=pl.col("calls").filter(is_broken).sum(),
            last_call=pl.col("last_call").filter(is_broken).max(),
        )
    )


def by_rule(practices: pl.DataFrame) -> pl.DataFrame:
    """One row per rule, from rows of the metric `practices`, the one that most integrations break first.

    Columns: rule, severity, integrations (identified ones that break it), calls (that break it, unidentified ones too),
    judged, share, advice.
    """
    import polars as pl

    return (
        practices.group_by("rule", "severity", "advice")
        .agg(
            integrations=pl.col("integration").filter(pl.col("state") == "broken").drop_nulls().n_unique(),
            calls=pl.col("calls").sum(),
            judged=pl.col("judged").sum(),
        )
        .with_columns(share=pl.when(pl.col("judged") > 0).then(pl.col("calls") / pl.col("judged")))
        .sort("integrations", "calls", "rule", descending=[True, True, False])
        .select("rule", "severity", "integrations", "calls", "judged", "share", "advice")
    )


def _sorted(practices: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    weight = pl.col("severity").replace_strict({name: place for place, name in enumerate(SEVERITIES)})
    order = ("score", pl.col("integration").is_null(), "integration", weight, -pl.col("calls"), "rule")
    return practices.sort(*order)
