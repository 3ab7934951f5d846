"""The findings that need attention, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.findings.finding import Finding

_TYPES = {"known_until": pl.Date(), "known_why": pl.String()}


def rows(found: Sequence[Finding]) -> pl.DataFrame:
    """Return a row for each finding, in their order; `link` is the page about it."""
    told = [
        {
            "severity": one.severity,
            "finding": one.what,
            "finding_why": one.why,
            "to_do": f"{one.who[:1].upper()}{one.who[1:]}. {one.what_to_do}",
            "known_until": one.acknowledged_until,
            "known_why": one.note,
            "link": one.link,
        }
        for one in found
    ]
    return pl.DataFrame(told, schema_overrides=_TYPES)


def columns(found: Sequence[Finding]) -> list[str]:
    """Return the columns to show: what was acknowledged has some of its own."""
    known = ["known_until", "known_why"] if any(one.acknowledged_until for one in found) else []
    return ["severity", "finding", "finding_why", "to_do", *known]
