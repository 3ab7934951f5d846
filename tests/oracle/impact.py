"""Which integrations a change of a connector concerns, and how much of their traffic."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.oracle.asked import Asked, World
    from tests.oracle.seen import Seen


@dataclass(frozen=True)
class Affected:
    """How much of an integration's traffic a change concerns."""

    customers: int
    calls: int
    share: float


def impact(world: World, asked: Asked, connector: str, operation: str) -> dict[str | None, Affected]:
    """The integrations that call a connector with this operation. None stands for calls without a known integration."""
    calls = world.view(asked).calls
    concerned: dict[str | None, list[Seen]] = defaultdict(list)
    for call in calls:
        if (call.connector or "").lower() == connector.lower() and call.operation in {operation, "write"}:
            concerned[call.integration].append(call)
    return {
        integration: Affected(
            len({call.customer for call in some if call.is_use}),
            len(some),
            len(some) / sum(call.integration == integration for call in calls),
        )
        for integration, some in concerned.items()
    }
