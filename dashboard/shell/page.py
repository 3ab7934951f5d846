"""The description of a page that its section gives in `__init__.py`: its place in the sidebar, its icon, and its links."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A page in the sidebar. Its address is the name of its section's folder, and `pages.py` fills it in.

    `place` orders the sidebar; the first page opens first. `about` is the filter that names the page's subject, such as one row of
    its list. The reader opened a row and did not choose a filter, so it does not go along to other pages. If it is set, the section's
    `one_page.py` is shown instead, if there is one. `own` are the parameters of its link that no other page understands.
    """

    icon: str
    place: int
    about: str | None = None
    own: tuple[str, ...] = ()
    address: str = ""
