"""The TOML file of rules and channels."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from typing import TYPE_CHECKING, Annotated, Self, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from analytics.alerts.kinds import Rule
from analytics.alerts.kinds.rule import Name
from analytics.alerts.problems import problems_in_words
from analytics.errors import AnalyticsError
from analytics.sending.channel import Channel, Mail
from analytics.sending.secrets import Address, Secret, address_of, secret_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MOST_BYTES = 1 << 20
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")

Secrets: TypeAlias = "Mapping[str, Secret | Address | None]"
"""The secret of each channel; None where it needs none."""


class RulesError(AnalyticsError):
    """The file of rules is wrong, or a secret that it names is missing. The text has a line for each fault."""


def _time(value: object) -> object:
    if isinstance(value, dt.time):
        return value
    if not (isinstance(value, str) and _TIME.fullmatch(value)):
        raise ValueError('is not a time of the day; expected something like "22:00"')
    return dt.time.fromisoformat(value)


class QuietHours(BaseModel):
    """The hours in which nothing is sent, every day, in the time zone of the lake."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    begin: Annotated[dt.time, BeforeValidator(_time)] = Field(description='when they begin: `"22:00"`')
    end: Annotated[dt.time, BeforeValidator(_time)] = Field(description="when they end, also on the next day")

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.begin == self.end:
            raise ValueError("begin and end are the same time; expected two")
        return self


class Rules(BaseModel):
    """Rules, the channels that they use, and when to be quiet."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(pattern=rf"^{_NAME.pattern}$")] = Field(
        default="alerts",
        description="the name under which the lake remembers what was sent; the name of the file if left out",
    )
    recent_days: Annotated[int, Field(strict=True, ge=1, le=400)] = Field(
        default=7,
        description="what was over for more days when it was first seen is not told; raise it if logs are loaded less often",
    )
    quiet_hours: QuietHours | None = Field(default=None, description="when nothing is sent")
    channels: Annotated[dict[Name, Channel], Field(min_length=1)] = Field(description="where to send, by name")
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)] = Field(description="what to tell")

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        names = [rule.name for rule in self.rules]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"rules: two rules have the name {', '.join(twice)}; expected a name for each")
        for rule in self.rules:
            for name in rule.channels or ():
                if name not in self.channels:
                    raise ValueError(
                        f"rules.{rule.name}.channels: there is no channel {name!r}; expected one of {', '.join(self.channels)}"
                    )
        return self

    def channels_of(self, rule: Rule) -> tuple[str, ...]:
        """The names of the channels that a rule tells."""
        return rule.channels or tuple(self.channels)


def read_rules(path: Path) -> Rules:
    """The rules of a file. RulesError names every fault: where it is, the value, and what was expected."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise RulesError(f"{path}: {path.stat().st_size:,} bytes are too many for a file of rules")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise RulesError(f"{path}: cannot be read: {error.strerror or 'not a file'}") from None
    except (UnicodeDecodeError, ValueError):
        raise RulesError(f"{path}: is not text in UTF-8") from None
    try:
        value = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RulesError(f"{path}: is not TOML: {error}") from None
    if "name" not in value and not _NAME.fullmatch(path.stem):
        raise RulesError(
            f"{path}: name is missing, and the file's own name is none; expected a name of letters, digits, _ and -"
        )
    try:
        return Rules.model_validate({"name": path.stem, **value})
    except ValidationError as error:
        problems = problems_in_words(error.errors(include_url=False), value)
    raise RulesError("\n".join(f"{path}: {problem}" for problem in problems))


def secrets_of(rules: Rules, environment: Mapping[str, str]) -> Secrets:
    """The passwords and addresses that the channels name. RulesError says which are missing or wrong, never what they are."""
    found: dict[str, Secret | Address | None] = {}
    faults = []
    for name, channel in rules.channels.items():
        key, variable = (
            ("password_env", channel.password_env) if isinstance(channel, Mail) else ("url_env", channel.url_env)
        )
        if variable is None:
            found[name] = None
            continue
        secret = (secret_of if isinstance(channel, Mail) else address_of)(variable, environment)
        if isinstance(secret, str):
            faults.append(f"channels.{name}.{key}: {secret}")
        else:
            found[name] = secret
    if faults:
        raise RulesError("\n".join(faults))
    return found
