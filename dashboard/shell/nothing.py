"""The content of a page that has nothing to show: the reason, and the way out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from analytics.scope import Scope
from dashboard.shell import data, filter_bar, place
from dashboard.shell.link import Selection
from dashboard.text.wording import Words, plain, say, span
from dashboard.widgets import tables
from ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.known.known import Unknown

_OFFERED = 5


def lake_or_end() -> data.OpenLake:
    """Return the lake; if there is none, or no call in it, say what to do and end the page here."""
    try:
        lake = data.open_lake()
    except IngestError as error:
        if data.lake_exists():
            raise
        _say("no_lake", lake=str(data.lake_path()), error=str(error))
    if lake.covered is None:
        _no_calls_at_all(lake)
    return lake


def say_unknown(found: Sequence[Unknown], *, page: str = "") -> None:
    """Say which names in the question are unknown, because an empty answer is then no all-clear. Offer the nearest known names.

    Every page says the same about filters. A page with a form of its own has the texts `<page>.unknown_<kind>`.
    """
    for one in found:
        text = f"{page}.unknown_{one.kind}" if page else "unknown.filter"
        st.warning(say(text, field=say(f"filter.{one.kind}"), value=one.value), icon=":material/help:")
        offered = one.nearest or one.there[:_OFFERED]
        if offered:
            filter_bar.offer(one.kind, offered)


def asked_for(view: data.View) -> NoReturn:
    """Say that the view has no calls, offer the way out, and end the page here."""
    scope, covered = view.scope, view.lake.covered
    say_unknown(view.unknown())
    with st.container(border=True, key="nothing"):
        st.markdown(say("nothing.no_calls_title"))
        st.markdown(
            say(
                "nothing.no_calls",
                filters=filter_bar.in_words(scope),
                covered=Words(span(*covered)) if covered else say("nothing.no_data"),
            )
        )
        with st.container(horizontal=True):
            st.button(
                say("nothing.all_days"),
                type="primary",
                on_click=partial(place.go, Selection(scope.replace(since=None, until=None), "all")),
            )
            st.button(say("nothing.reset"), on_click=place.reset)
    st.stop()


def _no_calls_at_all(lake: data.OpenLake) -> NoReturn:
    rejects = data.View(lake, Scope()).rows("data_quality/rejects_by_reason")
    if rejects.is_empty():
        _say("empty_lake", lake=str(data.lake_path()))
    with st.container(border=True, key="nothing"):
        st.markdown(say("nothing.only_rejects_title"))
        st.markdown(say("nothing.only_rejects", lake=str(data.lake_path())))
        columns = ["stream", "reason", "lines"]
        tables.show(rejects, columns, key="rejects", title=say("data_quality.rejects"), time_zone=lake.time_zone)
    st.stop()


def _say(name: str, **values: object) -> NoReturn:
    with st.container(border=True, key="nothing"):
        st.markdown(say(f"nothing.{name}_title"))
        st.markdown(say(f"nothing.{name}", **values))
        st.code(plain(f"nothing.{name}_command", **values), language=None)
    st.stop()
