"""Which integrations have enough customers, and which are about to lose their certificate."""

from dashboard.shell.page import Page

PAGE = Page(icon="verified", place=50, about="integration", own=("window", "required"))
