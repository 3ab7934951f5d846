"""How thorough the expensive tests are: a little in `make test`, as much as it takes in `make faults`."""

from __future__ import annotations

import os
import random
from typing import TypeVar

_Size = TypeVar("_Size")

IS_THOROUGH = os.environ.get("FAULTS") == "1"


def scaled(usual: _Size, thorough: _Size) -> _Size:
    """Return the first in `make test`, the second in `make faults`."""
    return thorough if IS_THOROUGH else usual


def walk_seed() -> int | None:
    """The seed of a random walk: a new one in every run, `SEED` where that is set, and None (always the same walk) in CI.

    A walk that is always the same finds nothing new. CI has to tell whether a change is right, and not whether its luck is.
    """
    if (given := os.environ.get("SEED")) is not None:
        return int(given)
    return None if os.environ.get("CI") else random.randrange(1 << 32)
