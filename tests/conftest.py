"""Fixtures for all tests."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.browser import find_browser
from tests.ingest.scale import IS_THOROUGH

_MEMORY = Path("/dev/shm")
_ROOM = 4 * 1024**3

# Whatever a load decides is brought to the disk before it goes on; thousands of them wait for that more than they work. So
# their files are kept in memory where the system has such a place and room in it, but for those of `make faults`.
if not IS_THOROUGH and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """A Chromium, Chrome or Edge. Without one the test is skipped; where CI is set, that is a failure."""
    browser = find_browser()
    if browser is None:
        message = "no Chromium, Chrome or Edge found; `python tests/browser.py` installs one where it can"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return browser
