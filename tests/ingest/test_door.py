"""The door of a floor: names that are imported from their rooms when somebody asks for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import ingest

ROOT = Path(__file__).parents[2]
NAMES = ["back_up", "ingest", "inspect", "maintain", "repair", "restore", "retry_rejects", "status", "unload", "verify"]


def test_every_name_of_the_door_is_there() -> None:
    names = vars(ingest)["__all__"]
    assert set(NAMES) < set(names)
    assert [getattr(ingest, name).__name__ for name in names] == names


def test_a_name_that_is_not_of_the_door_is_refused() -> None:
    with pytest.raises(AttributeError, match="module 'ingest' has no attribute 'nothing'"):
        getattr(ingest, "nothing")  # noqa: B009 - type checkers refuse the attribute


def test_the_door_waits_for_no_engine() -> None:
    seen = "import sys, ingest; print({'duckdb', 'pyarrow', 'deltalake'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", seen], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
