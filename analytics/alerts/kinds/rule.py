"""What every rule says, whatever its kind."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]{0,59}$")]
Partner: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=2_147_483_647)]
Integration: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}_[1-9][0-9]{0,8}$")]
Text: TypeAlias = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=512)]
Count: TypeAlias = Annotated[int, Field(strict=True, ge=0, le=10**15)]
Flag: TypeAlias = Annotated[bool, Field(strict=True)]


class RuleBase(BaseModel):
    """The keys that every rule has."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Name = Field(
        description="its name, which stands in messages; events of a rule with another name are other events"
    )
    channels: tuple[Name, ...] | None = Field(
        default=None, min_length=1, description="which channels are told; all if left out"
    )
    recovery: Flag = Field(default=True, description="whether the end is told too")
    urgent: Flag = Field(default=False, description="whether it is told in quiet hours too")
