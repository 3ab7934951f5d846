"""All integrations (`page.py`), and one of them (`one_page.py`)."""

from dashboard.shell.page import Page

PAGE = Page(icon="hub", place=20, about="integration")
