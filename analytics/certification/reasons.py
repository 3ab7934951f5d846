"""The reasons for the state of an integration, what threatens it and what makes it uncertain: the rows of the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from analytics.certification.course import STATES
from analytics.example_ids import EXAMPLE_IDS

if TYPE_CHECKING:
    import polars as pl

Reason: TypeAlias = Literal[
    "no_customers",
    "too_few_customers",
    "falling",
    "window_ends",
    "failing_customers",
    "logs_missing",
    "logs_rejected",
    "header_not_logged",
    "logs_thin",
    "not_covered",
    "too_few_calls",
    "narrowed",
    "not_production",
    "never_called",
    "not_registered",
    "example_id",
    "certification_ended",
    "certification_ends",
    "certification_inherited",
    "ids_missing",
    "ids_malformed",
    "ids_mistyped",
    "supplied_getconnectors",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
COLUMNS = (
    "integration", "name", "certified", "state", "customers", "customers_required", "window_days", "last_customer_call",
    "reasons", "days_left", "complete", "since", "certified_since", "certified_until",
)  # fmt: skip
"""The columns of `rows` for scripts; pages and tables show more of them."""


def with_reasons(
    rows: pl.DataFrame, *, is_production: bool, is_narrowed: bool, window_days: int, required: int
) -> pl.DataFrame:
    """The rows of the answer: the contract's columns first, the most urgent integrations first."""
    import polars as pl

    rows = rows.with_columns(pl.col("missing_calls", "malformed_calls", "mistyped_calls").fill_null(0))
    holds = _reasons(is_production=is_production, is_narrowed=is_narrowed, window_days=window_days, required=required)
    worst_first = {state: place for place, state in enumerate(STATES)}
    said = pl.concat_list(pl.when(holds[reason]).then(pl.lit(reason)) for reason in REASONS)
    return (
        rows.with_columns(
            reasons=said.list.drop_nulls(),
            customers_required=pl.lit(required, pl.Int64),
            window_days=pl.lit(window_days, pl.Int64),
        )
        .sort(pl.col("state").replace_strict(worst_first, return_dtype=pl.Int8), "customers", "integration")
        .select(
            *COLUMNS,
            "partner",
            "partner_name",
            "since_is_start",
            "missing",
            "silent",
            "failing_customers",
            "below_on",
            "calls",
            "missing_calls",
            "malformed_calls",
            "mistyped_calls",
            "supplied_connectors",
            "inherited_from",
        )
    )


def _reasons(*, is_production: bool, is_narrowed: bool, window_days: int, required: int) -> dict[Reason, pl.Expr]:
    """The condition under which each reason holds for an integration on the last day."""
    import polars as pl

    customers, until, today = pl.col("customers"), pl.col("certified_until"), pl.col("day")
    return {
        "no_customers": customers == 0,
        "too_few_customers": (customers > 0) & (customers < required),
        "falling": pl.col("falling"),
        "window_ends": pl.col("window_ends"),
        "failing_customers": (pl.col("failing_customers") > 0)
        & (pl.col("falling") | pl.col("window_ends") | (customers < required)),
        "logs_missing": pl.col("logs_missing"),
        "logs_rejected": pl.col("logs_rejected"),
        "header_not_logged": pl.col("header_not_logged"),
        "logs_thin": pl.col("logs_thin"),
        "not_covered": pl.col("not_covered"),
        "too_few_calls": pl.col("too_few_calls"),
        "narrowed": pl.lit(is_narrowed),
        "not_production": pl.lit(not is_production),
        "never_called": pl.col("calls") == 0,
        "not_registered": pl.col("has_registry") & ~pl.col("in_registry"),
        "example_id": pl.col("integration").is_in(EXAMPLE_IDS),
        "certification_ended": (until <= today).fill_null(value=False),
        "certification_ends": pl.col("certified")
        & ((until - today).dt.total_days() <= window_days).fill_null(value=False),
        "certification_inherited": pl.col("inherited_from").is_not_null(),
        "ids_missing": pl.col("missing_calls") > 0,
        "ids_malformed": pl.col("malformed_calls") > 0,
        "ids_mistyped": pl.col("mistyped_calls") > 0,
        "supplied_getconnectors": pl.col("supplied_connectors") > 0,
    }


def ids_of(facts: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """Calls without the right id that belong to an integration, or to its partner if the integration is not known."""
    import polars as pl

    its_own = ids.filter(pl.col("integration").is_not_null()).select("integration", "id_status", "calls")
    its_partners = (
        facts.select("integration", "partner")
        .join(ids.filter(pl.col("integration").is_null()).drop("integration"), on="partner")
        .select("integration", "id_status", "calls")
    )
    return (
        pl.concat([its_own, its_partners])
        .group_by("integration")
        .agg(
            pl.col("calls").filter(pl.col("id_status") == status).sum().alias(f"{name}_calls")
            for name, status in (("missing", "missing"), ("malformed", "malformed"), ("mistyped", "valid"))
        )
    )
