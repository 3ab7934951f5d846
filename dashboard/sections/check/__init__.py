"""Whether an IntegrationId arrives and is right."""

from dashboard.shell.page import Page

PAGE = Page(icon="badge", place=60)
