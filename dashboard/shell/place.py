"""The place where the reader is: all of it is in the link, and a click changes the link and nothing else.

`link.py` says what a link means; here is the one in the reader's browser.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.shell.link import Misread, Period, Selection, read, written
from dashboard.shell.pages import PAGES

SEARCH = "search"
"""What a list is searched for."""
OWN = (SEARCH, *(name for page in PAGES for name in page.own))
"""The parameters of a link that are a page's own, and narrow nothing elsewhere."""
_MISREAD, _NEXT, _HERE = "place.misread", "place.next", "place.here"


def current() -> tuple[Selection, tuple[Misread, ...]]:
    """Return what the reader looks at, and what of the link cannot be understood.

    The link alone says it: were anything remembered beside it, a link would show something else on the way back.
    """
    return read({name: value for name, value in _link().items() if name not in OWN})


def settle(covered: Period | None, *, here: str) -> Selection:
    """Return what is selected, with its days (given since and until of all data), and make the link say all of it.

    A link to another page says all of it already and is not said again: Streamlit would enter the new filters on the page
    that is left (`here` is the open one's address), and then the page. After a link to the page that is open it has to be
    said, for there Streamlit's address is the old one.
    """
    selection, misread = current()
    if covered is not None and selection.period is None:
        selection = replace(selection, scope=selection.over(covered))
    link = {**written(selection), **_owned()}
    st.session_state.pop(_NEXT, None)
    st.session_state[_MISREAD] = misread  # for the page to say it: from here on the link says only what is understood
    was_here = st.session_state.get(_HERE) == here
    st.session_state[_HERE] = here
    if was_here or link != st.query_params.to_dict():
        st.query_params.from_dict(link)
    return selection


def misread() -> tuple[Misread, ...]:
    """Return what of the link could not be understood when this look began."""
    found: tuple[Misread, ...] = st.session_state[_MISREAD]
    return found


def go(selection: Selection) -> None:
    """Look at something else: the link changes, and with it the page."""
    _change({**written(selection), **_owned()})


def reset() -> None:
    """Look at everything again: the last 30 days of production."""
    _change({})


def narrow(**changes: object) -> None:
    """Look at something narrower (None lifts a narrowing), for a click in a page."""
    go(current()[0].narrowed(**changes))


def own(name: str) -> str | None:
    """Return what the link says of a page's own parameter."""
    return _link().get(name, "").strip() or None


def say_own(name: str, value: str | None) -> None:
    """Make the link say a page's own parameter; None or blank takes it away."""
    rest = {key: there for key, there in _link().items() if key != name}
    _change({**rest, name: value.strip()} if value is not None and value.strip() else rest)


def follow(name: str, field: str) -> None:
    """Make the link say, as a page's own parameter, what the reader has chosen in this field."""
    value = st.session_state[field]
    say_own(name, None if value is None else str(value))


def _link() -> dict[str, str]:
    """Return the parameters of the link: those that a click has just chosen, else those in the address."""
    chosen: dict[str, str] | None = st.session_state.get(_NEXT)
    return st.query_params.to_dict() if chosen is None else chosen


def _change(link: dict[str, str]) -> None:
    """Look at another link from the next run on, which `settle` begins.

    Streamlit enters every change of its address in the reader's history, also one of a single parameter. So a click changes
    nothing there by itself: what it asks for is completed first, and then it is one entry.
    """
    st.session_state[_NEXT] = link


def _owned() -> dict[str, str]:
    return {name: value for name, value in _link().items() if name in OWN}
