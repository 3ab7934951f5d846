"""How much the service is used, beside the period before, and what needs attention."""

from dashboard.shell.page import Page

PAGE = Page(icon="monitoring", place=10)
