"""Connectors: how much each is used and how often it fails, by operation; a click shows who uses it."""

import streamlit as st

from dashboard.sections.connectors import charts, figures
from dashboard.shell import frame, navigation, search
from dashboard.text.wording import say

view = frame.opened("connectors")
totals = frame.totals(view)
every = figures.connectors(view)
st.markdown(
    say(
        "connectors.answer",
        connectors=every["connector"].drop_nulls().n_unique(),
        integrations=totals.integrations.value,
    )
)

text = search.ask("connectors")
rows = figures.connectors(view, text)
if rows.is_empty():
    search.nothing_found("connectors", text, every["title"].to_list())
search.say_found(rows.height, every.height, text)

with st.container(border=True):
    frame.chart("connectors.chart", charts.most_calls(figures.most_called(rows)))

frame.table(
    "connectors.table",
    rows,
    ["title", "operation", "product", "protocol", "integrations", "customers", "calls", "errors", "error_rate"],
    view,
    key="connectors",
    links=navigation.rows_of("connectors", "connector"),
)
