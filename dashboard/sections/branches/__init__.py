"""The branches in which integrations are used."""

from dashboard.shell.page import Page

PAGE = Page(icon="category", place=100)
