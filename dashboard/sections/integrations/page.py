"""Integrations: all of them in a table that can be searched; a click opens one."""

import streamlit as st

from dashboard.sections.integrations import charts, figures
from dashboard.shell import frame, navigation, search
from dashboard.text.wording import say

view = frame.opened("integrations")
totals = frame.totals(view)
st.markdown(say("integrations.answer", integrations=totals.integrations.value, customers=totals.customers.value))

text = search.ask("integrations")
every, rows = (figures.integrations(view, searched) for searched in ("", text))
if rows.is_empty():
    search.nothing_found("integrations", text, every["title"].to_list())
search.say_found(rows.height, every.height, text)

with st.container(border=True):
    frame.chart("integrations.chart", charts.most_customers(figures.most_customers(rows)))

frame.table(
    "integrations.table",
    rows,
    ["title", "integration", "partner_name", "customers", "calls", "error_rate", "trend", "first_call", "last_call"],
    view,
    key="integrations",
    links=navigation.rows_of("integrations", "integration"),
)
