"""How thorough the expensive tests are: a little in `make test`, as much as it takes in `make faults`."""

from __future__ import annotations

import os
from typing import TypeVar

_Size = TypeVar("_Size")

IS_THOROUGH = os.environ.get("FAULTS") == "1"


def scaled(usual: _Size, thorough: _Size) -> _Size:
    """Return the first in `make test`, the second in `make faults`."""
    return thorough if IS_THOROUGH else usual
