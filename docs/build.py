"""The documentation, built: `make docs`. Says where it is, or what is wrong with it.

    docs/**/*.md       the pages; docs/zensical.toml: their order
    docs/generated.py  what the code says itself, filled in where a page has `<!-- generated: NAME -->`

The reference is generated at each build and not kept in the repository: nothing can be stale, and who adds a metric
adds one file.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs.generated import StaleWordsError, generated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "docs"
BUILD = ROOT / "build" / "docs"
CONFIGURATION = "zensical.toml"
CHANGES = "changes.md"
"""The page that is the CHANGELOG."""
BESIDE = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "sample_logs/README.md")
"""Documents outside of `docs/`, which the generator does not see."""

_PLACE = re.compile(r"^<!-- generated: (.+) -->$", re.MULTILINE)
_CODE = re.compile(r"^( *)```.*?^\1```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?)(?: +\{ *#([\w-]+) *\})?$", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_LOADED = re.compile(
    r"""<(?:script|img|iframe)\b[^>]*\bsrc=["']?(?:https?:)?//[^>]*|<link\b[^>]*\bhref=["']?(?:https?:)?//[^>]*"""
)


class DocsError(Exception):
    """Something is wrong with the documentation: each a line."""


def build() -> Path:
    """The first page of the site; DocsError says all that is wrong."""
    if find_spec("zensical") is None:
        raise DocsError(
            f"zensical is not installed: {sys.executable} -m pip install --require-hashes -r requirements.lock"
        )
    configuration = tomllib.loads((SOURCES / CONFIGURATION).read_text(encoding="utf-8"))
    pages = {path.relative_to(SOURCES).as_posix() for path in SOURCES.rglob("*.md")} | {CHANGES}
    if wrong := [*misplaced(named(configuration["project"]["nav"]), pages), *dead_links(ROOT, BESIDE)]:
        raise DocsError("\n".join(wrong))
    _put_together()
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        cwd=BUILD,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DocsError(_COLOUR.sub("", done.stderr.partition("Traceback")[0] or done.stdout).strip())
    site = BUILD / "site"
    (site / "404.html").unlink()  # its links begin at the root of a host, and these pages may lie anywhere
    for page in site.rglob("*.html"):
        _keep_at_home(page, site)
    return site / "index.html"


def named(navigation: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Every page that the navigation names."""
    for entry in navigation:
        for page in entry.values():
            if isinstance(page, str):
                yield page
            else:
                yield from named(page)


def misplaced(navigation: Iterator[str], pages: set[str]) -> list[str]:
    """Pages without a place in the navigation, and places without a page."""
    places = list(navigation)
    return [
        *(f"docs/{page}: {CONFIGURATION} does not name it" for page in sorted(pages - set(places))),
        *(f"docs/{CONFIGURATION}: there is no page {page}" for page in places if page not in pages),
        *(f"docs/{CONFIGURATION}: {page} stands twice" for page in sorted(set(places)) if places.count(page) > 1),
    ]


def dead_links(root: Path, documents: Sequence[str]) -> list[str]:
    """The links of these documents to files or headings below `root` that are not there."""
    dead = []
    for document in documents:
        text = _CODE.sub("", (root / document).read_text(encoding="utf-8"))
        for link in _LINK.findall(text):
            path, _, heading = link.partition("#")
            target = (root / document).parent / path if path else root / document
            if "://" in link or link.startswith("mailto:"):
                continue
            if not target.exists():
                dead.append(f"{document}: there is no {link}")
            elif heading and heading not in headings(target.read_text(encoding="utf-8")):
                dead.append(f"{document}: {link}: there is no such heading")
    return dead


def headings(text: str) -> set[str]:
    r"""What a link to one of the headings of a document says behind its `#`.

    >>> sorted(headings("# How fast?\n## The *lake*, again { #lake }\n"))
    ['how-fast', 'lake']
    """
    return {
        anchor or re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())
        for heading, anchor in _HEADING.findall(re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE))
    }


def _put_together() -> None:
    """Everything that the generator reads, below `build/`."""
    shutil.rmtree(BUILD, ignore_errors=True)
    shutil.copytree(SOURCES, BUILD / "pages", ignore=shutil.ignore_patterns("*.py", "*.toml", "__pycache__"))
    shutil.copy(SOURCES / CONFIGURATION, BUILD / CONFIGURATION)
    shutil.copy(ROOT / "CHANGELOG.md", BUILD / "pages" / CHANGES)
    shutil.copy(ROOT / "dashboard" / "logo.svg", BUILD / "pages" / "images" / "logo.svg")
    parts = generated()
    unused = set(parts)
    for page in (BUILD / "pages").rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        places = set(_PLACE.findall(text))
        if unknown := sorted(places - set(parts)):
            raise DocsError(f"{page.name}: nothing is generated that is called {', '.join(unknown)}")
        unused -= places
        page.write_text(_PLACE.sub(lambda place: parts[place[1]], text), encoding="utf-8")
    if unused:
        raise DocsError(f"no page has a place for what is generated: {', '.join(sorted(unused))}")


def _keep_at_home(page: Path, site: Path) -> None:
    """Have a page ask no other host: the search's stand-in for a worker is ours. DocsError when it would ask another one."""
    worker = f"{'../' * (len(page.relative_to(site).parts) - 1)}worker.js"
    text = page.read_text(encoding="utf-8").replace("https://unpkg.com/iframe-worker/shim", worker)
    if found := _LOADED.search(text):
        raise DocsError(f"{page.name} loads something from another host: {found[0]}")
    page.write_text(text, encoding="utf-8")


def main() -> int:
    """Build it, and say where it is or what is wrong."""
    try:
        first = build()
    except (DocsError, StaleWordsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{first.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
