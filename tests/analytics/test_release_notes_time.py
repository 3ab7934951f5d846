"""Release notes that were made to be slow: the time to read a file grows with its length and with nothing else.

Each shape is long enough to take minutes or hours if any step compares every part of it with every other part. A linear reader needs a
second or two of processor time. The bound is far from both.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from analytics.changes.change import ChangesError
from analytics.changes.release_notes import changes_in, read_changes

if TYPE_CHECKING:
    from pathlib import Path

TABLE = "| Description | Connector | Operation |\n|---|---|---|\n"
PIECES = (
    *(
        "<!--",
        "<!--\n",
        "-->",
        "#",
        "# ",
        "\t",
        "`",
        "~",
        "```\n",
        ">",
        "|",
        "| ",
        "\\|",
        "[",
        "![",
        "[a](",
        "[a]()",
        "[a](b(c)",
    ),
    *(
        "(",
        ")",
        "()",
        "_",
        "*",
        "x_",
        "_x",
        "'",
        "'a ",
        " 'a",
        '"',
        "/",
        "/Fields/",
        "/@",
        "a/@b",
        "'/@b",
        "w",
        "w-",
        ",",
        ", ",
        ";",
    ),
    *(
        " / ",
        " en ",
        "<br",
        "<br>",
        "&",
        "&#",
        "&#9",
        "9",
        "{",
        "{}",
        "connectors/",
        "A/B, ",
        "<table",
        "\r",
        "\u2028",
        "new ",
        "max",
    ),
    *(
        "not ",
        "the ",
        "specificat",
        "new connecto ",
        "added ",
        "min maxw ",
        "api-",
        "KnSubject ",
        "|-",
        "-",
        ":",
        " - ",
        " :-",
    ),
)
PLACES = {
    "a text": ("", ""),
    "a line": ("x", "x\n"),
    "a heading": ("# a", "b\n" + TABLE + "| x | FbSales | |\n"),
    "a description": (TABLE + "| '", "x | FbSales | PUT |\n"),
    "a character": (TABLE + "| &#", " | FbSales | PUT |\n"),
    "a field": (TABLE + "| 'a/@", "- | FbSales | PUT |\n"),
    "a connector": (TABLE + "| x | A", " | PUT |\n"),
    "an operation": (TABLE + "| x | FbSales | ", " |\n"),
    "the line under a header": ("a|b\n|-", "x|\n"),
    "a list": ("description,connector\n", "x,A\n"),
}
LENGTH = 200_000
SECONDS = 60.0


def _read(text: str) -> None:
    try:
        changes_in(text)
    except ChangesError:
        return


@pytest.mark.parametrize("place", PLACES)
def test_a_text_of_one_piece_again_and_again_is_read_at_once(place: str) -> None:
    before, behind = PLACES[place]
    began = time.process_time()
    for piece in PIECES:
        _read(before + piece * (LENGTH // 4 // len(piece)) + behind)
    assert time.process_time() - began < SECONDS


SECTIONS = {
    "headings": "# Breaking changes\nword\n",
    "sections with a table": f"## Breaking\nword\n{TABLE}| x | FbSales | |\n\n",
    "sections nobody knows": f"## Foo\n{TABLE}| x | FbSales | |\n\n",
    "lines": "| x |\n",
    "comments that do not end": "<!--\n",
    "blocks of code": "```x\n```\n",
    "headers": "a|b\n",
}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_text_of_many_sections_is_read_at_once(section: str) -> None:
    began = time.process_time()
    _read(f"# Changes\n{SECTIONS[section] * (LENGTH // len(SECTIONS[section]))}{TABLE}| x | FbSales | |\n")
    assert time.process_time() - began < SECONDS


def test_a_title_as_long_as_what_follows_is_looked_at_once() -> None:
    began = time.process_time()
    _read("# Breaking " + "KnSubject " * 20_000 + "\n" + "x\n" * 20_000)
    assert time.process_time() - began < SECONDS


def test_the_paths_of_many_connectors_are_found_at_once() -> None:
    names = ", ".join(f"A{number}/B" for number in range(20_000))
    [change] = changes_in(f"{TABLE}| x | {names} | |\n").changes
    began = time.process_time()
    assert change.targets[-1] == ("A19999", "A19999/B")
    assert time.process_time() - began < SECONDS


def test_a_character_of_thousands_of_digits_is_none() -> None:
    [change] = changes_in(f"{TABLE}| a &#{'9' * 5000}; b | FbSales | |\n").changes
    assert change.description == "a \ufffd b"


def test_a_file_longer_than_any_release_notes_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    with path.open("wb") as file:
        file.truncate(1 << 34)  # a hole: it takes no room, and 16 GB where it is read
    with pytest.raises(ChangesError, match=r"notes\.md: is longer than 16,777,216 bytes, and no release notes are"):
        read_changes(path)
