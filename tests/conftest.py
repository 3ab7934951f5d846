"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.browser import find_browser


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
