"""Customers: how many are new, stay, return and are lost every month, and how many of those who came stay."""

import streamlit as st

from dashboard.sections.customers import figures as customer_figures
from dashboard.shell import figures, filter_bar, frame, navigation
from dashboard.text.wording import Words, plain, say
from dashboard.widgets import cards, charts, tables

st.title(say("customers.title"), anchor=False)
view = frame.ask(say_gaps=False)
frame.say_missing(view.until_its_end())
if not figures.totals(view).calls.value:
    frame.nothing_asked_for(view)

months = customer_figures.months(view)
if months.is_empty():
    st.info(say("customers.none"), icon=":material/group_off:")
    st.stop()

month = customer_figures.last_whole_month(months)
last = customer_figures.month_of(months, month)
answer = "customers.answer" if view.scope.integration is None else "customers.answer_one"
st.markdown(say(answer, month=Words(customer_figures.month_name(month)), customers=last.customers))
with cards.four():
    cards.single("new_customers", last.new)
    cards.single("returning_customers", last.returning)
    cards.single("lost_customers", last.lost)
    cards.single("unknown_customers", last.unknown)

with st.container(border=True):
    frame.heading("customers.chart", note="customers.chart_note")
    st.altair_chart(charts.comings_and_goings(customer_figures.comings_and_goings(months)), alt=say("customers.chart"))

frame.heading("customers.table", note="customers.hint")
shown = customer_figures.month_asked(months)
st.session_state["customers.month"] = shown
st.selectbox(
    plain("customers.month_shown"),
    customer_figures.months_offered(months),
    key="customers.month",
    format_func=customer_figures.month_name,
    on_change=lambda: filter_bar.say_own("month", st.session_state["customers.month"].isoformat()),
    width=200,
)
tables.show(
    customer_figures.in_month(months, shown),
    ["title", "integration", "customers", "new", "stayed", "returning", "unknown", "lost"],
    key="customers",
    title=say("customers.table"),
    time_zone=view.lake.time_zone,
    links=navigation.rows_of("integrations", "integration"),
)

cohorts = customer_figures.cohorts(view)
with st.container(border=True):
    frame.heading("customers.cohorts", note="customers.cohorts_note")
    st.altair_chart(charts.cohorts(cohorts), alt=say("customers.cohorts"))
