"""The navigation between pages: the sidebar, the links that open a row, and the link back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from dashboard.shell import place
from dashboard.shell.link import written
from dashboard.shell.pages import PAGES
from dashboard.text.wording import plain, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import polars as pl

    from dashboard.shell.link import Selection
    from dashboard.shell.page import Page


def pages(selection: Selection) -> dict[str, st.Page]:
    """Return the pages by their address. If one integration or connector is selected, the page of its list shows only that one.

    The list and its rows share an address so that a step from the list to a row is one entry in the browser's history. Streamlit
    would enter a step to another page twice.
    """
    return {
        page.address: st.Page(
            _script(page, selection),
            title=plain(f"{page.address}.title"),
            icon=f":material/{page.icon}:",
            url_path=page.address,
            default=page == PAGES[0],
        )
        for page in PAGES
    }


def sidebar(shown: Mapping[str, st.Page], selection: Selection, *, here: str) -> None:
    """Draw the links to all pages. Each keeps the filters, except the subject of this page and of that one."""
    about_here = next((page.about for page in PAGES if page.address == (here or PAGES[0].address)), None)
    with st.sidebar, st.container(key="pages"):
        for page in PAGES:
            lifted = {about: None for about in (about_here, page.about) if about is not None}
            st.page_link(shown[page.address], query_params=written(selection.narrowed(**lifted)), width="stretch")


def about_it(name: str, *addresses: str, **narrowing: object) -> None:
    """Draw links to other pages about the subject of this page. `narrowing` changes filters on the way."""
    selection, _ = place.current()
    shown, link = pages(selection), written(selection.narrowed(**narrowing))
    with st.container(horizontal=True, gap="small", key="about_it"):
        for address in addresses:
            st.page_link(shown[address], query_params=link, label=say(f"{name}.to_{address}"))


def rows_of(address: str, column: str, **narrowing: object) -> Callable[[pl.DataFrame], list[str | None]]:
    """Return a function that makes the links of rows to the page about their value in a column; a null has no link.

    A link holds everything that its page needs, so that a step to it is one entry in the browser's history. The values come from
    logs, so they are encoded: a `&` or `#` in a name must not change another filter. The column is named like the filter;
    `narrowing` changes other filters.
    """
    selection, _ = place.current()
    rest = written(selection.narrowed(**narrowing))
    return lambda rows: [
        None if value is None else f"{address}?{urlencode({**rest, column: str(value)})}"
        for value in rows[column].to_list()
    ]


def links_of(column: str) -> Callable[[pl.DataFrame], list[str | None]]:
    """Return a function that makes the links of rows to pages of their own, which a column names: `check?search=12345_1`.

    The filters of this page stay, but for those that the link itself says.
    """
    selection, _ = place.current()
    rest = written(selection)
    return lambda rows: [_joined(rest, str(link)) for link in rows[column].to_list()]


def _joined(rest: Mapping[str, str], link: str) -> str:
    address, _, own = link.partition("?")
    return f"{address}?{urlencode({**rest, **dict(parse_qsl(own))})}"


def back(address: str, *, lift: str | None = None) -> None:
    """Draw the link back to a list, which removes the filter on one of its rows; without `lift`, the page's own parameters are enough."""
    selection, _ = place.current()
    link = written(selection if lift is None else selection.narrowed(**{lift: None}))
    st.page_link(
        pages(selection)[address],
        label=say(f"{address}.back"),
        icon=":material/arrow_back:",
        query_params=link,
    )


def _script(page: Page, selection: Selection) -> Path:
    is_about_one = page.about is not None and getattr(selection.scope, page.about) is not None
    return page.script_about_one if is_about_one else page.script
