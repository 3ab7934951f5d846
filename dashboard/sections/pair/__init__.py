"""One integration at one customer: why the connection stopped, and whom to call."""

from dashboard.shell.page import Page

PAGE = Page(icon="link", place=65, about="customer")
