"""The integrations and customers that a change affects."""

from dashboard.shell.page import Page

PAGE = Page(
    icon="published_with_changes",
    place=70,
    about="connector",
    own=("operation", "field", "token_form", "api_protocol", "api_version", "notes"),
)
