"""What ours and the peers can all answer, and when two answers are the same."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
import polars.selectors as cs

if TYPE_CHECKING:
    from collections.abc import Mapping

NEAR = 0.0101
"""How far a percentile from buckets may be from the exact one: the lake's buckets are 1 % off at most, and it shows whole microseconds."""


ALL_DAYS = 36_500
"""As many of the last days as a lake can have."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A metric that one statement of another engine can answer, but for names from the registry.

    `counts` must be equal row by row. `near` are compared where a peer has them. `last` says about how
    many of the last days it is asked, where that is not the asker's choice.
    """

    metric: str
    key: tuple[str, ...]
    counts: tuple[str, ...]
    near: tuple[str, ...] = ()
    last: int | None = None


QUESTIONS = (
    Question(metric="calls_per_day", key=("day",), counts=("calls", "errors", "integrations", "customers")),
    Question(
        metric="customers_per_integration",
        key=("integration", "partner", "project"),
        counts=("calls", "errors", "customers", "first_call", "last_call"),
    ),
    Question(metric="customers_per_partner", key=("partner",), counts=("integrations", "calls", "errors", "customers")),
    Question(metric="error_rates", key=("integration",), counts=("calls", "errors")),
    Question(
        metric="errors_by_outcome",
        key=("integration", "connector", "outcome", "status"),
        counts=("calls", "customers"),
    ),
    Question(
        metric="connector_usage",
        key=("product", "protocol", "connector", "operation"),
        counts=("integrations", "calls", "errors", "customers"),
    ),
    Question(
        metric="latency",
        key=("integration", "connector", "operation"),
        counts=("calls", "over_1s_share"),
        near=("p50_ms", "p95_ms", "p99_ms"),
    ),
    Question(metric="customers_per_month", key=("integration", "month"), counts=("customers",), last=ALL_DAYS),
    Question(metric="certification", key=("integration",), counts=("customers",), last=30),
    Question(
        metric="customer_links",
        key=("partner", "integration", "customer"),
        counts=("calls", "errors", "first_call", "last_call"),
    ),
    Question(metric="heaviest_users", key=("day", "integration", "customer"), counts=("calls", "errors", "seconds")),
)


def difference(question: Question, ours: pl.DataFrame, theirs: pl.DataFrame) -> str | None:
    """Where two answers say different things; None where they say the same. A row that counts nothing may be in one of them alone.

    >>> question = Question(metric="error_rates", key=("integration",), counts=("calls", "errors"))
    >>> ours = pl.DataFrame({"integration": ["1_2"], "calls": [3], "errors": [1]})
    >>> difference(question, ours, ours.with_columns(calls=4))
    "error_rates, integration '1_2', calls: 3 here and 4 there"
    >>> difference(question, ours, ours.select("integration", "errors", "calls"))
    """
    here, there = _by_key(question, ours), _by_key(question, theirs)
    near = [name for name in question.near if name in theirs.columns]
    for key in dict.fromkeys((*here, *there)):
        place = ", ".join(f"{name} {value!r}" for name, value in zip(question.key, key, strict=True))
        if key not in here or key not in there:
            return f"{question.metric}, {place}: only {'here' if key in here else 'there'}"
        for name in (*question.counts, *near):
            one, other = here[key][name], there[key][name]
            is_same = math.isclose(one, other, rel_tol=NEAR) if name in near else one == other
            if not is_same:
                return f"{question.metric}, {place}, {name}: {one} here and {other} there"
    return None


def _by_key(question: Question, answer: pl.DataFrame) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """The rows that count something, by their key. Spellings of a connector are one."""
    if "connector" in question.key:
        answer = answer.with_columns(pl.col("connector").str.to_lowercase())
    # Engines differ in the types of what they count, and in the precision of times.
    rows = answer.with_columns(cs.datetime().dt.cast_time_unit("us").dt.replace_time_zone("UTC")).to_dicts()
    counted = [row for row in rows if any(row[name] for name in question.counts)]
    found: dict[tuple[Any, ...], Mapping[str, Any]] = {
        tuple(row[name] for name in question.key): row for row in counted
    }
    if len(found) != len(counted):
        raise SystemExit(f"{question.metric}: an answer has {len(counted)} rows, but {len(found)} keys")
    return found
