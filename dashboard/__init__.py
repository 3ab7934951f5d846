"""Answers in, screens out.

    app.py      the script that Streamlit runs; it composes the rooms
    sections/   a folder for each page: the page, its words, its figures, its form; no section knows another one
    shell/      the parts that all pages share: link, filters, navigation, the lake; and the server
    widgets/    cards, charts and tables, drawn from the rows that they are given
    text/       the words that pages share, and the form of values in them

Each room imports only those below it.
"""
