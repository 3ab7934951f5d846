"""What the logs say about an integration before it goes live."""

from dashboard.shell.page import Page

PAGE = Page(icon="rocket_launch", place=55, about="integration")
