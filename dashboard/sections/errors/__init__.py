"""What goes wrong, where, and who can fix it."""

from dashboard.shell.page import Page

PAGE = Page(icon="error", place=40)
