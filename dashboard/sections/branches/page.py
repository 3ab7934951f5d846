"""Branches: those in which each integration is used, more or less than in others, and the table that may be published."""

import streamlit as st

from analytics.branches.branches import CLASS
from dashboard.sections.branches import charts, figures
from dashboard.shell import frame, navigation
from dashboard.text.wording import Words, month_name, plain, say

view = frame.opened("branches")
frame.totals(view)

rows = figures.branches(view)
charted = figures.charted(rows)
if charted.is_empty():
    st.info(say("branches.none"), icon=":material/category:")
    st.stop()

with st.container(border=True):
    frame.chart("branches.chart", charts.branches(charted))

frame.table(
    "branches.table",
    rows,
    ["title", "integration", "branch", "customers", "branch_customers", "share", "lift"],
    view,
    key="branches",
    links=navigation.rows_of("integrations", "integration"),
)

published = figures.published(view)
frame.table(
    "branches.published",
    published.rows,
    ["title", "branch", "customers_range", "branch_customers_range"],
    view,
    key="published_branches",
    note=say("branches.published_note", smallest=CLASS, month=Words(month_name(published.period.since))),
)
if not published.rows.is_empty():
    st.download_button(
        plain("branches.download"),
        published.csv,
        file_name="branches.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
