"""The search in a list: its field, its results, and the message if there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import polars as pl
import streamlit as st

from analytics.known.known import nearest
from dashboard.shell import filter_bar, place
from dashboard.text.wording import plain, say

if TYPE_CHECKING:
    from collections.abc import Sequence


def ask(page: str) -> str:
    """Draw the search field and return its text, which is in the link too.

    A search starts on Enter and not with every letter: each search is a step that the reader can go back to.
    """
    st.session_state["search"] = place.parameter(place.SEARCH) or ""
    text = st.text_input(
        say("search.label"),
        key="search",
        type="search",
        placeholder=plain(f"{page}.search_placeholder"),
        label_visibility="collapsed",
        on_change=place.set_from_field,
        args=(place.SEARCH, "search"),
        max_chars=100,
        width=420,
    )
    return text or ""


def found_in(rows: pl.DataFrame, text: str, columns: Sequence[str]) -> pl.DataFrame:
    """Return the rows in which each word of a text is found in one of these columns, in any case."""
    for word in text.casefold().split():
        rows = rows.filter(
            pl.any_horizontal(
                pl.col(column)
                .cast(pl.String)
                .str.to_lowercase()
                .str.contains(word, literal=True)
                .fill_null(value=False)
                for column in columns
            )
        )
    return rows


def say_found(found: int, rows: int, text: str) -> None:
    """Say how many rows of the list the search has found, if there is a search."""
    if text.strip():
        st.caption(say("search.found", found=found, rows=rows, search=text))


def nothing_found(page: str, text: str, there: Sequence[str]) -> NoReturn:
    """Say that the search found nothing, offer the nearest names, and end the page here."""
    st.info(say(f"{page}.none_found", search=text), icon=":material/search_off:")
    names = nearest(text, there)
    if names:
        filter_bar.offer(place.SEARCH, names)
    st.stop()
