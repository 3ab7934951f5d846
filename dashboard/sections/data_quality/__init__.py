"""What was loaded, what is missing in it, and what could not be read."""

from dashboard.shell.page import Page

PAGE = Page(icon="fact_check", place=110)
