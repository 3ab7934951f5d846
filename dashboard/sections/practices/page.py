"""Rules of use: the integrations that break them, how often, and the advice; and the users that keep the service busy longest."""

import streamlit as st

from dashboard.sections.practices import figures
from dashboard.shell import frame, navigation, nothing, place
from dashboard.text.wording import say, shown
from dashboard.widgets import cards

view = frame.opened("practices", about="integration")
frame.totals(view)

if view.scope.integration is not None:
    rules = figures.rules_of_one(view)
    if rules.is_empty():
        nothing.asked_for(view)
    navigation.back("practices", lift="integration")
    score, name = rules["score"][0], rules["name"][0] or view.scope.integration
    frame.record_title(name, say("practices.one", integration=view.scope.integration, score=score))
    st.progress(score / 100)
    frame.table(
        "practices.rules",
        rules,
        ["rule", "severity", "state", "calls", "judged", "share", "customers", "connector", "last_call"],
        view,
        key="practices_of_one",
        is_headed=False,
    )
    st.caption(say("practices.score_note"))
    advice = figures.advice(rules)
    if advice:
        frame.heading("practices.advice")
        frame.list_texts(advice)
    frame.table(
        "practices.drift",
        figures.drifting(view),
        ["customer", "connectors", "outside", "drift", "usual", "outside_names"],
        view,
        key="drift",
    )
    st.stop()

kept = figures.rules_kept(view)
with cards.four():
    cards.single("judged_integrations", kept.integrations)
    cards.single("keeping_integrations", kept.keeping)
    cards.single("low_integrations", kept.low)
    cards.single("lowest_score", kept.lowest)

frame.table(
    "practices.integrations",
    figures.integrations(view),
    ["score", "title", "broken", "calls", "last_call"],
    view,
    key="practices",
    links=navigation.rows_of("practices", "integration"),
)
st.caption(say("practices.score_note"))

frame.table(
    "practices.rules",
    figures.rules(view),
    ["rule", "severity", "integrations", "calls", "judged", "share", "advice"],
    view,
)

frame.table(
    "practices.drift",
    figures.drifting(view),
    ["title", "integration", "customer", "connectors", "outside", "drift", "outside_names"],
    view,
    key="drift",
    links=navigation.rows_of("practices", "integration"),
)

day = figures.day_asked(view, place.parameter("day"))
if day is not None:
    frame.heading("practices.heaviest")
    frame.choose("day", say("practices.day"), figures.days(view), day, page="practices", in_words=shown)
    frame.table(
        "practices.heaviest",
        figures.heaviest(view, day),
        ["place", "title", "integration", "connector", "seconds", "seconds_share", "calls", "share", "errors"],
        view,
        key="heaviest",
        is_headed=False,
    )
