"""The pages: each is a script that Streamlit runs from top to bottom. Nothing imports them.

The folder is not called `pages`: Streamlit takes such a one for an older kind of app, and the first link that is opened
would show a page without its frame.
"""
