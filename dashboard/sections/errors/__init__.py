"""The errors, where they happen, and who can fix them."""

from dashboard.shell.page import Page

PAGE = Page(icon="error", place=40)
