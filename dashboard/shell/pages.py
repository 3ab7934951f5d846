"""The pages: each is a script that Streamlit runs from top to bottom. Nothing imports them.

A page is a file in `sections/`, or a folder with its `page.py`; its address is the name of the file or folder. What is in `PAGE` is read
from the text of the file, or from the `__init__.py` of the folder, because to import a script is to run it. So a new page is a new file or
folder and nothing else.

Their folder must not be named `pages`. Streamlit takes a folder of that name for an older kind of app, and would show the first page
without its frame.
"""

from __future__ import annotations

from pathlib import Path

from dashboard.shell.page import Page
from ingest.declaration import declarations

SECTIONS = Path(__file__).parent.parent / "sections"


def pages_in(folder: Path) -> tuple[Page, ...]:
    """Return the pages of a folder in the order of the sidebar."""
    found = []
    for page in declarations(folder, "PAGE"):
        is_folder = page.file.name == "__init__.py"
        script = page.file.with_name("page.py") if is_folder else page.file
        found.append(Page(**page.values, address=page.module, script=script))
    return tuple(sorted(found, key=lambda page: (page.place, page.address)))


PAGES = pages_in(SECTIONS)
"""All pages, in the order of the sidebar."""
