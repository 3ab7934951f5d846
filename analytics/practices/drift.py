"""The rule of a tenth: the customers whose GetConnectors are too far from those that their integration usually reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

ALLOWED = 0.1
"""A customer may deviate this far from the certified set."""


def beyond(drift: pl.DataFrame) -> pl.DataFrame:
    """The rows of the metric `connector_drift` that deviate further than is allowed, in their order."""
    import polars as pl

    return drift.filter(pl.col("drift") > ALLOWED)
