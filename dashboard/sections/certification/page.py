"""Certification: who has enough customers, who is to lose it, and what would help; one integration in full."""

import streamlit as st

from dashboard.sections.certification import figures as certification_figures
from dashboard.sections.certification import form as certification_form
from dashboard.shell import figures, filter_bar, frame, navigation
from dashboard.text.wording import say
from dashboard.widgets import cards, charts, tables

one = filter_bar.current()[0].scope.integration is not None
if one:
    navigation.back("certification", lift="integration")
title = st.container()
view = frame.ask(page="certification", unused=certification_figures.UNUSED, about="integration", say_gaps=False)
clock = view.certification(*certification_form.ask())
frame.say_missing(certification_figures.window(clock, view))

with title:
    if one:
        profile = figures.profile(view)
        frame.record_title(figures.name_of(profile, view.scope.integration or ""), figures.facts_of(profile, view))
    else:
        st.title(say("certification.title"), anchor=False)
if clock.rows.is_empty():
    frame.nothing_asked_for(view)
if not clock.has_registry:
    st.info(say("certification.no_registry"), icon=":material/badge:")

if not one:
    with st.grid(5, min_column_width=150, gap="small"):
        for state, integrations in certification_figures.by_state(clock).items():
            cards.single(f"clock_{state}", integrations)
    rows = certification_figures.rows(clock, view)
    who = ["clock", "title", "partner_name", "integration"]
    for name, some, columns in (
        (
            "urgent",
            certification_figures.urgent(rows),
            [*who, "certified_until", "certificate_ends", "customers", "clock_why"],
        ),
        (
            "table",
            rows,
            [
                *who,
                "customers",
                "course",
                "days_left",
                "certified_until",
                "clock_since",
                "last_customer_day",
                "clock_why",
            ],
        ),
    ):
        frame.heading(f"certification.{name}", note=f"certification.{name}_note")
        tables.show(
            some,
            columns,
            key=f"certification_{name}",
            title=say(f"certification.{name}"),
            time_zone=view.lake.time_zone,
            links=navigation.rows_of("certification", "integration"),
        )
    st.caption(certification_figures.rests_on(clock))
    st.stop()

kind, words = certification_figures.verdict(clock)
getattr(st, kind)(words, icon=":material/verified:" if kind == "success" else ":material/history_toggle_off:")
with st.grid(5, min_column_width=190, gap="small"):
    for name, value in certification_figures.figures(clock).items():
        note = certification_figures.certificate_ends(clock) if name == "certified_until" else None
        cards.single(name, value, note=note)
    cards.single("last_customer_call", certification_figures.last_customer_call(clock, view))

left, right = st.columns([3, 2], border=True)
with left:
    frame.heading("certification.course", note="certification.course_note")
    st.altair_chart(charts.required_customers(certification_figures.course(clock)), alt=say("certification.course"))
with right:
    frame.heading("certification.what_to_do")
    frame.list_words(certification_figures.what_to_do(clock), none="certification.nothing_to_do")

for name, rows, columns in (
    (
        "customers",
        certification_figures.customers(clock, view),
        ["presence", "customer", "name", "branch", "calls", "errors", "last_customer_call", "leaves_on"],
    ),
    (
        "ids",
        certification_figures.ids(clock),
        ["integration_id", "id_status", "id_defect", "basis", "evidence", "calls", "customers", "last_call"],
    ),
):
    frame.heading(f"certification.{name}", note=f"certification.{name}_note")
    tables.show(
        rows,
        columns,
        key=f"certification_{name}",
        title=say(f"certification.{name}"),
        time_zone=view.lake.time_zone,
    )
st.caption(certification_figures.rests_on(clock))
