"""Customers: how many are new, stay, return and are lost in each month, and how many of the new ones stay later."""

import streamlit as st

from dashboard.sections.customers import charts, figures
from dashboard.shell import frame, gaps, navigation, place
from dashboard.text.wording import Words, month_name, plain, say
from dashboard.widgets import cards

view = frame.opened("customers", say_gaps=False)
gaps.say_missing(view.until_its_end())
frame.totals(view)

months = figures.months(view)
if months.is_empty():
    st.info(say("customers.none"), icon=":material/group_off:")
    st.stop()

month = figures.last_whole_month(months)
last = figures.month_of(months, month)
answer = "customers.answer" if view.scope.integration is None else "customers.answer_one"
st.markdown(say(answer, month=Words(month_name(month)), customers=last.customers))
with cards.four():
    cards.single("new_customers", last.new)
    cards.single("returning_customers", last.returning)
    cards.single("lost_customers", last.lost)
    cards.single("unknown_customers", last.unknown)

with st.container(border=True):
    frame.chart("customers.chart", charts.comings_and_goings(figures.comings_and_goings(months)))

frame.heading("customers.table")
shown = figures.month_asked(months, place.parameter("month"))
offered = figures.months_offered(months)
frame.choose("month", plain("customers.month_shown"), offered, shown, page="customers", in_words=month_name)
frame.table(
    "customers.table",
    figures.in_month(months, shown),
    ["title", "integration", "customers", "new", "stayed", "returning", "unknown", "lost"],
    view,
    key="customers",
    links=navigation.rows_of("integrations", "integration"),
    is_headed=False,
)

with st.container(border=True):
    frame.chart("customers.cohorts", charts.cohorts(figures.cohorts(view)))
