"""The house: its rooms, the docstring at the door of each, and that no file grows too long to read."""

from __future__ import annotations

import ast
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from command_line.options.reading import LogFormat
from dashboard.shell.pages import PAGES
from ingest.formats import FORMATS

ROOT = Path(__file__).parent.parent
FLOORS = ("ingest", "analytics", "dashboard", "command_line")
MOST_LINES = 400
ROOMS = sorted(door.parent.relative_to(ROOT) for floor in FLOORS for door in (ROOT / floor).glob("*/__init__.py"))
SOURCES = sorted(
    path.relative_to(ROOT) for folder in (*FLOORS, "sample_logs", "tests") for path in (ROOT / folder).rglob("*.py")
)


def test_the_code_map_names_every_room_and_no_other() -> None:
    rows = re.findall(r"^\| (`.*?`) \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    named = [Path(name) for row in rows for name in re.findall("`(.+?)`", row)]
    assert sorted(named) == ROOMS


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_a_room_says_at_its_door_what_it_is_for(room: Path) -> None:
    tree = ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {str(path): length for path, length in lengths.items() if length > MOST_LINES} == {}


def test_the_tests_of_ingest_stand_in_its_rooms() -> None:
    """Tests of several rooms are beside the rooms."""
    rooms = {room for room in ROOMS if room.parent.name == "ingest"}
    folders = {path.parent.relative_to(ROOT / "tests") for path in (ROOT / "tests" / "ingest").glob("*/test_*.py")}
    assert folders
    assert folders <= rooms


def test_every_section_of_the_dashboard_is_a_page_in_the_sidebar() -> None:
    sections = {module.name for module in pkgutil.iter_modules([str(ROOT / "dashboard" / "sections")])}
    assert sections == {page.address for page in PAGES}
    assert [page.script for page in PAGES if not page.script.exists()] == []


def test_no_example_stands_where_none_is_run() -> None:
    """The scripts of pages cannot be imported, so no test runs examples in their folder."""
    sections = (ROOT / "dashboard" / "sections").rglob("*.py")
    assert [str(path) for path in sections if ">>>" in path.read_text(encoding="utf-8")] == []


def test_help_names_every_log_format_before_any_is_loaded() -> None:
    said = get_args(LogFormat)[1].help
    assert [name for name in FORMATS if not re.search(rf"\b{name}\b", said)] == []
    program = "import sys, koppelzicht; print('ingest.formats' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
