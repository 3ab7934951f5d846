"""What every page does in the same way: it opens with its title and the filter bar, and is made of parts with a heading."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import streamlit as st

from analytics.errors import AnalyticsError
from analytics.scope import Scope
from dashboard.shell import compared, data, filter_bar, gaps, nothing, place
from dashboard.text.wording import Words, has, plain, say
from dashboard.widgets import tables
from ingest.errors import IngestError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    import altair as alt
    import polars as pl

    from dashboard.shell.compared import Totals
    from dashboard.shell.link import Selection

PRODUCT = plain("brand.name")


def settle(page: st.Page) -> Selection:
    """Return what the reader looks at, with its days, and make the link say so; before the lake exists, as it is asked."""
    try:
        covered = data.open_lake().covered
    except (IngestError, AnalyticsError):
        covered = None  # the page says so
    return place.settle(covered, here=page.url_path)


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


# --- how a page opens


def opened(page: str, *, unused: Sequence[str] = (), about: str | None = None, say_gaps: bool = True) -> data.View:
    """Draw the title of a page and the filter bar, and return what is asked: see `ask`."""
    title(page)
    return ask(page, unused=unused, about=about, say_gaps=say_gaps)


def title(page: str) -> None:
    """Draw the title of a page."""
    st.title(say(f"{page}.title"), anchor=False)


def record_title(name: str, facts: str) -> None:
    """Show somebody else's text as the title of a page, and our own words about it below."""
    with st.container(key="record_title", gap=None):
        st.text(name)
        st.caption(facts)


def ask(page: str, *, unused: Sequence[str] = (), about: str | None = None, say_gaps: bool = True) -> data.View:
    """Draw the filter bar and return what is asked; without a lake or without calls, say so and end the page here.

    Where the logs have gaps, what the page will show is too low, and the reader is told first. The filters `unused` are
    those that the page cannot use (the text `<page>.unused` says why), `about` is the one that says what it is about.
    """
    lake = nothing.lake_or_end()
    assert lake.covered is not None, "a lake without calls ends the page"
    view = filter_bar.show(lake, lake.covered, unused=unused, why=page, about=about)
    if say_gaps:
        gaps.say_missing(view)
    return view


def everything(page: str) -> data.View:
    """Return a view of all that was loaded, whatever filters are set; without a lake or without calls, end the page here."""
    lake = nothing.lake_or_end()
    filter_bar.say_unused(lake, filter_bar.narrowings(place.current()[0].scope), why=page)
    return data.View(lake, Scope(environment="all"))


def totals(view: data.View) -> Totals:
    """Return the figures of what is asked; without any call, say so and end the page here."""
    found = compared.totals(view)
    if not found.calls.value:
        nothing.asked_for(view)
    return found


# --- what it is made of


def heading(name: str, note: Words | None = None) -> None:
    """Draw the heading of a part of a page, the text `name`; below it a note, or the text `<name>_note` where there is one."""
    st.subheader(say(name), anchor=False)
    if note is None and has(f"{name}_note"):
        note = say(f"{name}_note")
    if note is not None:
        st.caption(note)


def table(
    name: str,
    rows: pl.DataFrame,
    columns: Sequence[str],
    view: data.View,
    *,
    key: str | None = None,
    note: Words | None = None,
    links: Callable[[pl.DataFrame], Sequence[str | None]] | None = None,
    linked: str = "title",
    is_headed: bool = True,
) -> None:
    """Draw a part of a page that is a table, under the heading `name`, which names it also where it has no heading.

    `key` names the file that it is downloaded as; without it, the file is called as the heading's text.
    """
    if is_headed:
        heading(name, note)
    tables.show(
        rows,
        columns,
        key=key or name.replace(".", "_"),
        title=say(name),
        time_zone=view.lake.time_zone,
        links=links,
        linked=linked,
    )


def chart(name: str, drawn: alt.Chart | alt.LayerChart, *, note: Words | None = None) -> None:
    """Draw a part of a page that is a chart, under the heading `name`."""
    heading(name, note)
    st.altair_chart(drawn, alt=say(name))


def choose(
    name: str, label: str, offered: Sequence[dt.date], chosen: dt.date, *, page: str, in_words: Callable[[dt.date], str]
) -> None:
    """Draw a field in which one of these days is chosen; the link says which, as the page's own parameter `name`."""
    field = f"{page}.{name}"
    st.session_state[field] = chosen
    st.selectbox(
        label,
        offered,
        key=field,
        format_func=in_words,
        on_change=place.follow,
        args=(name, field),
        width=200,
    )


def list_texts(texts: Sequence[str]) -> None:
    """Say each of these texts, which name what stands in logs and files, letter by letter."""
    with st.container(gap="xsmall"):
        for text in texts:
            st.text(f"• {text}")


def list_words(sentences: Sequence[Words], *, none: str) -> None:
    """Say each of these sentences of our own; without any, the text `none`."""
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences) or say(none))
