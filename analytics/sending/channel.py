"""Where messages are sent, as a TOML file says it. Secrets are named here, and never given."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|[0-9a-fA-F:.]{2,45}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


def _is_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("is not an address; expected something like desk@example.com")
    return text


def _is_host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise ValueError("is not the name of a server; expected something like smtp.example.com")
    return text


def _is_variable(text: str) -> str:
    # The text is not shown: it may be the secret itself, in the place of a name.
    if not _VARIABLE.fullmatch(text):
        raise ValueError(
            "is not the name of an environment variable; expected a name such as SMTP_PASSWORD, not the secret itself"
        )
    return text


MailAddress: TypeAlias = Annotated[str, AfterValidator(_is_address)]
Variable: TypeAlias = Annotated[str, AfterValidator(_is_variable)]


class _Channel(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Mail(_Channel):
    """Mail by SMTP."""

    type: Literal["mail"] = Field(description="`mail`")
    host: Annotated[str, AfterValidator(_is_host)] = Field(description="the mail server")
    port: Annotated[int, Field(strict=True, ge=1, le=65535)] | None = Field(
        default=None, description="its port; 587 with `starttls`, 465 with `implicit` and 25 with `none` if left out"
    )
    tls: Literal["starttls", "implicit", "none"] = Field(
        default="starttls",
        description="`starttls` (default), `implicit`, or `none`; `none` with a password only on this machine",
    )
    user: Annotated[str, Field(min_length=1, max_length=320)] | None = Field(
        default=None, description="who logs in; with `password_env`"
    )
    password_env: Variable | None = Field(
        default=None, description="the environment variable with the password; with `user`"
    )
    sender: MailAddress = Field(description="the address of the sender")
    to: tuple[MailAddress, ...] = Field(min_length=1, max_length=50, description="the addresses of the receivers")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if (self.user is None) != (self.password_env is None):
            raise ValueError("expected both user and password_env, or neither")
        if self.password_env is not None and self.tls == "none" and not is_loopback(self.host):
            raise ValueError(
                f'tls: "none" would send the password to {self.host} for everybody to read; expected "starttls" or "implicit"'
            )
        return self

    @property
    def used_port(self) -> int:
        """The port that is said, or the usual one."""
        return self.port or {"starttls": 587, "implicit": 465, "none": 25}[self.tls]


class Webhook(_Channel):
    """A webhook: a POST with JSON."""

    type: Literal["json", "slack", "teams"] = Field(
        description="`json` (a document for programs), `slack` or `teams` (texts for people)"
    )
    url_env: Variable = Field(description="the environment variable with the address of the webhook, https or http")


Channel: TypeAlias = Annotated[Mail | Webhook, Field(discriminator="type")]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name alone.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("localhost.example.com")
    (True, True, True, False)
    """
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
