"""A folder for each page, which imports none of the others.

`__init__.py` says where it stands in the sidebar, and imports nothing else; `page.py` is read from top to bottom; `en.toml` has its
words; `figures.py` says what is drawn, `charts.py` how, and `form.py` asks.
"""
