"""The form in which the reader may change the rule of certification: the days of the window and the required customers."""

from __future__ import annotations

import streamlit as st

from analytics.certification.certification import LONGEST_WINDOW
from dashboard.sections.certification import figures
from dashboard.shell import place
from dashboard.text.wording import say

_PARTS = {"window": LONGEST_WINDOW, "required": figures.MOST_REQUIRED}


def ask() -> tuple[int, int]:
    """Draw the rule and return it: days, customers. The link holds it if it is not the vendor's."""
    chosen = figures.rule(*(place.parameter(name) for name in _PARTS))
    window, required = chosen
    with st.popover(
        say("certification.rule", window=window, required=required),
        icon=":material/rule_settings:",
        help=say("certification.rule_help"),
    ):
        for (name, most), value in zip(_PARTS.items(), chosen, strict=True):
            st.session_state[f"certification.{name}"] = value
            st.number_input(
                say(f"certification.{name}"),
                min_value=1,
                max_value=most,
                key=f"certification.{name}",
                on_change=place.set_from_field,
                args=(name, f"certification.{name}"),
            )
    return chosen
