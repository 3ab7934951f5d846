"""The entry point that Streamlit runs: the pages, the way between them, and the one that is open."""

from pathlib import Path

import streamlit as st

from dashboard import frame

HERE = Path(__file__).parent

st.set_page_config(page_title=frame.PRODUCT, page_icon=str(HERE / "logo.svg"), layout="wide", initial_sidebar_state=230)
st.html(HERE / "style.css")
st.logo(str(HERE / "wordmark.svg"), icon_image=str(HERE / "logo.svg"), size="large")

pages = {
    name: st.Page(
        HERE / "app_pages" / f"{name}.py",
        title=frame.title_of(name),
        icon=f":material/{icon}:" if icon else None,
        default=name == "overview",
        visibility="visible" if icon else "hidden",
    )
    for name, icon in {
        "overview": "monitoring",
        "integrations": "hub",
        "integration": None,
        "connectors": "cable",
        "connector": None,
        "errors": "error",
        "data_quality": "fact_check",
    }.items()
}
page = st.navigation(list(pages.values()), position="hidden")
frame.sidebar(pages)
frame.run(page)
