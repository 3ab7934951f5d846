"""The documents are true: every command in them runs and prints the output shown, and the code map names real places.

In a page the examples are run from top to bottom, in a folder of their own with the sample logs:

    ```console             commands behind a `$`, and what each prints; `...` marks an omission
    ```toml title="a.toml" a file that the reader makes
    <!-- example: ... -->  hidden from readers: the week of sample logs is loaded, a data file is damaged
"""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

import koppelzicht
from analytics.certification.course import STATES
from analytics.certification.reasons import REASONS
from analytics.review.answer import CheckName, CustomerState, Verdict, VisitState
from docs import build

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
_STEP = re.compile(
    r"^<!-- example: (?P<aside>.+) -->$"
    r'|^```\w+ title="(?P<title>[^"]+)"\n(?P<content>.*?)^```$'
    r"|^```console\n(?P<commands>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
# A command goes on where a line ends with a backslash, and prints what stands before the next one.
_COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
PAGES = [
    page.relative_to(ROOT).as_posix()
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
    if "\n```console\n" in page.read_text(encoding="utf-8")
]
WEEK = (
    ("ingest", "sample_logs/json"),
    ("registry", "load", *(f"sample_logs/registry/{name}.csv" for name in ("partners", "integrations", "customers"))),
)


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with sample logs, and a lake into which a week of them and its registry were loaded."""
    folder = tmp_path_factory.mktemp("week")
    for name in ("json", "w3c", "registry"):
        shutil.copytree(ROOT / "sample_logs" / name, folder / "sample_logs" / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("KOPPELZICHT_LAKE", raising=False)
        for arguments in WEEK:
            assert koppelzicht.run(arguments) == 0
    return folder


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_of_a_page_do_what_it_says(
    page: str, week: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(week / "sample_logs", tmp_path / "sample_logs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KOPPELZICHT_LAKE", raising=False)
    for step in _STEP.finditer((ROOT / page).read_text(encoding="utf-8")):
        match step["aside"]:
            case "the week is loaded":
                shutil.copytree(week / "lake", tmp_path / "lake")
            case "a data file is damaged":
                _damage(tmp_path / "lake")
            case None:
                pass
            case other:
                pytest.fail(f"{page}: no test knows what this means: {other}")
        if step["title"]:
            Path(step["title"]).write_text(step["content"], encoding="utf-8")
        for command, printed in commands(step["commands"] or ""):
            _assert_prints(command, printed, capfd)


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block and what it prints."""
    for command, printed in _COMMAND.findall(block):
        yield command.replace("\\\n", ""), printed.strip("\n")


def _damage(lake: Path) -> None:
    (path,) = (lake / "calls").glob("*.parquet")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _assert_prints(command: str, expected: str, capfd: pytest.CaptureFixture[str]) -> None:
    program, *arguments = shlex.split(command)
    assert program == "koppelzicht"
    capfd.readouterr()
    koppelzicht.run(arguments)
    out, err = capfd.readouterr()
    printed = (err + out).strip("\n")
    checker = doctest.OutputChecker()
    assert checker.check_output(expected + "\n", printed + "\n", doctest.ELLIPSIS), f"$ {command}\n{printed}"


def test_most_pages_have_examples() -> None:
    assert len(PAGES) >= 8


def test_every_console_block_begins_with_a_command() -> None:
    """Else nothing of it would be run."""
    for page in PAGES:
        for step in _STEP.finditer((ROOT / page).read_text(encoding="utf-8")):
            assert (step["commands"] or "$ ").startswith("$ "), page


def test_the_readme_fits_on_a_few_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_the_images_are_small() -> None:
    assert sum(image.stat().st_size for image in (ROOT / "docs" / "images").iterdir()) < 300_000


def test_the_page_about_certification_has_every_state_and_reason() -> None:
    text = (ROOT / "docs" / "explanation" / "certification.md").read_text(encoding="utf-8")
    assert [word for word in (*STATES, *REASONS) if f"`{word}`" not in text] == []


def test_the_page_about_the_review_has_every_verdict_check_and_state() -> None:
    text = (ROOT / "docs" / "how-to" / "review.md").read_text(encoding="utf-8")
    words = [word for words in (Verdict, CheckName, CustomerState, VisitState) for word in get_args(words)]
    assert [word for word in words if f"`{word}`" not in text] == []


def test_a_page_without_a_place_and_a_place_without_a_page_are_named() -> None:
    navigation: list[dict[str, Any]] = [{"Home": "index.md"}, {"How to": [{"A": "a.md"}, {"Gone": "gone.md"}]}]
    assert build.misplaced(build.named(navigation), {"index.md", "a.md", "lost.md"}) == [
        "docs/lost.md: zensical.toml does not name it",
        "docs/zensical.toml: there is no page gone.md",
    ]


def test_a_dead_link_beside_the_pages_is_named(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# How it is\n", encoding="utf-8")
    (tmp_path / "README.md").write_text(
        "[a](docs/a.md) [b](docs/a.md#how-it-is) [c](docs/a.md#how-it-was) [d](docs/d.md) [e](https://example.com/e)\n"
        "`[f](docs/f.md)`\n```text\n[g](docs/g.md)\n```\n![h](h.png)\n",
        encoding="utf-8",
    )
    assert build.dead_links(tmp_path, ["README.md"]) == [
        "README.md: docs/a.md#how-it-was: there is no such heading",
        "README.md: there is no docs/d.md",
        "README.md: there is no h.png",
    ]
