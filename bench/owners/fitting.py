"""The weights of the evidence, by maximum likelihood.

The model is a conditional logit: of all answers for a caller (each candidate, nobody, an aggregator, a known integration without any
evidence) the right one has the probability exp(score) / sum of exp(scores), and a score is the sum of weights times evidence. So a
stated confidence is a probability by construction, on traffic like that of the fit.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analytics.scope import Scope
from analytics.sql_file import parse, step_file

if TYPE_CHECKING:
    from analytics.warehouse.warehouse import Warehouse

FLOOR = Path("analytics")
SPEAKS_FOR = (
    "id_shown", "partner_shown", "telling_agent", "same_library", "same_version",
    "likeness", "all_connectors", "took_over", "named", "whole_name",
)  # fmt: skip
_UNIT = ["caller", "prefix"]
_QUERY = """-- title: -
-- unit: -
-- grain: -
-- key: none
-- look_back: 0
-- steps: {steps}
-- meaning: -
with kept as (select * from evidence)
select kept.*, callers.customer, callers.user_agent, callers.is_aggregator
from kept inner join callers on kept.caller = callers.caller
"""


@cache
def _evidence_sql() -> str:
    text = (FLOOR / "metrics" / "probable_owners.sql").read_text(encoding="utf-8")
    header = text[text.index("steps:") + len("steps:") : text.index("-- meaning")].replace("\n-- ", " ")
    steps = ", ".join(name.strip() for name in header.split(",") if "judged" not in name and "weights" not in name)
    read = lambda path: step_file(FLOOR, path).read_text(encoding="utf-8")  # noqa: E731
    return parse("evidence", _QUERY.format(steps=steps), step=read).sql


def evidence_of(warehouse: Warehouse, calls: pl.DataFrame) -> pl.DataFrame:
    """The evidence for every answer (one row each), with `is_right`: which one is."""
    rows = warehouse.query(_evidence_sql(), scope=Scope(environment="all"))
    called = calls.filter(pl.col("id_status").is_in(["missing", "malformed"])).select(
        "customer",
        "user_agent",
        "owner",
        "connector",
        prefix=pl.when(
            pl.col("connector").str.contains("_", literal=True)
            & ~pl.col("connector").str.to_lowercase().str.starts_with("profit_")
        ).then(pl.col("connector").str.to_lowercase().str.split("_").list.first()),
    )
    owners = called.group_by("customer", "user_agent", "prefix").agg(
        owner=pl.col("owner").mode().sort().first(),
        owners=pl.col("owner").n_unique(),
        rows=pl.col("connector").n_unique(),
    )
    told = rows.join(owners, on=["customer", "user_agent", "prefix"], how="inner", nulls_equal=True)
    # `owner` is an integration, or the name of one of the other answers.
    right = (pl.col("kind") == pl.col("owner")) | (pl.col("integration") == pl.col("owner"))
    told = told.with_columns(is_right=right.fill_null(value=False))
    known = pl.col("is_right").any().over(_UNIT)
    return told.with_columns(is_right=pl.col("is_right") | (~known & (pl.col("kind") == "unseen")))


def fit(parts: list[pl.DataFrame], *, ridge: float = 0.5) -> dict[str, float]:
    """The weights under which the right answers are likeliest; `ridge` keeps those of rare evidence small."""
    numbered = pl.concat(part.with_columns(world=pl.lit(number)) for number, part in enumerate(parts))
    numbered = numbered.sort("world", *_UNIT, nulls_last=True)
    names = weighed_in(numbered)
    group = numbered.select(pl.struct("world", *_UNIT).rle_id())["world"].to_numpy()
    evidence = numbered.select(pl.col(names).cast(pl.Float64).fill_null(0)).to_numpy()
    right = numbered["is_right"].to_numpy()
    rows = numbered["rows"].to_numpy().astype(float)
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    weights = np.zeros(len(names))
    free = np.ones(len(names), bool)
    for _ in range(80):
        share = _shares(evidence @ weights, starts, group)
        expected = np.add.reduceat(evidence * share[:, None], starts)
        missed = evidence[right] - expected
        slope = (missed * rows[starts, None]).sum(axis=0) - ridge * weights
        bend = (evidence * (share * rows)[:, None]).T @ evidence - (expected * rows[starts, None]).T @ expected
        bend += ridge * np.eye(len(names))
        step = np.zeros(len(names))
        step[free] = np.linalg.solve(bend[np.ix_(free, free)], slope[free])
        weights += step * min(1.0, 4.0 / max(np.abs(step).max(), 1e-9))
        if np.abs(step).max() < 1e-6:
            against = free & (weights < 0) & np.isin(names, SPEAKS_FOR)
            if not against.any():
                break
            # Evidence for an owner must not speak against it elsewhere, only because other evidence came with it here.
            worst = int(np.argmin(np.where(against, weights, 0)))
            free[worst], weights[worst] = False, 0.0
    return dict(zip(names, weights.tolist(), strict=True))


def weighed_in(rows: pl.DataFrame) -> list[str]:
    """The columns of evidence: all between `integration` and what was joined."""
    return rows.columns[rows.columns.index("integration") + 1 : rows.columns.index("customer")]


def _shares(scores: np.ndarray, starts: np.ndarray, group: np.ndarray) -> np.ndarray:
    most = np.maximum.reduceat(scores, starts)[group]
    raised = np.exp(scores - most)
    shares: np.ndarray = raised / np.add.reduceat(raised, starts)[group]
    return shares
