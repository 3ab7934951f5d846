"""Two runs over the same lake and registry write the same bytes, in any process and at any time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analytics.registry import load_registry
from analytics.reports import every_kind, typed
from tests.analytics.given import NOW, call, given_lake
from tests.analytics.reports.world import ABOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent.parent
COMMANDS = [
    *(
        ["report", typed(name), "2026-10"]
        if kind.about is None
        else ["report", typed(name), ABOUT[kind.about], "--month", "2026-10"]
        for name, kind in every_kind().items()
    ),
    ["impact", "--connector", "KnSubject", "--field", "Ds"],
    ["branches", "--publish", "branches.csv"],
    ["branches", "--publish", "branches.html", "--language", "nl"],
    ["branches", "--publish", "branches.en.html", "--language", "en"],
    ["check", "1234_1", "--json"],
    ["review", "1234_1", "--json"],
    ["certification", "--json"],
    ["practices", "--json"],
    ["metric", "latency", "--format", "csv"],
    ["metric", "branches_per_integration", "--json"],
]
SCRIPT = """
import sys, koppelzicht
lake, *commands = sys.argv[1:]
for command in commands:
    words = command.split()
    out = ["--out", "out"] if words[0] in {"report", "impact"} else []
    assert koppelzicht.run([*words, *out, "--lake", lake]) == 0, command
"""


def calls() -> Iterator[dict[str, Any]]:
    """Integrations, customers, agents and errors that are all equal in number, so that nothing but their names orders them."""
    for day in range(1, 29):
        for integration in range(1, 7):
            for customer in range(6):
                number = day * 36 + integration * 6 + customer
                yield call(
                    called_at=f"2026-{9 + number % 2:02}-{day:02}T08:00:00Z",
                    integration_id=f"1234_{integration}" if number % 5 else None,
                    customer=f"700000{customer}",
                    connector=("KnSubject", "Acme_Staff", "KnPerson")[number % 3],
                    user_agent=f"Agent/{number % 4}",
                    status=(200, 200, 500, 401)[number % 4],
                    duration_ms=0.1 * (number % 97),
                    take=-1 if number % 7 == 0 else 100,
                    ordered=False,
                )


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("same")
    path = given_lake(folder / "lake", list(calls()), files=3)
    texts = {
        "p.csv": "partner,name,contact,email,phone\n1234,Acme,Ann,ann@acme.example,+31 99 000\n",
        "i.csv": "integration,name,listed\n" + "".join(f"1234_{number},Same name,yes\n" for number in range(1, 7)),
        "c.csv": "customer,name,branch\n" + "".join(f"700000{number},Same name,Care\n" for number in range(6)),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    load_registry(path, [folder / name for name in texts], now=NOW)
    return path


def written(lake: Path, folder: Path, seed: str) -> dict[str, bytes]:
    """Every file that these commands write, and what they print, in a process whose sets are in an order of its own."""
    folder.mkdir()
    words = [" ".join(command) for command in COMMANDS]
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(lake), *words],
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )
    files = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return {"standard output": done.stdout, "standard error": done.stderr, **files}


def test_a_second_run_is_the_same_to_the_byte(lake: Path, tmp_path: Path) -> None:
    first, second = (written(lake, tmp_path / seed, seed) for seed in ("1", "2"))
    assert {Path(name).suffix for name in first} >= {".html", ".csv", ".xlsx", ".txt"}
    assert len(first) > 20
    assert [name for name in first if first[name] != second.get(name)] == []
    assert first.keys() == second.keys()
