"""What a section says of its page, in its `__init__.py`: its place in the sidebar, its icon, and how links to it read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A page in the sidebar. Its address is the name of its section's folder, and `pages.py` fills it in.

    `place` orders the sidebar, the first page is the one that opens first. `about` is the filter that says what the page is
    about, as one row of its list; it is no filter that the reader has chosen, and does not go with them to other pages. Where
    it is set, the section's `one_page.py` takes the page's place, if it has one. `own` are the parameters of its link that no
    other page understands.
    """

    icon: str
    place: int
    about: str | None = None
    own: tuple[str, ...] = ()
    address: str = ""
