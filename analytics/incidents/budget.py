"""How surprising something has to be, so that chance alone hardly ever is."""

from __future__ import annotations

import math
from typing import Final

INTEGRATION_DAYS: Final = 10_000
"""At most one false alarm is meant to come in this number of days of an integration."""


def budget(tests: int, integration_days: int) -> float:
    """The logarithm of the odds that are asked for, if so many things were looked at in so many days of integrations.

    >>> round(budget(20_000, 1_000), 1), round(budget(10, 1_000), 1)
    (12.2, 9.2)
    """
    return math.log(INTEGRATION_DAYS) + max(0.0, math.log(max(tests, 1) / max(integration_days, 1)))
