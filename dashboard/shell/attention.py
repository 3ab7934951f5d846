"""What needs attention: the findings of a view, as a table whose rows open what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from dashboard.shell import frame, gaps, navigation
from dashboard.text.wording import plain, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.findings.finding import Finding
    from dashboard.shell.data import View


def draw(view: View) -> None:
    """Draw the findings under their heading, or say that there is none. On a large lake the first look takes its time, and says so."""
    place = st.container()
    with place, st.spinner(say("attention.looking")):
        found = view.findings()
    with place:
        if found:
            frame.table(
                "attention.table",
                rows(found),
                ["severity", "finding", "finding_why", "to_do"],
                view,
                key="attention",
                links=navigation.links_of("link"),
                linked="finding",
            )
        else:
            frame.heading("attention.table")
            gaps.say_good_news(view, say("attention.all_quiet"))


def rows(found: Sequence[Finding]) -> pl.DataFrame:
    """Return a row for each finding, in their order; `link` is the page about it."""
    told = [
        {
            "severity": one.severity,
            "finding": one.what,
            "finding_why": one.why,
            "to_do": _to_do(one),
            "link": one.link,
        }
        for one in found
    ]
    return pl.DataFrame(told)


def _to_do(one: Finding) -> str:
    """What to do and whom to call; before that, that it is known."""
    told = f"{one.who[:1].upper()}{one.who[1:]}. {one.what_to_do}"
    if one.acknowledged_until is None:
        return told
    known = plain("attention.known", until=one.acknowledged_until)
    return " ".join(text for text in (known, one.note, told) if text)
