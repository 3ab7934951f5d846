"""A page as a reader meets it: its elements in order, and its text without tags. It refuses a page that is not well nested."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

VOID = {"meta", "br", "hr", "link", "img", "input"}


@dataclass
class Element:
    """One element with all the text inside it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    inside: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """The elements of a page, in the order they open."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.text = ""
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        assert self._open == [], f"never closed: {[element.tag for element in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        element.inside = [outer.tag for outer in self._open]
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].tag == tag, f"</{tag}> closes <{self._open[-1].tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data
        if not {"style", "title", "desc"} & {element.tag for element in self._open}:
            self.text += data

    def all(self, tag: str, css: str | None = None) -> list[Element]:
        """The elements of that name (and class), in order."""
        return [
            element
            for element in self.elements
            if element.tag == tag and (css is None or css in element.attributes.get("class", "").split())
        ]

    def tables(self, section: str) -> list[list[list[str]]]:
        """The cells of every row of every table in the section whose heading has that id, header rows included."""
        start = next(place for place, element in enumerate(self.elements) if element.attributes.get("id") == section)
        found: list[list[list[str]]] = []
        for element in self.elements[start + 1 :]:
            match element.tag:
                case "section":
                    break
                case "table":
                    found.append([])
                case "tr":
                    found[-1].append([])
                case "td" | "th":
                    found[-1][-1].append(" ".join(element.text.split()))
        return found


def read_page(path: Path) -> Page:
    """The page in a file."""
    return Page(path.read_text(encoding="utf-8"))
