"""In which branches an integration is used."""

from dashboard.shell.page import Page

PAGE = Page(icon="category", place=100)
