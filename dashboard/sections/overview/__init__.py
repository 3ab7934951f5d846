"""The use of the service, compared with the period before, and the findings that need attention."""

from dashboard.shell.page import Page

PAGE = Page(icon="monitoring", place=10)
