"""ID check: whether an IntegrationId is arriving and is right, and what arrives instead."""

import streamlit as st

from dashboard.sections.check import figures as check_figures
from dashboard.shell import frame
from dashboard.text.wording import say
from dashboard.widgets import cards, tables

st.title(say("check.title"), anchor=False)
view = frame.everything()
text = frame.search("check")
if not text.strip():
    st.info(say("check.ask"), icon=":material/badge:")
    st.caption(say("check.rests_on", until=view.lake.data_until))
    st.stop()

found = view.check(text)
check = check_figures.checked(text, found)
kind, words = check_figures.verdict(check, found)
getattr(st, kind)(words, icon=":material/check_circle:" if kind == "success" else ":material/report:")
st.markdown(check_figures.advice(check))
st.caption(check_figures.facts(check, found))

with cards.four():
    cards.single("id_calls", check.calls)
    cards.single("id_customers", check.customers)
    cards.single("id_first_call", check_figures.day(check.first_call, view))
    cards.single("id_last_call", check_figures.day(check.last_call, view))

for name, rows, columns in (
    (
        "near_misses",
        check_figures.near_misses(check),
        ["integration_id", "near_kind", "name", "calls", "customers", "environments", "first_call", "last_call"],
    ),
    (
        "environments",
        check_figures.by_environment(found),
        ["environment", "customers", "calls", "errors", "own_calls", "first_call", "last_call"],
    ),
):
    frame.heading(f"check.{name}", note=f"check.{name}_note")
    tables.show(rows, columns, key=f"check_{name}", title=say(f"check.{name}"), time_zone=view.lake.time_zone)
st.caption(say("check.rests_on", until=view.lake.data_until))
frame.say_missing(view)
