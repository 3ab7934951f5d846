"""Scope: the calls that an answer is about.

Every figure has a scope, and the same one means the same calls on every command, page and report. Whatever comes from outside
(options, the address of a page) becomes a Scope by `parse`, which checks it; nothing further down checks it again.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from analytics.errors import ScopeError
from ingest.call import Product

if TYPE_CHECKING:
    from collections.abc import Mapping

EnvironmentScope: TypeAlias = Literal["production", "test", "accept", "training", "all"]
Text: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=512)]

_EXPECTED = {
    "since": "a date like 2026-03-29",
    "until": "a date like 2026-03-29; the day itself is not included",
    "environment": "production, test, accept, training or all",
    "product": "profit or sb",
    "partner": "a partner's number, like 12345",
    "integration": "an integration, like 12345_678900",
    "customer": "a customer, like 54321 or beers/enyoi",
    "connector": "the name of a connector, like KnSubject",
    "stream": "the name of a stream, as `koppelzicht status` lists them",
}


class Scope(BaseModel):
    """A period (half-open, by business day) and what narrows the calls in it; None does not narrow.

    >>> Scope(since="2026-10-01", until="2026-11-01").previous()
    Scope(since=2026-08-31, until=2026-10-01)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: dt.date | None = None
    until: dt.date | None = None
    environment: EnvironmentScope = "production"
    product: Product | None = None
    partner: Annotated[int, Field(ge=1, le=2_147_483_647)] | None = None
    integration: (
        Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[1-9][0-9]{0,8}_[1-9][0-9]{0,8}$")] | None
    ) = None
    customer: Text | None = None
    connector: Text | None = None
    stream: Text | None = None

    @model_validator(mode="after")
    def _period_runs_forward(self) -> Self:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError(f"the period is empty: since {self.since} is not before until {self.until}")
        return self

    @classmethod
    def parse(cls, values: Mapping[str, object]) -> Scope:
        """The scope that texts of a command line or a link give; blanks and None do not narrow it.

        ScopeError names every part that is wrong.

        >>> Scope.parse({"partner": "12345", "until": "", "environment": "all"})
        Scope(environment='all', partner=12345)
        """
        given = {name: value for name, value in values.items() if value is not None and str(value).strip() != ""}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise ScopeError(_explain(error)) from None

    def replace(self, **changes: object) -> Scope:
        """This scope with some parts changed, checked like a new one; None removes a part."""
        return Scope.parse({**self.model_dump(), **changes})

    def previous(self) -> Scope:
        """The same scope over the period of the same length that ends where this one begins. ScopeError if the period is open."""
        if self.since is None or self.until is None:
            raise ScopeError("a period without a beginning or an end has no previous period; give since and until")
        return self.replace(since=self.since - (self.until - self.since), until=self.since)

    @property
    def narrows(self) -> bool:
        """Whether the scope leaves out any call."""
        return self != Scope(environment="all")

    @property
    def holds_whole_logs(self) -> bool:
        """Whether the scope holds every call of its period that is in the logs it names."""
        return self == Scope(since=self.since, until=self.until, stream=self.stream, environment="all")

    def __str__(self) -> str:
        set_here = self.model_dump(exclude_defaults=True)
        return ", ".join(
            f"{name}={value if isinstance(value, dt.date) else repr(value)}" for name, value in set_here.items()
        )

    def __repr__(self) -> str:
        return f"Scope({self})"


def _explain(error: ValidationError) -> str:
    lines = []
    for detail in error.errors(include_url=False):
        name = str(detail["loc"][0]) if detail["loc"] else ""
        if detail["type"] == "extra_forbidden":
            lines.append(f"{name}: a scope has no such part; known: {', '.join(Scope.model_fields)}")
        elif name in _EXPECTED:
            lines.append(f"{name}: {detail['input']!r} is not {_EXPECTED[name]}")
        else:
            lines.append(detail["msg"].removeprefix("Value error, "))
    return "\n".join(lines)
