"""The form of the page about a connection: its integration and its customer, which are in the link like the filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.shell import data, place
from dashboard.text.wording import plain, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dashboard.shell.data import View


def draw(view: View) -> None:
    """Draw both fields. The customers of the integration are offered first; another one can be typed."""
    options = data.filter_options(view.lake, view.scope)
    with st.container(border=True, key="pair_form", horizontal=True, gap="small", vertical_alignment="bottom"):
        _choice("integration", view.scope.integration, options.integrations, is_open=False)
        _choice("customer", view.scope.customer, _customers(view, options.customers), is_open=True)


def _customers(view: View, names: Mapping[str, str]) -> Mapping[str, str]:
    """The customers to choose from, with the names to show: those at which the integration called, if one is chosen."""
    if view.scope.integration is None:
        return names
    rows = view.lifted("since", "customer", "connector").rows(
        "integration/customers", integration=view.scope.integration
    )
    return {
        customer: f"{name} · {customer}" if name else customer
        for customer, name in rows.select("customer", "name").iter_rows()
    } or names


def _choice(name: str, value: str | None, offered: Mapping[str, str], *, is_open: bool) -> None:
    key = f"pair.{name}"
    st.session_state[key] = value
    st.selectbox(
        say(f"pair.form.{name}"),
        list(offered) if value is None or value in offered else [value, *offered],
        key=key,
        index=None,
        placeholder=plain(f"pair.form.{name}_placeholder"),
        format_func=lambda option: offered.get(option, option),
        accept_new_options=is_open,
        on_change=lambda: place.narrow(**{name: st.session_state[key]}),
        width=320,
    )
