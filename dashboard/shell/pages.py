"""The pages: each is a script, `sections/<address>/page.py`, that Streamlit runs from top to bottom. Nothing imports them.

The section's folder says all about its page, so that a new one is a folder more and nothing else: `PAGE` in its
`__init__.py`, its words in `en.toml`. That is found by looking, not by importing its name, for no room knows the rooms above it.

Their folder is not called `pages`: Streamlit takes such a one for an older kind of app, and the first link that is opened
would show a page without its frame.
"""

from __future__ import annotations

import pkgutil
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.shell.page import Page

SECTIONS = Path(__file__).parent.parent / "sections"


def _pages() -> tuple[Page, ...]:
    found: list[Page] = [
        replace(import_module(f"dashboard.{SECTIONS.name}.{section.name}").PAGE, address=section.name)
        for section in pkgutil.iter_modules([str(SECTIONS)])
    ]
    return tuple(sorted(found, key=lambda page: (page.place, page.address)))


PAGES = _pages()
"""All pages, in the order of the sidebar."""
