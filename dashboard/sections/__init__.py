"""A file or a folder for each page, which imports none of the others.

A small page is one file: `PAGE` gives its place in the sidebar and its words, and below it the script is read from top to bottom. A larger
one is a folder. Its `__init__.py` has `PAGE` and imports nothing else, `page.py` is the script, and `en.toml` has its words. `figures.py`
computes what the page shows, `charts.py` draws it, and `form.py` asks the reader.
"""
