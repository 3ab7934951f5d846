"""The findings that need attention, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dashboard.text.wording import has, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.shell.data import View


def attention(view: View) -> pl.DataFrame:
    """Return the findings, worst first: severity, finding in words, name, integration (null: none), counts."""
    found = view.rows("overview/attention")
    is_integration = ~pl.col("kind").is_in(["unidentified", "not_logged"])
    return found.with_columns(
        pl.Series("finding", [_finding(row) for row in found.iter_rows(named=True)], dtype=pl.String),
        pl.when(is_integration).then(pl.coalesce("name", "subject")).alias("name"),
        pl.when(is_integration).then("subject").alias("integration"),
    )


def _finding(found: Mapping[str, object]) -> str:
    """Return a finding of the question `overview/attention` in words. The meaning of `now` and `before` depends on its kind."""
    kind, now, before = found["kind"], found["now"], found["before"]
    if kind in {"gone_silent", "customers_down"} and isinstance(now, float) and isinstance(before, float):
        now, before = round(now), _usually(before) if kind == "gone_silent" else round(before)
    status = f"id_status.{found['subject']}"
    subject = plain(status).lower() if has(status) else found["subject"]
    return plain(f"attention.{kind}", now=now, before=before, subject=subject)


def _usually(days: float) -> str:
    """Return the number of days between two days with calls, in words."""
    return plain("attention.every_day") if days < 1.05 else plain("attention.every_days", days=f"{days:.1f}")
