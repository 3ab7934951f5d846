"""The parts that all pages share, and the server: a link in, the view that it asks for out.

Here are the filters, the navigation, and the notes about missing logs. Only `data.py` opens the lake. The shell knows sections only
by their address (`pages.py`).
"""
