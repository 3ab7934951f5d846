"""The pages: each is a script, `sections/<address>/page.py`, that Streamlit runs from top to bottom. Nothing imports them.

The folder of a section holds everything about its page: `PAGE` in its `__init__.py`, its words in `en.toml`. So a new page is a new
folder and nothing else. This module finds the folders by looking, and imports none by name, because no room knows the rooms above it.

Their folder must not be named `pages`. Streamlit takes a folder of that name for an older kind of app, and would show the first page
without its frame.
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
