"""All connectors (`page.py`), and one of them (`one_page.py`)."""

from dashboard.shell.page import Page

PAGE = Page(icon="cable", place=30, about="connector")
