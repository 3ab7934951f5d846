"""The integrations that break the rules of use."""

from dashboard.shell.page import Page

PAGE = Page(icon="rule", place=80, about="integration", own=("day",))
