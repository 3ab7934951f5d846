"""Passwords and addresses of webhooks: from environment variables, which the TOML file names.

A secret has no text of its own: printed, logged or in a traceback it is `***`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, repr=False)
class Secret:
    """A value that is used and never shown."""

    value: str

    def __repr__(self) -> str:
        return "***"


@dataclass(frozen=True, repr=False)
class Address:
    """The address of a webhook in the parts that a connection needs. None of them is shown: each may be secret."""

    is_secure: bool
    host: str
    port: int | None
    target: str

    def __repr__(self) -> str:
        return "***"


def secret_of(name: str, environment: Mapping[str, str]) -> Secret | str:
    """The secret in this variable, or what is wrong with it."""
    value = environment.get(name, "")
    if not value.strip():
        return f"the environment variable {name} is not set; expected it to hold the secret"
    if not value.isprintable():
        return f"the environment variable {name} holds a control character or the end of a line; expected none"
    return Secret(value)


def address_of(name: str, environment: Mapping[str, str]) -> Address | str:
    """The address in this variable, or what is wrong with it, without the address."""
    secret = secret_of(name, environment)
    if isinstance(secret, str):
        return secret
    expected = f"the environment variable {name} does not hold the address of a webhook; expected https://HOST/..., without a user or blanks"
    try:
        url = urlsplit(secret.value.strip())
        port, host = url.port, (url.hostname or "").encode("idna").decode("ascii")
    except ValueError:  # its text may hold the address
        return expected
    target = f"{url.path or '/'}{f'?{url.query}' if url.query else ''}"
    if (
        url.scheme not in ("http", "https")
        or not host
        or "@" in url.netloc
        or not (target.isascii() and " " not in target)
    ):
        return expected
    return Address(url.scheme == "https", host, port, target)
