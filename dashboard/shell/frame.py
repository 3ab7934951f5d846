"""What all pages share: the way between them, the filters on top, and what stands there when there is nothing to show."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from analytics.completeness.gaps import hours_of
from analytics.errors import AnalyticsError
from analytics.known.known import nearest
from analytics.scope import Scope
from dashboard.shell import data, figures, filter_bar
from dashboard.shell.link import Selection
from dashboard.text.wording import Words, has, plain, say, span
from dashboard.widgets import tables
from ingest.errors import IngestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analytics.completeness.gaps import Gap
    from analytics.known.known import Unknown

PRODUCT = plain("brand.name")
_GAPS_LISTED, _OFFERED = 12, 5


def settle(page: st.Page) -> Selection:
    """Return what the reader looks at, with its days, and make the link say so; before the lake exists, as it is asked."""
    try:
        covered = data.open_lake().covered
    except (IngestError, AnalyticsError):
        covered = None  # the page says so
    return filter_bar.settle(covered, here=page.url_path)


def run(page: st.Page) -> None:
    """Run a page; what it cannot read, it says."""
    try:
        page.run()
    except (IngestError, AnalyticsError) as error:
        st.error(say("frame.failed", error=str(error)), icon=":material/error:", title=say("frame.failed_title"))


def broken(error: Exception) -> bool:
    """Say that a page has a fault of its own; the details go to the log of whoever serves the dashboard."""
    logging.getLogger(__name__).error("a page failed", exc_info=error)
    st.error(say("frame.broken"), icon=":material/error:", title=say("frame.broken_title"))
    return True


def ask(*, page: str = "", unused: Sequence[str] = (), about: str | None = None, say_gaps: bool = True) -> data.View:
    """Draw the filter bar and return what is asked; without a lake or without calls, say so and end the page here.

    Where the logs have gaps, what the page will show is too low, and the reader is told first. The filters `unused` are
    those that the page cannot use (the text `<page>.unused` says why), `about` is the one that says what it is about.
    """
    lake = open_lake()
    if lake.covered is None:
        _no_calls_at_all(lake)
    view = filter_bar.show(lake, lake.covered, unused=unused, why=page, about=about)
    if say_gaps:
        say_missing(view)
    return view


def everything() -> data.View:
    """Return a view of all that was loaded, whatever filters are set; without a lake or without calls, end the page here."""
    lake = open_lake()
    if lake.covered is None:
        _no_calls_at_all(lake)
    filter_bar.say_unused(lake, filter_bar.narrowings(filter_bar.current()[0].scope), why="check")
    return data.View(lake, Scope(environment="all"))


def say_missing(view: data.View) -> None:
    """Say which gaps in the logs make the figures of this view too low."""
    found = figures.gaps_of_figures(view)
    missing = [gap for gap in found if gap.state == "missing"]
    thin = hours_of(found, "thin")
    said = []
    if missing:
        first = figures.gap_in_words(missing[0])
        said.append(say("gaps.too_low", hours=hours_of(found, "missing"), first=first))
    if len(missing) > 1:
        said.append(say("gaps.more", count=len(missing) - 1))
    if thin:
        said.append(say("gaps.thin", hours=thin))
    if len(said) > 1 or thin:
        said.append(say("gaps.where"))
    if said:
        st.caption(" ".join([say("gaps.icon"), *said]))


def say_good_news(view: data.View, words: Words) -> None:
    """Say that nothing was found that needs somebody; green only where no hour of the logs is missing."""
    if hours_of(figures.gaps_of_figures(view), "missing"):
        st.info(words, icon=":material/info:")
    else:
        st.success(words, icon=":material/check_circle:")


def say_missing_before(view: data.View) -> None:
    """Say that gaps in the logs make what the figures of this view are compared with too low."""
    hours = figures.hours_missing_before(view)
    if hours:
        st.caption(f"{say('gaps.icon')} {say('gaps.before', hours=hours)}")


def list_gaps(gaps: Sequence[Gap], *, none: str) -> None:
    """Say each gap in words, what is missing first, and of many the first ones; without any, the text `none`."""
    if not gaps:
        st.caption(say(none))
        return
    worst_first = sorted(gaps, key=lambda gap: gap.state != "missing")
    lines = [f"- {figures.gap_in_words(gap)}" for gap in worst_first[:_GAPS_LISTED]]
    if len(gaps) > _GAPS_LISTED:
        lines.append(f"- {say('gaps.more_listed', count=len(gaps) - _GAPS_LISTED)}")
    st.markdown("\n".join(lines))


def list_texts(texts: Sequence[str]) -> None:
    """Say each of these texts, which name what stands in logs and files, letter by letter."""
    with st.container(gap="xsmall"):
        for text in texts:
            st.text(f"• {text}")


def open_lake() -> data.OpenLake:
    """Return the lake; when there is none, say what to do and end the page here."""
    try:
        return data.open_lake()
    except IngestError as error:
        if data.lake_exists():
            raise
        _nothing("no_lake", lake=str(data.lake_path()), error=str(error))


def record_title(name: str, facts: str) -> None:
    """Show somebody else's text as the title of a page, and our own words about it below."""
    with st.container(key="record_title", gap=None):
        st.text(name)
        st.caption(facts)


def heading(key: str, *, note: str | None = None) -> None:
    """Draw the heading of a part of a page, with a note where there is one."""
    st.subheader(say(key), anchor=False)
    if note is not None and has(note):
        st.caption(say(note))


def list_words(sentences: Sequence[Words], *, none: str) -> None:
    """Say each of these sentences of our own; without any, the text `none`."""
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences) or say(none))


def search(page: str) -> str:
    """Draw the field in which something is searched and return it; it stands in the link too.

    Searched is on Enter, not with every letter: each search is a step that the reader can go back to.
    """
    st.session_state["search"] = filter_bar.own(filter_bar.SEARCH) or ""
    text = st.text_input(
        say("search.label"),
        key="search",
        type="search",
        placeholder=plain(f"{page}.search_placeholder"),
        label_visibility="collapsed",
        on_change=_searched,
        max_chars=100,
        width=420,
    )
    return text or ""


def _searched() -> None:
    filter_bar.search(st.session_state["search"] or "")


def say_found(found: int, rows: int, text: str) -> None:
    """Say how much of a list a search leaves, where something is searched."""
    if text.strip():
        st.caption(say("search.found", found=found, rows=rows, search=text))


def nothing_found(page: str, text: str, there: Sequence[str]) -> NoReturn:
    """Say that the search found nothing of what is there, and what is nearest; end the page here."""
    st.info(say(f"{page}.none_found", search=text), icon=":material/search_off:")
    names = nearest(text, there)
    if names:
        filter_bar.offer(filter_bar.SEARCH, names)
    st.stop()


def say_unknown(found: Sequence[Unknown], *, page: str = "") -> None:
    """Say what nobody knows of what was asked for: that is no all-clear. Offer what is nearest to it, or what there is.

    Of filters the same is said everywhere; a page that asks for something of its own has the texts `<page>.unknown_<kind>`.
    """
    for one in found:
        text = f"{page}.unknown_{one.kind}" if page else "unknown.filter"
        st.warning(say(text, field=say(f"filter.{one.kind}"), value=one.value), icon=":material/help:")
        offered = one.nearest or one.there[:_OFFERED]
        if offered:
            filter_bar.offer(one.kind, offered)


def nothing_asked_for(view: data.View) -> NoReturn:
    """Say that there are no calls in what is asked, offer the way out, and end the page here."""
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
                on_click=partial(filter_bar.go, Selection(scope.replace(since=None, until=None), "all")),
            )
            st.button(say("nothing.reset"), on_click=filter_bar.reset)
    st.stop()


def _no_calls_at_all(lake: data.OpenLake) -> NoReturn:
    rejects = data.View(lake, Scope()).rows("data_quality/rejects_by_reason")
    if rejects.is_empty():
        _nothing("empty_lake", lake=str(data.lake_path()))
    with st.container(border=True, key="nothing"):
        st.markdown(say("nothing.only_rejects_title"))
        st.markdown(say("nothing.only_rejects", lake=str(data.lake_path())))
        columns = ["stream", "reason", "lines"]
        tables.show(rejects, columns, key="rejects", title=say("data_quality.rejects"), time_zone=lake.time_zone)
    st.stop()


def _nothing(name: str, **values: object) -> NoReturn:
    with st.container(border=True, key="nothing"):
        st.markdown(say(f"nothing.{name}_title"))
        st.markdown(say(f"nothing.{name}", **values))
        st.code(plain(f"nothing.{name}_command", **values), language=None)
    st.stop()
