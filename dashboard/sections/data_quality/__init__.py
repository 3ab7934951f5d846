"""The loaded logs, their missing hours, and the lines that could not be read."""

from dashboard.shell.page import Page

PAGE = Page(icon="fact_check", place=110)
