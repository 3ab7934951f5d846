"""The tree in which errors are looked for: the platform, what is a part of it, and the parts of these.

A node is what some calls have in common: an integration, a customer, a connector, one of the pairs of an integration with the others, or
nothing, which is the platform as a whole. '' stands for what a node does not tell.
"""

from __future__ import annotations

from typing import NamedTuple

WITHOUT = "-"
"""The integration of calls without a valid id, and the connector of calls without one."""


class Node(NamedTuple):
    """What some calls have in common."""

    integration: str = ""
    customer: str = ""
    connector: str = ""

    @property
    def depth(self) -> int:
        """How many things it tells: 0 for the platform, 2 for a pair.

        >>> Node("1234_1", "", "knsubject").depth
        2
        """
        return sum(part != "" for part in self)

    @property
    def kind(self) -> tuple[bool, bool, bool]:
        """Which things it tells."""
        return (self.integration != "", self.customer != "", self.connector != "")

    def holds(self, other: Node) -> bool:
        """Whether all calls of the other one are its own, too.

        >>> Node("1234_1").holds(Node("1234_1", "5678")), Node("1234_1", "5678").holds(Node("1234_1"))
        (True, False)
        """
        return all(mine in ("", its) for mine, its in zip(self, other, strict=True))


PLATFORM = Node()
