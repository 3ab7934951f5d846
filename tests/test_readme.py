"""The README's tour of the command line is true: every command in it runs, and prints what stands there."""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import koppelzicht

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parent.parent


def tour(document: str = "README.md") -> list[tuple[str, str]]:
    """Every command of the document's console blocks with what it prints; `...` stands for what differs."""
    text = (ROOT / document).read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    # A command goes on where a line ends with a backslash, and prints what stands before the next one.
    steps = re.findall(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", "".join(blocks), re.MULTILINE)
    return [(command.replace("\\\n", ""), printed.strip("\n")) for command, printed in steps]


def test_the_tour_prints_what_the_readme_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "sample_logs", tmp_path / "sample_logs", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KOPPELZICHT_LAKE", raising=False)
    steps = tour()
    assert len(steps) >= 10
    for command, expected in steps:
        _assert_prints(command, expected, capfd)


def test_who_follows_what_is_said_of_a_damaged_lake_has_a_sound_one_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "sample_logs" / "json", tmp_path / "sample_logs" / "json")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KOPPELZICHT_LAKE", raising=False)
    steps = tour("docs/safekeeping.md")
    damaged = next(place for place, (command, _) in enumerate(steps) if command == "koppelzicht verify")
    for place, (command, expected) in enumerate(steps):
        if place == damaged:
            (path,) = (tmp_path / "lake" / "calls").glob("*.parquet")
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            path.write_bytes(content)
        _assert_prints(command, expected, capfd)


def _assert_prints(command: str, expected: str, capfd: pytest.CaptureFixture[str]) -> None:
    program, *arguments = shlex.split(command)
    assert program == "koppelzicht"
    koppelzicht.run(arguments)
    out, err = capfd.readouterr()
    printed = (err + out).strip("\n")
    checker = doctest.OutputChecker()
    assert checker.check_output(expected + "\n", printed + "\n", doctest.ELLIPSIS), f"$ {command}\n{printed}"


def test_every_file_in_the_code_map_exists() -> None:
    """A table row names files; those after the first stand beside it."""
    rows = re.findall(r"^\| (`.*?`) \|", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) >= 15
    for row in rows:
        first, *others = re.findall(r"`(.+?)`", row)
        beside = (ROOT / first).parent
        assert (ROOT / first).exists(), first
        assert [name for name in others if not (beside / name).exists()] == []
