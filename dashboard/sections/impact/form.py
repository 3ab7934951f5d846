"""The form of the page about changes: the parts of a change, which are in the link, or release notes, which are too long for it."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.sections.impact.figures import CHOICES
from dashboard.shell import data, place
from dashboard.text.wording import has, plain, say

if TYPE_CHECKING:
    from dashboard.shell.data import View

_NOTES, _KEPT = "notes", "impact.notes"
_NAME_LENGTH, _KEPT_AT_MOST = 12, 3


def draw(view: View) -> bytes | None:
    """Draw the fields, and return the release notes that the reader has uploaded."""
    with st.container(border=True, key="impact_form", horizontal=True, gap="small", vertical_alignment="bottom"):
        _connector(view)
        for name in CHOICES:
            _choice(name)
        _text("field", disabled=view.scope.connector is None)
        _text("api_version")
        _notes()
    return _handed_over()


def _notes() -> None:
    """Draw the field for release notes, and a button to remove them."""
    with st.popover(say("impact.notes"), icon=":material/description:"):
        st.file_uploader(say("impact.notes_label"), type=["md", "csv", "txt"], key="impact.file", on_change=_hand_over)
        if place.parameter(_NOTES) is not None:
            st.button(
                say("impact.notes_away"), icon=":material/close:", on_click=place.set_parameter, args=(_NOTES, None)
            )


def _hand_over() -> None:
    """Keep the notes for as long as this reader's session lasts, and put the name of their content into the link.

    With the name in the link, the way back shows the same notes again. The notes themselves stay in the session, and no other reader
    sees them.
    """
    file = st.session_state["impact.file"]
    if file is None:
        place.set_parameter(_NOTES, None)
        return
    content = file.getvalue()
    name = hashlib.sha256(content).hexdigest()[:_NAME_LENGTH]
    kept: dict[str, bytes] = st.session_state.get(_KEPT, {})
    latest = list({**{other: there for other, there in kept.items() if other != name}, name: content}.items())
    st.session_state[_KEPT] = dict(latest[-_KEPT_AT_MOST:])
    place.set_parameter(_NOTES, name)


def _handed_over() -> bytes | None:
    """Return the notes that the link names. If this reader has not uploaded them, say so."""
    name = place.parameter(_NOTES)
    content: bytes | None = None if name is None else st.session_state.get(_KEPT, {}).get(name)
    if name is not None and content is None:
        st.warning(say("impact.notes_gone"), icon=":material/description:")
    return content


def _connector(view: View) -> None:
    there = list(data.filter_options(view.lake, view.scope).connectors)
    value = view.scope.connector
    st.session_state["impact.connector"] = value
    st.selectbox(
        say("impact.form.connector"),
        there if value is None or value in there else [value, *there],
        key="impact.connector",
        index=None,
        placeholder=plain("impact.form.any_connector"),
        accept_new_options=True,
        on_change=lambda: place.narrow(connector=st.session_state["impact.connector"]),
        width=190,
    )


def _choice(name: str) -> None:
    key, value = f"impact.{name}", place.parameter(name)
    st.session_state[key] = value if value in CHOICES[name] else None
    st.selectbox(
        say(f"impact.form.{name}"),
        CHOICES[name],
        key=key,
        index=None,
        placeholder=plain("impact.form.any"),
        format_func=lambda option: _name_of(name.removeprefix("api_"), option),
        on_change=partial(place.set_from_field, name, key),
        width=118,
    )


def _text(name: str, *, disabled: bool = False) -> None:
    key = f"impact.{name}"
    st.session_state[key] = place.parameter(name) or ""
    st.text_input(
        say(f"impact.form.{name}"),
        key=key,
        placeholder=plain("impact.form.any"),
        on_change=partial(place.set_from_field, name, key),
        disabled=disabled,
        max_chars=100,
        width=95,
        help=say(f"impact.form.{name}_help"),
    )


def _name_of(vocabulary: str, value: str) -> str:
    key = f"{vocabulary}.{value}"
    return plain(key) if has(key) else value
