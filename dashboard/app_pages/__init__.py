"""The pages: each is a script that Streamlit runs from top to bottom. Nothing imports them.

The folder is not called `pages`: Streamlit takes such a one for an older kind of app, and the first link that is opened
would show a page without its frame.
"""

from typing import NamedTuple


class Page(NamedTuple):
    """A page in the sidebar: its address, which is its script's name, and its icon.

    `row` is the filter that selects one row of the page's list, and the script that then takes the page's place.
    """

    address: str
    icon: str
    row: str | None = None


PAGES = (
    Page("overview", "monitoring"),
    Page("integrations", "hub", row="integration"),
    Page("connectors", "cable", row="connector"),
    Page("errors", "error"),
    Page("certification", "verified"),
    Page("check", "badge"),
    Page("impact", "published_with_changes"),
    Page("practices", "rule"),
    Page("customers", "groups"),
    Page("branches", "category"),
    Page("data_quality", "fact_check"),
)
"""All pages, in the order of the sidebar. A new one needs its script and its title in `text/`."""
