"""The description of a page, which its file gives at its top: its place in the sidebar, its icon, and its links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Page:
    """A page in the sidebar. It is read and not run: every value is a constant. `pages.py` fills in its address and its script.

    `place` orders the sidebar; the first page opens first. `about` is the filter that names the page's subject, such as one row of
    its list. The reader opened a row and did not choose a filter, so it does not go along to other pages. If it is set, the section's
    `one_page.py` is shown instead, if there is one. `own` are the parameters of its link that no other page understands.

    A page of one file has its words here: `words` by their names on the page (`title` is one), and in `columns` the headings that no
    other table has. The words of a larger one are in the `en.toml` of its folder.
    """

    icon: str
    place: int
    about: str | None = None
    own: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict, hash=False)
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    address: str = ""
    script: Path = Path()

    @property
    def script_about_one(self) -> Path:
        """The script that is shown if the filter `about` is set."""
        one = self.script.with_name("one_page.py")
        return one if one.exists() else self.script
