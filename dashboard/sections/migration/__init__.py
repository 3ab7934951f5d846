"""The end of classic tokens: who has moved to OAuth."""

from dashboard.shell.page import Page

PAGE = Page(icon="key", place=85, about="integration")
