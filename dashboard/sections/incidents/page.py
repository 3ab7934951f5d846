"""Incidents: the answer first, then all of them, the most recent first; or what one of them rests on."""

import streamlit as st

from dashboard.sections.incidents import figures, listing, one
from dashboard.shell import frame, gaps, place
from dashboard.text.wording import say

title = st.container()
view = frame.ask("incidents")
found = view.incidents()
asked = place.parameter("incident")
chosen = figures.chosen(found, asked)
if chosen is not None:
    one.draw(title, chosen, view)
    st.stop()

with title:
    frame.title("incidents")
if asked is not None:
    st.warning(say("incidents.unknown", asked=asked), icon=":material/help:")
if found:
    listing.draw(found, view)
else:
    frame.totals(view)
    gaps.say_good_news(view, say("incidents.none"))
    st.caption(say("incidents.none_note"))
