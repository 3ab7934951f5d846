"""The place where the reader is. The link holds all of it, and a click changes the link and nothing else.

`link.py` says what a link means; this module reads and changes the one in the reader's browser. If any part of the state were kept
elsewhere, a link would show one thing to the reader who made it and another to the one who got it.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.shell.link import Misread, Period, Selection, read, written
from dashboard.shell.pages import PAGES

SEARCH = "search"
"""The parameter with the text that a list is searched for."""
OWN = (SEARCH, *(name for page in PAGES for name in page.own))
"""The parameters of a link that belong to one page, and do not filter other pages."""
_MISREAD, _NEXT, _HERE = "place.misread", "place.next", "place.here"


def current() -> tuple[Selection, tuple[Misread, ...]]:
    """Return the selection of the reader, and the parts of the link that cannot be understood."""
    return read({name: value for name, value in _link().items() if name not in OWN})


def settle(covered: Period | None, *, here: str) -> Selection:
    """Return the selection with its days (given since and until of all data), and write all of it into the link.

    A link to another page is complete already and is not written again: Streamlit would enter the new filters in the history of the
    page that is left, and then the page itself. `here` is the address of the open page. After a link within this page it has to be
    written, because Streamlit's address is still the old one.
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
    """Change the selection: the link changes, and with it the page."""
    _change({**written(selection), **_owned()})


def reset() -> None:
    """Remove all filters: the page shows the last 30 days of production again."""
    _change({})


def narrow(**changes: object) -> None:
    """Change some filters (None removes one), for a click in a page."""
    go(current()[0].narrowed(**changes))


def parameter(name: str) -> str | None:
    """Return the value of a page's own parameter in the link."""
    return _link().get(name, "").strip() or None


def set_parameter(name: str, value: str | None) -> None:
    """Set a page's own parameter in the link; None or blank removes it."""
    rest = {key: there for key, there in _link().items() if key != name}
    _change({**rest, name: value.strip()} if value is not None and value.strip() else rest)


def set_from_field(name: str, field: str) -> None:
    """Set a page's own parameter in the link to the value that the reader has chosen in this field."""
    value = st.session_state[field]
    set_parameter(name, None if value is None else str(value))


def _link() -> dict[str, str]:
    """Return the parameters of the link: those that a click has just chosen, else those in the address."""
    chosen: dict[str, str] | None = st.session_state.get(_NEXT)
    return st.query_params.to_dict() if chosen is None else chosen


def _change(link: dict[str, str]) -> None:
    """Change the link from the next run on, which `settle` begins.

    Streamlit enters every change of its address in the browser's history, also that of a single parameter. So a click does not
    change the address by itself. The whole new link is completed first, and then it is one entry.
    """
    st.session_state[_NEXT] = link


def _owned() -> dict[str, str]:
    return {name: value for name, value in _link().items() if name in OWN}
