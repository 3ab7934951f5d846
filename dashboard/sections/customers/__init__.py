"""How customers come, stay and go."""

from dashboard.shell.page import Page

PAGE = Page(icon="groups", place=90, own=("month",))
