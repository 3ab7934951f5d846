"""The end of classic tokens: how far each integration is on its way to OAuth."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from analytics.scope import Scope
    from analytics.warehouse.warehouse import Warehouse

CLASSIC_ENDS = dt.date(2027, 8, 31)
"""The last day of classic tokens (AfasToken)."""

STATES = {"moved": "bearer", "moving": "mixed", "classic": "classic", "not_logged": "not_logged"}
"""The columns that count customers, and the state of the metric `token_migration` that each of them counts."""


def weeks_left(day: dt.date) -> int:
    """The full weeks from a day to the end of classic tokens; none after it.

    >>> weeks_left(dt.date(2027, 8, 24)), weeks_left(dt.date(2027, 8, 25)), weeks_left(dt.date(2027, 9, 30))
    (1, 0, 0)
    """
    return max(0, (CLASSIC_ENDS - day).days // 7)


def last_day(warehouse: Warehouse, scope: Scope) -> dt.date | None:
    """The last day of the scope that the logs reach, from which the weeks are counted; None without any."""
    period, lived = warehouse.period(scope), warehouse.lived()
    if period is None or lived is None:
        return None
    return min(period[1], lived[1]) - dt.timedelta(days=1)


def by_integration(migration: pl.DataFrame) -> pl.DataFrame:
    """One row per integration, from rows of the metric `token_migration`: first the ones with the most customers still to move.

    Columns: integration, name, customers, moved, moving, classic, not_logged (customers by the tokens that they send), bearer_share
    (of all calls with a known token, also where nobody is a customer; null without any), oauth_log_ins, calls, last_classic_call.
    """
    import polars as pl

    known = pl.col("bearer").sum() + pl.col("classic").sum()
    counted = migration.group_by("integration", maintain_order=True).agg(
        pl.col("name").first(),
        pl.col("is_customer").sum().cast(pl.Int64).alias("customers"),
        *(
            (pl.col("is_customer") & (pl.col("state") == state)).sum().cast(pl.Int64).alias(f"{column}_customers")
            for column, state in STATES.items()
        ),
        pl.when(known > 0).then(pl.col("bearer").sum() / known).alias("bearer_share"),
        *(pl.col(name).sum() for name in ("oauth_log_ins", "calls")),
        pl.col("last_classic_call").max(),
    )
    rows = counted.rename({f"{column}_customers": column for column in STATES})
    left = pl.col("classic") + pl.col("moving")
    return rows.sort(-left, -pl.col("calls"), "integration")


def total(board: pl.DataFrame, *columns: str) -> int:
    """The customers in these columns of the board together. A customer counts once for each of its integrations."""
    return sum(int(board[column].sum()) for column in columns)
