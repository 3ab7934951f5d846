"""The customers of each month: how they come, stay and go."""

from dashboard.shell.page import Page

PAGE = Page(icon="groups", place=90, own=("month",))
