"""One connector: the operations on it, and the integrations that a change would affect."""

import streamlit as st

from dashboard.sections.connectors import figures
from dashboard.shell import compared, frame, gaps, navigation
from dashboard.text.wording import say
from dashboard.widgets import bars, cards, stacks

navigation.back("connectors", lift="connector")
title = st.container()
view = frame.ask("connector", about="connector")

with title:
    frame.record_title(view.scope.connector or "", say("connector.subtitle"))
    navigation.about_it("connector", "errors", "impact")
totals = frame.totals(view)

with cards.four():
    for name in ("integrations", "customers", "calls", "error_rate"):
        cards.compared(name, getattr(totals, name), border=True)
gaps.say_missing_before(view)

with st.container(border=True):
    days = stacks.calls_and_errors(compared.per_day(view))
    frame.chart("connector.calls_per_day", bars.calls_and_errors(days))

frame.table(
    "connector.users",
    figures.users(view),
    ["title", "integration", "partner_name", "customers", "calls", "errors", "error_rate", "last_call"],
    view,
    links=navigation.rows_of("integrations", "integration", connector=None),
)
frame.table(
    "connector.operations",
    figures.connectors(view),
    ["operation", "product", "protocol", "integrations", "customers", "calls", "errors", "error_rate"],
    view,
)
