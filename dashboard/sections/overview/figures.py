"""What needs attention, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from dashboard.text.wording import has, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.shell.data import View


def attention(view: View) -> pl.DataFrame:
    """Return what needs attention, worst first: severity, finding in words, name, integration (null: none), counts."""
    found = view.rows("overview/attention")
    is_integration = ~pl.col("kind").is_in(["unidentified", "not_logged"])
    return found.with_columns(
        pl.Series("finding", [_finding(row) for row in found.iter_rows(named=True)], dtype=pl.String),
        pl.when(is_integration).then(pl.coalesce("name", "subject")).alias("name"),
        pl.when(is_integration).then("subject").alias("integration"),
    )


def _finding(found: Mapping[str, object]) -> str:
    """Return a finding of the question `attention` in words; what `now` and `before` are depends on its kind."""
    now, before = found["now"], found["before"]
    if found["kind"] in {"gone_silent", "customers_down"}:
        now, before = (f"{value:.3g}" for value in (now, before))
    defect = f"id_defect.{found['subject']}"
    subject = plain(defect) if has(defect) else found["subject"]
    return plain(f"attention.{found['kind']}", now=now, before=before, subject=subject)
