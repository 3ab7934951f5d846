"""Incidents: where calls fail or are missing, one for each cause, and whom to call; and what one of them rests on."""

from dashboard.shell.page import Page

PAGE = Page(icon="notification_important", place=15, own=("incident",))
