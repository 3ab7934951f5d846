"""Fixtures for all tests of ingest."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Where a lake may be made; there is none yet."""
    return tmp_path / "lake"
