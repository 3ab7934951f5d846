"""Connection: one integration at one customer. Whether it works, where it broke, what changed there, and whom to call."""

import streamlit as st

from dashboard.sections.pair import figures, form
from dashboard.shell import frame, gaps, navigation, nothing
from dashboard.text.wording import say
from dashboard.widgets import bars, cards, hours, stacks

title = st.container()
view = frame.ask("pair", about="customer", say_gaps=False)
whole = view.until_its_end()
gaps.say_missing(whole)
form.draw(view)
if view.scope.integration is None or view.scope.customer is None:
    with title:
        frame.title("pair")
    st.info(say("pair.ask"), icon=":material/link:")
    st.stop()

found = whole.pair()
with title:
    frame.record_title(figures.title(found), figures.facts(found))
if found.state == "no_calls":
    nothing.asked_for(view)

kind, words = figures.verdict(found, view)
getattr(st, kind)(words, icon=":material/check_circle:" if kind == "success" else ":material/report:")
st.markdown(figures.advice(found))
left, right = st.columns([3, 2], gap="large")
with left:
    frame.heading("pair.call")
    st.markdown(figures.whom(found))
    frame.list_words(figures.reasons(found), none="pair.no_reason")
with right:
    frame.heading("pair.contact")
    frame.list_texts(figures.contacts(found))

with cards.four():
    for name, instant in {"pair_last_good": found.last_good_call, "pair_first_bad": found.first_bad_call}.items():
        cards.single(name, view.lake.day_of(instant), note=figures.clock(instant, view))
    cards.single("pair_silent", figures.hours(found.silent_hours), note=figures.longest_pause(found))
    cards.single("pair_calls_per_hour", figures.per_hour(found), note=figures.per_hour_before(found))

days = figures.before_the_change(found, view).rows("integration/days", integration=found.integration)
with st.container(border=True):
    frame.chart("pair.days", bars.calls_and_errors(stacks.calls_and_errors(days)))
if found.outcome is not None:
    with st.container(border=True):
        frame.chart(
            "pair.hours", hours.calls_and_errors(figures.hours_around(found, whole), figures.start(found, view))
        )

before_and_since = ["calls_before", "calls_during", "calls_later"]
frame.table(
    "pair.outcomes",
    figures.outcomes(found),
    ["connector", "operation", "outcome", "status", *(["calls"] if found.outcome is None else before_and_since)],
    view,
)
frame.table("pair.signs", figures.signs(found), ["sign", "value", "calls_before", "calls_since", "sign_change"], view)
frame.table(
    "pair.other_customers",
    figures.others(found.other_customers),
    ["customer", "in_trouble", "calls", "errors", "error_rate", "last_hour"],
    view,
    links=navigation.rows_of("pair", "customer"),
    linked="customer",
)
frame.table(
    "pair.other_integrations",
    figures.others(found.other_integrations),
    ["integration", "in_trouble", "calls", "errors", "error_rate", "last_hour"],
    view,
    links=navigation.rows_of("pair", "integration"),
    linked="integration",
)
frame.table(
    "pair.episodes",
    figures.episodes(found),
    ["started_at", "ended_at", "connector", "calls", "errors", "outcome", "status", "usual_rate"],
    view,
)
if found.calls_without_id:
    frame.table(
        "pair.without_id",
        figures.without_id(found),
        ["user_agent", "id_status", "integration_id", "calls", "first_call", "last_call"],
        view,
    )
st.caption(say("pair.rests_on", until=view.lake.data_until))
