"""The input of the judgements: calls, rejected lines and loads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from tests.oracle.clock import day_of

Pair: TypeAlias = tuple[str, str, str, str | None]
"""Product, environment, customer and integration; None if the call does not say it."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One call, with the columns that judgements need. `integration` is the id after the renames of the registry."""

    at: dt.datetime
    stream: str
    product: str = "profit"
    environment: str = "production"
    customer: str
    integration: str | None
    id_status: str = "valid"
    own: bool = False
    status: int = 200
    operation: str = "get"
    connector: str | None = None

    @cached_property
    def hour(self) -> int:
        return int(self.at.timestamp()) // 3600

    @property
    def day(self) -> int:
        return day_of(self.hour)

    @property
    def is_use(self) -> bool:
        """Whether this call makes its customer count as a customer."""
        return self.status < 400 and self.operation != "auth" and not self.own

    @property
    def pair(self) -> Pair:
        return self.product, self.environment, self.customer, self.integration


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """One rejected line. A time, id or customer that could not be read is None."""

    load: str
    stream: str
    reason: str
    at: dt.datetime | None
    integration: str | None
    customer: str | None = None
    environment: str = "production"
    sent: str | None = None
    """The id in the line, if another id has replaced it since."""

    @property
    def hour(self) -> int | None:
        return None if self.at is None else int(self.at.timestamp()) // 3600

    @property
    def is_of_the_platform(self) -> bool:
        return self.reason != "unknown_host" or self.integration is not None


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """One load: its number of calls, and the hours of its first and last call."""

    load: str
    stream: str
    calls: int
    first: int | None
    last: int | None
