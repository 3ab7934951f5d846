"""Answers in, screens out.

    app.py      what Streamlit runs: it composes the rooms
    sections/   a folder for each page: the page, its words, its figures, its form; no section knows another one
    shell/      what all pages share: the link, the filters, the way between pages, the lake; serving
    widgets/    cards, charts, tables; they read nothing
    text/       the words that pages share, and how a value looks in one

Each room imports only those below it.
"""
