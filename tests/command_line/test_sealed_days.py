"""What the command line says where calls were removed by age and their sums are kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.command_line.given import document
from tests.ingest.lake.summed import varied

if TYPE_CHECKING:
    from pathlib import Path

    from tests.command_line.given import Run

LACKS = "note: this answer needs single calls, and those of the days before 2026-10-05 were removed"


def _seal(run: Run, folder: Path) -> None:
    (folder / "old.log").write_bytes(varied(*range(31)))
    assert run("ingest", "old.log")[0] == 0
    code, out, _ = run("maintain", "--keep-calls", "1", "--as-of", "2026-10-06", "--json")
    assert (code, document(out)["calls_removed"], document(out)["calls_sealed"]) == (0, 13, 13)


def test_an_answer_says_which_days_it_lacks(run: Run, tmp_path: Path) -> None:
    _seal(run, tmp_path)
    everything = ("--environment", "all")
    assert LACKS in run("metric", "practices", *everything)[2]
    assert LACKS not in run("metric", "practices", *everything, "--since", "2026-10-05")[2]
    assert LACKS not in run("metric", "customers_per_integration", *everything)[2]
    _, out, err = run("metric", "calls_per_day", "--customer", "1234", "--until", "2026-10-03", "--json")
    assert (json.loads(out), LACKS in err, "no call" in err) == ([], True, False)


def test_status_says_how_far_back_calls_and_sums_reach(run: Run, tmp_path: Path) -> None:
    _seal(run, tmp_path)
    state = document(run("status", "--json")[1])
    assert (state["sums_since"], state["calls_since"], state["last_day"]) == ("2026-09-30", "2026-10-05", "2026-10-10")
    assert (state["calls"], state["sealed_calls"]) == (18, 13)


def test_a_load_with_calls_of_sealed_days_is_warned_of(run: Run, tmp_path: Path) -> None:
    _seal(run, tmp_path)
    (tmp_path / "late.log").write_bytes(varied(2, 3, 4, 40))
    _, _, err = run("ingest", "late.log")
    assert (
        "warning: 3 calls are from 2026-10-01 to 2026-10-02, when earlier calls were removed and only their sums kept"
        in err
    )
    (tmp_path / "new.log").write_bytes(varied(50))
    assert "earlier calls were removed" not in run("ingest", "new.log")[2]
