"""A folder for each page, which imports none of the others.

`page.py` is read from top to bottom; `figures.py` says what is drawn, `charts.py` how, and `form.py` asks.
"""
