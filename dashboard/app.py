"""The entry point that Streamlit runs: it sets up the pages and the navigation, and runs the open page."""

from pathlib import Path

import streamlit as st

from dashboard.shell import frame, navigation, place

HERE = Path(__file__).parent

st.set_page_config(page_title=frame.PRODUCT, page_icon=str(HERE / "logo.svg"), layout="wide", initial_sidebar_state=230)
st.html(HERE / "style.css")
st.logo(str(HERE / "wordmark.svg"), icon_image=str(HERE / "logo.svg"), size="large")

pages = navigation.pages(place.current()[0])
page = st.navigation(list(pages.values()), position="hidden")
selection = frame.settle(page)
navigation.sidebar(pages, selection, here=page.url_path)
frame.run(page)
