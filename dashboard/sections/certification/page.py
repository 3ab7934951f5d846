"""Certification: the integrations with enough customers, those about to lose it, and what would help; or one integration in full."""

import streamlit as st

from dashboard.sections.certification import charts, figures, form
from dashboard.shell import frame, gaps, navigation, nothing, place, profile
from dashboard.text.wording import say
from dashboard.widgets import cards

one = place.current()[0].scope.integration is not None
if one:
    navigation.back("certification", lift="integration")
title = st.container()
view = frame.ask("certification", unused=figures.UNUSED, about="integration", say_gaps=False)
clock = view.certification(*form.ask())
gaps.say_missing(figures.window(clock, view))

with title:
    if one:
        profile.title(profile.of(view), view)
    else:
        frame.title("certification")
if clock.rows.is_empty():
    nothing.asked_for(view)
if not clock.has_registry:
    st.info(say("certification.no_registry"), icon=":material/badge:")

if not one:
    with st.grid(5, min_column_width=150, gap="small"):
        for state, integrations in figures.by_state(clock).items():
            cards.single(f"clock_{state}", integrations)
    rows = figures.rows(clock, view)
    links = navigation.rows_of("certification", "integration")
    who = ["clock", "title", "partner_name", "integration"]
    frame.table(
        "certification.urgent",
        figures.urgent(rows),
        [*who, "certified_until", "certificate_ends", "customers", "clock_why"],
        view,
        links=links,
    )
    course = ["customers", "course", "days_left", "certified_until", "clock_since", "last_customer_day", "clock_why"]
    frame.table("certification.table", rows, [*who, *course], view, links=links)
    st.caption(figures.rests_on(clock))
    st.stop()

kind, words = figures.verdict(clock)
getattr(st, kind)(words, icon=":material/verified:" if kind == "success" else ":material/history_toggle_off:")
with st.grid(5, min_column_width=190, gap="small"):
    for name, value in figures.of_one(clock).items():
        cards.single(name, value, note=figures.certificate_ends(clock) if name == "certified_until" else None)
    cards.single("last_customer_call", figures.last_customer_call(clock, view))

left, right = st.columns([3, 2], border=True)
with left:
    frame.chart("certification.course", charts.required_customers(figures.course(clock)))
with right:
    frame.heading("certification.what_to_do")
    frame.list_words(figures.what_to_do(clock), none="certification.nothing_to_do")

frame.table(
    "certification.customers",
    figures.customers(clock, view),
    ["presence", "customer", "name", "branch", "calls", "errors", "last_customer_call", "leaves_on"],
    view,
)
frame.table(
    "certification.ids",
    figures.ids(clock),
    ["integration_id", "id_status", "id_defect", "basis", "evidence", "calls", "customers", "last_call"],
    view,
)
st.caption(figures.rests_on(clock))
