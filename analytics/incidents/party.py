"""Who can do something about an incident, by where its errors are, and how certain that is.

    the platform, or a connector of five integrations of three partners    the vendor
    an integration with its customers                                      its partner
    a customer with its integrations, or rights of one pair                the customer
    one pair that sends what is not accepted                               its partner

Whoever is less certain than four in five is not named: then the party is `unsure`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from analytics.incidents.tree import WITHOUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics.incidents.explaining import Explained
    from analytics.incidents.incident import Party
    from analytics.incidents.silences import Silence

CERTAIN: Final = 0.8


def effective(shares: Mapping[str, float]) -> float:
    """How many parts share the errors: a part with hardly any counts hardly (the exponential of the entropy).

    >>> effective({"a": 50, "b": 50}), round(effective({"a": 99, "b": 1}), 1)
    (2.0, 1.1)
    """
    total = sum(shares.values())
    parts = [share / total for share in shares.values() if share > 0]
    return math.exp(-sum(part * math.log(part) for part in parts)) if parts else 0.0


def of_errors(found: Explained) -> tuple[Party, float]:
    """The party of an error spike, and how certain it is from 0 to 1."""
    party, confidence = _of_errors(found)
    return (party if confidence >= CERTAIN else "unsure"), confidence


def _of_errors(found: Explained) -> tuple[Party, float]:
    node, error_class = found.stretch.node, found.stretch.error_class
    if node.integration and node.customer:
        if error_class == "content":
            return ("customer" if node.integration == WITHOUT else "partner"), 0.8
        return ("customer", 0.9) if error_class == "rights" else ("vendor", 0.6)
    if node.integration:
        return _of_integration(found)
    if node.customer:
        return "customer", 0.9 if effective(found.by_integration) >= 1.5 else 0.7
    partners: dict[str, float] = {}
    for name, share in found.by_integration.items():
        if name != WITHOUT:
            partner = name.partition("_")[0]
            partners[partner] = partners.get(partner, 0.0) + share
    if len(partners) == 1:
        return "partner", 0.8
    if len(found.by_integration) >= 5 and len(partners) >= 3 and effective(partners) >= 2:
        return "vendor", 0.95
    return "vendor", 0.85 if error_class == "platform" else 0.6


def _of_integration(found: Explained) -> tuple[Party, float]:
    if found.stretch.node.integration == WITHOUT:
        return "customer", 0.5
    if found.stretch.error_class == "platform":
        return "vendor", 0.6
    many = effective(found.by_customer)
    if many >= 2:
        return "partner", min(0.95, 0.75 + 0.05 * many)
    return ("customer" if found.stretch.error_class == "rights" else "partner"), 0.8


def of_silence(found: Silence) -> tuple[Party, float]:
    """The party of a silence."""
    if found.node.integration and found.node.customer:
        return "unsure", 0.5
    if found.node.customer:
        return "customer", 0.85
    return "partner", 0.9
