"""Every page, and the link with which it shows rows of the sample week.

A new page is in this list without any change here. At most two things have to be added for it: a question, if it shows nothing without one, and
a filter, if no other page is about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from dashboard.shell.pages import PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ASKED = {
    "check": {"search": "2731-302751"},
    "impact": {"connector": "KnSubject"},
    "pair": {"integration": "1761_303301", "customer": "5146"},
}
"""The questions without which a page shows nothing."""
WITHOUT_ROWS = ("incidents",)
"""Pages that find nothing in the sample week, which is too short to know what is usual; a test of their own has rows."""
ONE = {"integration": "2519_301101", "connector": "KnSubject"}
"""The subject of a page that can be about one integration or connector."""


@dataclass(frozen=True)
class Place:
    """A page, the parameters of its link, and whether its rows can be opened: whether its script makes links of them."""

    page: str
    is_list: bool
    link: Mapping[str, str] = field(default_factory=dict)

    def address(self, **link: str) -> str:
        """Its link, with these parameters before its own."""
        return f"/{'' if self.page == PAGES[0].address else self.page}?{urlencode({**link, **self.link})}"


def _places() -> Iterator[tuple[str, Place]]:
    for page in PAGES:
        asked = ASKED.get(page.address, {})
        yield page.address, Place(page.address, _makes_links(page.script), asked)
        if page.about is not None and page.about not in asked:
            one = page.script_about_one
            is_list = one != page.script and _makes_links(one)
            yield f"one of {page.address}", Place(page.address, is_list, {page.about: ONE[page.about]})


def _makes_links(script: Path) -> bool:
    return "navigation.rows_of(" in script.read_text(encoding="utf-8")


PLACES = dict(_places())
