"""The question of the page about changes: what changes, in the link; or release notes, which are too long for one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import data, filter_bar
from dashboard.impact_figures import CHOICES
from dashboard.wording import has, plain, say

if TYPE_CHECKING:
    from dashboard.data import View


def draw(view: View) -> bytes | None:
    """Draw the fields, and return the release notes that were handed over."""
    with st.container(border=True, key="impact_form", horizontal=True, gap="small", vertical_alignment="bottom"):
        _connector(view)
        for name in CHOICES:
            _choice(name)
        _text("field", disabled=view.scope.connector is None)
        _text("api_version")
        with st.popover(say("impact.notes"), icon=":material/description:"):
            file = st.file_uploader(say("impact.notes_label"), type=["md", "csv", "txt"], key="impact.file")
    return file.getvalue() if file is not None else None


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
        on_change=lambda: filter_bar.narrow(connector=st.session_state["impact.connector"]),
        width=190,
    )


def _choice(name: str) -> None:
    key, value = f"impact.{name}", filter_bar.own(name)
    st.session_state[key] = value if value in CHOICES[name] else None
    st.selectbox(
        say(f"impact.form.{name}"),
        CHOICES[name],
        key=key,
        index=None,
        placeholder=plain("impact.form.any"),
        format_func=lambda option: _name_of(name.removeprefix("api_"), option),
        on_change=partial(_said, name),
        width=118,
    )


def _text(name: str, *, disabled: bool = False) -> None:
    key = f"impact.{name}"
    st.session_state[key] = filter_bar.own(name) or ""
    st.text_input(
        say(f"impact.form.{name}"),
        key=key,
        placeholder=plain("impact.form.any"),
        on_change=partial(_said, name),
        disabled=disabled,
        max_chars=100,
        width=95,
        help=say(f"impact.form.{name}_help"),
    )


def _said(name: str) -> None:
    filter_bar.say_own(name, st.session_state[f"impact.{name}"])


def _name_of(vocabulary: str, value: str) -> str:
    key = f"{vocabulary}.{value}"
    return plain(key) if has(key) else value
