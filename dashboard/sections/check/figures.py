"""The figures of the ID check: the verdict in words, and the facts for cards and tables."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import polars as pl

from analytics.check.check import answer
from dashboard.text.wording import Words, has, plain, say, shown

if TYPE_CHECKING:
    from analytics.check.check import Check, Found

_KINDS = {
    "arriving": "success",
    "partly": "warning",
    "replaced": "info",
    "swapped": "warning",
    "not_registered": "warning",
    "stopped": "warning",
}


def checked(text: str, found: Found) -> Check:
    """Return the answer to a question about this text."""
    return answer(text, found)


def verdict(check: Check, found: Found) -> tuple[str, Words]:
    """Return Streamlit's kind of message for the verdict, and the verdict in words."""
    is_unchecked = check.verdict == "arriving" and not found.known.is_registered
    words = say(
        "check.verdict.arriving_unchecked" if is_unchecked else f"check.verdict.{check.verdict}",
        calls=check.calls,
        customers=check.customers,
        environments=Words(", ".join(plain(f"environment.{name}") for name in check.environments)),
        defect=Words(plain(f"id_defect.{check.id_defect}") if check.id_defect else ""),
        last_day=found.total.last_day if found.total else None,
        replaced_by=found.known.replaced_by,
    )
    return _KINDS.get(check.verdict, "error"), words


def advice(check: Check) -> Words:
    """Return what to do, if there is more to do than the verdict says."""
    key = f"check.advice.{check.verdict}"
    return say(key) if has(key) else Words("")


def facts(check: Check, found: Found) -> Words:
    """Return the parts of the id in the text, and the registry's names for them."""
    parts = [say("check.fact_name", name=found.known.name)] if found.known.name else []
    if check.partner is not None:
        parts.append(say("check.fact_partner", partner=found.known.partner_name or str(check.partner)))
        parts.append(say("check.fact_project", project=str(check.project)))
    if check.id_status == "valid" and found.known.has_registry and not found.known.is_registered:
        parts.append(say("check.fact_unknown"))
    return Words(" · ".join(parts))


def by_environment(found: Found) -> pl.DataFrame:
    """Return the calls with the id in each environment."""
    rows = [asdict(one) for one in found.environments]
    return pl.DataFrame(
        rows,
        schema={
            "environment": pl.String,
            "customers": pl.Int64,
            "calls": pl.Int64,
            "errors": pl.Int64,
            "own_calls": pl.Int64,
            "first_call": pl.Datetime("us", "UTC"),
            "last_call": pl.Datetime("us", "UTC"),
        },
    )


def near_misses(check: Check) -> pl.DataFrame:
    """Return the near misses, each with its kind, and with its environments in words."""
    rows = [
        asdict(near)
        | {"environments": ", ".join(plain(f"environment.{name}") for name in near.environments) or shown(None)}
        for near in check.near_misses
    ]
    return pl.DataFrame(
        rows,
        schema={
            "integration_id": pl.String,
            "kind": pl.String,
            "name": pl.String,
            "calls": pl.Int64,
            "customers": pl.Int64,
            "environments": pl.String,
            "first_call": pl.Datetime("us", "UTC"),
            "last_call": pl.Datetime("us", "UTC"),
        },
    ).rename({"kind": "near_kind"})
