"""The rule of certification as the reader may change it: the days of the window and the customers required."""

from __future__ import annotations

import streamlit as st

from analytics.certification.certification import LONGEST_WINDOW
from dashboard.sections.certification import figures as certification_figures
from dashboard.shell import filter_bar
from dashboard.text.wording import say

_PARTS = {"window": LONGEST_WINDOW, "required": certification_figures.MOST_REQUIRED}


def ask() -> tuple[int, int]:
    """Draw the rule and return it: days, customers. It stands in the link where it is not the vendor's."""
    chosen = certification_figures.rule(*(filter_bar.own(name) for name in _PARTS))
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
                on_change=_changed,
                args=(name,),
            )
    return chosen


def _changed(name: str) -> None:
    value = st.session_state[f"certification.{name}"]
    filter_bar.say_own(name, None if value is None else str(value))
