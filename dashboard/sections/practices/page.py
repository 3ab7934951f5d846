"""Rules of use: which integrations break them, how often, and what to do; and who keeps the service busy longest."""

import streamlit as st

from dashboard.sections.practices import figures as practice_figures
from dashboard.shell import figures, filter_bar, frame, navigation
from dashboard.text.wording import plain, say, shown
from dashboard.widgets import cards, tables

st.title(say("practices.title"), anchor=False)
view = frame.ask(about="integration")
if not figures.totals(view).calls.value:
    frame.nothing_asked_for(view)

if view.scope.integration is not None:
    rules = practice_figures.rules_of_one(view)
    if rules.is_empty():
        frame.nothing_asked_for(view)
    navigation.back("practices", lift="integration")
    score, name = rules["score"][0], rules["name"][0] or view.scope.integration
    frame.record_title(name, say("practices.one", integration=view.scope.integration, score=score))
    st.progress(score / 100)
    tables.show(
        rules,
        ["rule", "severity", "state", "calls", "judged", "share", "customers", "connector", "last_call"],
        key="practices_of_one",
        title=say("practices.rules"),
        time_zone=view.lake.time_zone,
    )
    st.caption(say("practices.score_note"))
    advice = practice_figures.advice(rules)
    if advice:
        frame.heading("practices.advice")
        frame.list_texts(advice)
    st.stop()

kept = practice_figures.kept(view)
with cards.four():
    cards.single("judged_integrations", kept.integrations)
    cards.single("keeping_integrations", kept.keeping)
    cards.single("low_integrations", kept.low)
    cards.single("lowest_score", kept.lowest)

frame.heading("practices.integrations", note="practices.hint")
tables.show(
    practice_figures.integrations(view),
    ["score", "title", "broken", "calls", "last_call"],
    key="practices",
    title=say("practices.integrations"),
    time_zone=view.lake.time_zone,
    links=navigation.rows_of("practices", "integration"),
)
st.caption(say("practices.score_note"))

frame.heading("practices.rules", note="practices.rules_note")
tables.show(
    practice_figures.rules(view),
    ["rule", "severity", "integrations", "calls", "judged", "share", "advice"],
    key="practices_rules",
    title=say("practices.rules"),
    time_zone=view.lake.time_zone,
)

day = practice_figures.day_asked(view)
if day is not None:
    frame.heading("practices.heaviest", note="practices.heaviest_note")
    st.session_state["practices.day"] = day
    st.selectbox(
        say("practices.day"),
        practice_figures.days(view),
        key="practices.day",
        format_func=shown,
        on_change=lambda: filter_bar.say_own("day", st.session_state["practices.day"].isoformat()),
        width=200,
    )
    tables.show(
        practice_figures.heaviest(view, day),
        ["place", "title", "integration", "connector", "seconds", "seconds_share", "calls", "share", "errors"],
        key="heaviest",
        title=plain("practices.heaviest"),
        time_zone=view.lake.time_zone,
    )
