"""The words of the dashboard. Every text that a reader sees has a key and is in one of three places, so that `say` finds it.

The `en.toml` here has the words that pages share (what a log format is called is said by the format). The `en.toml` of a section has those of its page, so that a page and its words move
together. A page of one file has its few words in its `PAGE`. A page that is to speak another language becomes a folder, with a file for
each language.

A count may bring its noun: `{calls:call}` is "1 call" or "2 calls", `{calls:call has|calls have}` gives both forms itself.

A text from a log, a link or the registry is never markup. Whoever sends a call chooses its user agent and its connector, so a page
that read them as Markdown could show a reader links, pictures from another server, or whole sentences in our name. `say` puts such
a text into Markdown as a code span, the only form in which Streamlit changes nothing. Escaping is not enough: bare addresses, arrows
and `:streamlit:` would still be replaced. `plain` is for places that show plain text anyway: options, table cells, charts.

The type decides, not the caller: `say` puts every string into a code span unless it is `Words`. A caller that does not think of
markup is safe, and one that wants it has to say so.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Self

from analytics.numbers import SHORT_MONTHS
from ingest.declaration import declarations
from ingest.known_format import known_formats

LANGUAGE = "en"
_FLOOR = Path(__file__).parent.parent


class Words(str):
    """A text of our own, which may hold Markdown. Any other string counts as somebody else's."""

    __slots__ = ()


class _Value(str):
    """A value as text, and whether it is exactly one."""

    __slots__ = ("is_one",)
    is_one: bool

    def __new__(cls, text: str, value: object) -> Self:
        made = super().__new__(cls, text)
        made.is_one = value == 1
        return made

    def __format__(self, noun: str) -> str:
        """Return the value, with its noun if the text gives one: `one|many`, or a noun that takes an s."""
        one, _, many = noun.partition("|")
        return f"{self!s} {one if self.is_one else many or f'{one}s'}" if noun else str(self)


def say(key: str, **values: object) -> Words:
    """Return the text `key` as Markdown. Values that are not our own words are shown character by character."""
    return Words(_text(key).format(**{name: _Value(_markdown(value), value) for name, value in values.items()}))


def plain(key: str, **values: object) -> str:
    """Return the text `key` for a place that shows plain text and reads no Markdown.

    >>> plain("certification.rule", window=1, required=5)
    '1 day, 5 customers'
    """
    return _text(key).format(**{name: _Value(shown(value), value) for name, value in values.items()})


def has(key: str) -> bool:
    """Return whether there is a text with this key."""
    return key in _texts()


def shown(value: object) -> str:
    """Return a value as a reader expects it: with separated thousands, and with dates that cannot be misread.

    >>> shown(1234567), shown(0.0456), shown(dt.date(2026, 3, 9)), shown(None)
    ('1,234,567', '4.6%', '9 Mar 2026', '–')
    """
    match value:
        case None:
            return "–"
        case bool():
            return str(value)
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.1%}"
        case dt.datetime():
            return f"{shown(value.date())}, {value:%H:%M}"
        case dt.date():
            return f"{value.day} {SHORT_MONTHS[value.month - 1]} {value.year}"
        case _:
            return str(value)


def month_name(month: dt.date) -> str:
    """Return a month in words.

    >>> month_name(dt.date(2026, 10, 1))
    'Oct 2026'
    """
    return shown(month).partition(" ")[2]


def span(since: dt.date, until: dt.date) -> str:
    """Return a half-open period as its first and last day, as short as is clear.

    >>> span(dt.date(2026, 10, 1), dt.date(2026, 11, 1)), span(dt.date(2026, 12, 31), dt.date(2027, 1, 3))
    ('1 – 31 Oct 2026', '31 Dec 2026 – 2 Jan 2027')
    """
    first, last = since, until - dt.timedelta(days=1)
    if first == last:
        return shown(first)
    if first.year != last.year:
        return f"{shown(first)} – {shown(last)}"
    if first.month != last.month:
        return f"{first.day} {SHORT_MONTHS[first.month - 1]} – {shown(last)}"
    return f"{first.day} – {shown(last)}"


def verbatim(value: str) -> Words:
    """Return somebody else's text as a Markdown code span that shows it character by character, on one line.

    The fence is longer than any run of backticks in the text, so no text can end its own span.

    >>> verbatim("a `b` c")
    '`` a `b` c ``'
    """
    line = " ".join(value.split()) or "\N{NO-BREAK SPACE}"
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    space = " " if "`" in line else ""
    return Words(f"{fence}{space}{line}{space}{fence}")


def _markdown(value: object) -> str:
    return verbatim(value) if isinstance(value, str) and not isinstance(value, Words) else shown(value)


def _text(key: str) -> str:
    return _texts()[key]


@cache
def _texts() -> dict[str, str]:
    return texts_with(_FLOOR / "sections")


def texts_with(sections: Path) -> dict[str, str]:
    """Return every text by its key, with those of the pages in this folder. A key occurs only once, wherever it is."""
    files = (Path(__file__).with_name(f"{LANGUAGE}.toml"), *sorted(sections.glob(f"*/{LANGUAGE}.toml")))
    told = [(file, dict(_flat(tomllib.loads(file.read_text(encoding="utf-8"))))) for file in files]
    for page in declarations(sections, "PAGE"):
        words = {page.module: page.values.get("words", {}), "column": page.values.get("columns", {})}
        told.append((page.file, dict(_flat(words))))
    told.append((files[0], {f"log_format.{form.name}": form.title for form in known_formats()}))
    texts: dict[str, str] = {}
    for file, its_texts in told:
        if twice := texts.keys() & its_texts.keys():
            raise ValueError(f"{file}: another file has {min(twice)} too")
        texts |= its_texts
    return texts


def _flat(table: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for name, value in table.items():
        texts += _flat(value, f"{prefix}{name}.") if isinstance(value, dict) else [(f"{prefix}{name}", str(value))]
    return texts
