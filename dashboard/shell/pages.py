"""The pages: each is a script, `sections/<address>/page.py`, that Streamlit runs from top to bottom. Nothing imports them.

Their folder is not called `pages`: Streamlit takes such a one for an older kind of app, and the first link that is opened
would show a page without its frame.
"""

from typing import NamedTuple


class Page(NamedTuple):
    """A page in the sidebar: its address, which is its section's name, and its icon.

    `about` is the filter that says what the page is about, as one row of its list; it is no filter that the reader has
    chosen, and does not go with them to other pages. With `has_one` the section has a `one_page.py`, which takes the page's place when it is set. `own` are the
    parameters of its link that no other page understands.
    """

    address: str
    icon: str
    about: str | None = None
    has_one: bool = False
    own: tuple[str, ...] = ()


PAGES = (
    Page("overview", "monitoring"),
    Page("integrations", "hub", about="integration", has_one=True),
    Page("connectors", "cable", about="connector", has_one=True),
    Page("errors", "error"),
    Page("certification", "verified", about="integration", own=("window", "required")),
    Page("check", "badge"),
    Page(
        "impact",
        "published_with_changes",
        about="connector",
        own=("operation", "field", "token_form", "api_protocol", "api_version", "notes"),
    ),
    Page("practices", "rule", about="integration", own=("day",)),
    Page("customers", "groups", own=("month",)),
    Page("branches", "category"),
    Page("data_quality", "fact_check"),
)
"""All pages, in the order of the sidebar. A new one needs its script and its title in `text/`."""
