"""The frame of every page: it opens with a title and the filter bar, and consists of parts with a heading."""

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
    """Return the selection of the link, with its days, and write them into the link. Without a lake, the days stay open."""
    try:
        covered = data.open_lake().covered
    except (IngestError, AnalyticsError):
        covered = None  # the page says so
    return place.settle(covered, here=page.url_path)


def run(page: st.Page) -> None:
    """Run a page. If it cannot read the lake, it says why."""
    try:
        page.run()
    except (IngestError, AnalyticsError) as error:
        st.error(say("frame.failed", error=str(error)), icon=":material/error:", title=say("frame.failed_title"))


def broken(error: Exception) -> bool:
    """Say that the page has a fault of its own. The details go to the log of the server: a traceback may hold data."""
    logging.getLogger(__name__).error("a page failed", exc_info=error)
    st.error(say("frame.broken"), icon=":material/error:", title=say("frame.broken_title"))
    return True


# --- opening a page


def opened(page: str, *, unused: Sequence[str] = (), about: str | None = None, say_gaps: bool = True) -> data.View:
    """Draw the title of a page and the filter bar, and return the view that is asked for: see `ask`."""
    title(page)
    return ask(page, unused=unused, about=about, say_gaps=say_gaps)


def title(page: str) -> None:
    """Draw the title of a page."""
    st.title(say(f"{page}.title"), anchor=False)


def record_title(name: str, facts: str) -> None:
    """Show a name from a log or the registry as the title of a page, and our own words about it below.

    The name is drawn by `st.text`, which shows every character as it is. In `st.title` a name could be Markdown: a link, a picture
    from another server, or a heading of its own.
    """
    with st.container(key="record_title", gap=None):
        st.text(name)
        st.caption(facts)


def ask(page: str, *, unused: Sequence[str] = (), about: str | None = None, say_gaps: bool = True) -> data.View:
    """Draw the filter bar and return the view that is asked for. Without a lake or without calls, say so and end the page here.

    If the logs have gaps, the figures of the page are too low, and the page says so first. The page cannot use the filters `unused`
    (the text `<page>.unused` says why). `about` is the filter that names the page's subject.
    """
    lake = nothing.lake_or_end()
    assert lake.covered is not None, "a lake without calls ends the page"
    view = filter_bar.show(lake, lake.covered, unused=unused, why=page, about=about)
    if say_gaps:
        gaps.say_missing(view)
    return view


def everything(page: str) -> data.View:
    """Return a view of everything that was loaded, whatever the filters. Without a lake or without calls, end the page here."""
    lake = nothing.lake_or_end()
    filter_bar.say_unused(lake, filter_bar.narrowings(place.current()[0].scope), why=page)
    return data.View(lake, Scope(environment="all"))


def totals(view: data.View) -> Totals:
    """Return the figures of a view; without any call, say so and end the page here."""
    found = compared.totals(view)
    if not found.calls.value:
        nothing.asked_for(view)
    return found


# --- the parts of a page


def heading(name: str, note: Words | None = None) -> None:
    """Draw the heading of a part of a page, the text `name`, and below it a note, by default the text `<name>_note` if there is one."""
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
    """Draw a table under the heading `name`. The heading's text names the table for screen readers also if it is not drawn.

    `key` names the file of its download; without it, the file is named after `name`.
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
    """Draw a chart under the heading `name`."""
    heading(name, note)
    st.altair_chart(drawn, alt=say(name))


def choose(
    name: str, label: str, offered: Sequence[dt.date], chosen: dt.date, *, page: str, in_words: Callable[[dt.date], str]
) -> None:
    """Draw a field to choose one of these days. The link holds the choice, as the page's own parameter `name`."""
    field = f"{page}.{name}"
    st.session_state[field] = chosen
    st.selectbox(
        label,
        offered,
        key=field,
        format_func=in_words,
        on_change=place.set_from_field,
        args=(name, field),
        width=200,
    )


def list_texts(texts: Sequence[str]) -> None:
    """Show each of these texts as it is, character by character. They quote logs and files, so they are never read as Markdown."""
    with st.container(gap="xsmall"):
        for text in texts:
            st.text(f"• {text}")


def list_words(sentences: Sequence[Words], *, none: str) -> None:
    """Show each of these sentences of our own; without any, the text `none`."""
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences) or say(none))
