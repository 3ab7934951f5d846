"""The integrations that have enough customers, and those that are about to lose their certification."""

from dashboard.shell.page import Page

PAGE = Page(icon="verified", place=50, about="integration", own=("window", "required"))
