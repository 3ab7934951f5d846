"""A folder for each page, which imports none of the others.

`__init__.py` gives its place in the sidebar and imports nothing else. `page.py` is read from top to bottom, and `en.toml` has its
words. `figures.py` computes what the page shows, `charts.py` draws it, and `form.py` asks the reader.
"""
