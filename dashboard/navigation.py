"""The way between the pages: the sidebar, what a click on a row opens, and the link back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from dashboard import app_pages, filter_bar
from dashboard.app_pages import PAGES
from dashboard.link import written
from dashboard.wording import plain, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.link import Selection

_FOLDER = Path(app_pages.__file__).parent


def pages(selection: Selection) -> dict[str, st.Page]:
    """Return the pages by their address. With one integration or connector selected, its list's page is about that one.

    So that a step from the list to one of its rows is one step in the reader's history: another page would be two.
    """
    return {
        page.address: st.Page(
            _FOLDER / f"{page.row if _selects(selection, page.row) else page.address}.py",
            title=plain(f"{page.address}.title"),
            icon=f":material/{page.icon}:",
            url_path=page.address,
            default=page == PAGES[0],
        )
        for page in PAGES
    }


def sidebar(shown: Mapping[str, st.Page], selection: Selection) -> None:
    """Draw the links to all pages. Each carries what is selected; that to a list does not carry one of its rows."""
    with st.sidebar, st.container(key="pages"):
        for page in PAGES:
            to = selection.narrowed(**{page.row: None}) if page.row else selection
            st.page_link(shown[page.address], query_params=written(to), width="stretch")


def open_page(address: str, **narrowing: object) -> NoReturn:
    """Go to a page with something more selected, as a click on a row does. The way back leads past the page's list."""
    selection, _ = filter_bar.current()
    filter_bar.narrow_next(**narrowing)
    st.switch_page(pages(selection)[address], query_params=written(selection))


def back(address: str, *, lift: str) -> None:
    """Draw the link back to a list, which lifts the narrowing to one of its rows."""
    selection, _ = filter_bar.current()
    st.page_link(
        pages(selection)[address],
        label=say(f"{address}.back"),
        icon=":material/arrow_back:",
        query_params=written(selection.narrowed(**{lift: None})),
    )


def _selects(selection: Selection, row: str | None) -> bool:
    return row is not None and getattr(selection.scope, row) is not None
