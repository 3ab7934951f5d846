"""The hours that are missing in the logs: the figures that they make too low, and the notes on a page about them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from analytics.completeness.gaps import gaps_in, hours_of, moment, period_of
from dashboard.shell.compared import covers_period_before
from dashboard.text.wording import Words, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from analytics.completeness.gaps import Gap
    from dashboard.shell.data import View

_GAPS_LISTED = 12


def of_figures(view: View) -> tuple[Gap, ...]:
    """Return the gaps that make the figures of this view too low: those in the streams that its calls come from."""
    streams = view.lifted("since", "until").rows("completeness/streams")
    return gaps_in(stream_hours(view), view.lake.time_zone.key, streams=streams["stream"].to_list())


def hours_missing_before(view: View) -> int:
    """Return the number of hours that are missing in the period before, if the figures of this view are compared with it."""
    if not covers_period_before(view):
        return 0
    return hours_of(of_figures(replace(view, scope=view.scope.previous())), "missing")


def stream_hours(view: View) -> pl.DataFrame:
    """Return the metric `completeness` of every stream in the period, whatever the other filters."""
    return replace(view, scope=period_of(view.scope)).rows("completeness")


def in_words(gap: Gap) -> Words:
    """Return a gap as a sentence."""
    return say(
        f"gaps.{gap.why if gap.why in {'stopped', 'rejected'} else gap.state}_line",
        stream=gap.stream,
        since=Words(moment(gap.since)),
        until=Words(moment(gap.until)),
        hours=gap.hours,
        calls=gap.calls,
        expected=round(gap.expected),
    )


def say_missing(view: View) -> None:
    """Say which gaps in the logs make the figures of this view too low, and from which day on there are single calls."""
    if since := view.lake.warehouse.calls_since(view.scope):
        st.caption(say("gaps.calls_since", day=since))
    found = of_figures(view)
    missing = [gap for gap in found if gap.state == "missing"]
    thin = hours_of(found, "thin")
    said = []
    if missing:
        first = in_words(missing[0])
        said.append(say("gaps.too_low", hours=hours_of(found, "missing"), first=first))
    if len(missing) > 1:
        said.append(say("gaps.more", count=len(missing) - 1))
    if thin:
        said.append(say("gaps.thin", hours=thin))
    if len(said) > 1 or thin:
        said.append(say("gaps.where"))
    if said:
        st.caption(" ".join([say("gaps.icon"), *said]))


def say_missing_before(view: View) -> None:
    """Say that gaps in the logs make the figures of the period before too low."""
    hours = hours_missing_before(view)
    if hours:
        st.caption(f"{say('gaps.icon')} {say('gaps.before', hours=hours)}")


def say_good_news(view: View, words: Words) -> None:
    """Say that nothing needs attention. The message is green only if no hour of the logs is missing: a gap may hide a problem."""
    if hours_of(of_figures(view), "missing"):
        st.info(words, icon=":material/info:")
    else:
        st.success(words, icon=":material/check_circle:")


def list_all(gaps: Sequence[Gap], *, none: str) -> None:
    """Show the gaps as sentences, missing ones first, at most _GAPS_LISTED of them; without any, the text `none`."""
    if not gaps:
        st.caption(say(none))
        return
    worst_first = sorted(gaps, key=lambda gap: gap.state != "missing")
    lines = [f"- {in_words(gap)}" for gap in worst_first[:_GAPS_LISTED]]
    if len(gaps) > _GAPS_LISTED:
        lines.append(f"- {say('gaps.more_listed', count=len(gaps) - _GAPS_LISTED)}")
    st.markdown("\n".join(lines))
