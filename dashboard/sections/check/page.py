"""ID check: whether an IntegrationId arrives and is right, and the similar ids that arrive."""

import streamlit as st

from dashboard.sections.check import figures
from dashboard.shell import frame, gaps, search
from dashboard.text.wording import say
from dashboard.widgets import cards

frame.title("check")
view = frame.everything("check")
text = search.ask("check")
if not text.strip():
    st.info(say("check.ask"), icon=":material/badge:")
    st.caption(say("check.rests_on", until=view.lake.data_until))
    st.stop()

found = view.check(text)
check = figures.checked(text, found)
kind, words = figures.verdict(check, found)
getattr(st, kind)(words, icon=":material/check_circle:" if kind == "success" else ":material/report:")
st.markdown(figures.advice(check))
st.caption(figures.facts(check, found))

with cards.four():
    cards.single("id_calls", check.calls)
    cards.single("id_customers", check.customers)
    cards.single("id_first_call", view.lake.day_of(check.first_call))
    cards.single("id_last_call", view.lake.day_of(check.last_call))

frame.table(
    "check.near_misses",
    figures.near_misses(check),
    ["integration_id", "near_kind", "name", "calls", "customers", "environments", "first_call", "last_call"],
    view,
)
frame.table(
    "check.environments",
    figures.by_environment(found),
    ["environment", "customers", "calls", "errors", "own_calls", "first_call", "last_call"],
    view,
)
st.caption(say("check.rests_on", until=view.lake.data_until))
gaps.say_missing(view)
