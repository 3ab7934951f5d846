"""The guard between the network and the pages: it decides who may ask, and what a browser may do with the answers.

The dashboard has no log-in, so every browser that reaches it sees everything. A browser on this machine reaches it on behalf of every
site that its user has open. Three rules keep such a site out:

- The guard refuses a request from another origin (by host and port, whatever the scheme), and a connection without an origin, which
  only programs make. Streamlit would let in both from any port of this machine.
- If the dashboard serves only this machine, the guard refuses every host name but those of this machine. Otherwise a site could
  let its own name point here, and then its pages would have the right origin.
- Every answer says that no other site may frame it, and that the page may load, run and ask only what comes from here.

The guard stands around the whole of Streamlit, so that the answers of its error handler pass through it too. A refused request never
reaches Streamlit, which would ask a server on the internet for this machine's address to judge the origin.
"""

from __future__ import annotations

import re
import sys
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, MutableMapping
    from typing import Any, TypeAlias

    # As ASGI has them.
    Scope: TypeAlias = MutableMapping[str, Any]
    Message: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]

_POLICY = {
    "default-src": "'none'",
    # The code of our tables reaches the browser as text, and Streamlit makes a blob of it. No text is ever compiled.
    "script-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' blob:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""The headers of every answer besides the policy. `x-frame-options` is for browsers that do not know frame-ancestors."""

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_ORIGIN = re.compile(r"https?://[^/?#@\\\s]+", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_MOST_TOLD = 20
_told: set[str] = set()
"""The refusals that were printed: each one once and at most _MOST_TOLD of them, because any page can cause as many as it likes."""


@cache
def headers() -> dict[str, str]:
    """The headers of every answer: the policy, and HEADERS."""
    # Streamlit's only page has one script in it, which the policy allows by its hash. No other text in a page can be a script.
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = [b64encode(sha256(text.encode()).digest()).decode() for text in _INLINE.findall(page)]
    policy = _POLICY | {"script-src": " ".join([_POLICY["script-src"], *(f"'sha256-{hash_}'" for hash_ in inline)])}
    return {"content-security-policy": "; ".join(f"{what} {whence}" for what, whence in policy.items()), **HEADERS}


class GuardedApp(st.App):
    """The pages of the dashboard, behind the guard. Without `hosts`, they may be asked for by any host name."""

    hosts: Collection[str] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or a connection, or refuse it."""
        if scope["type"] == "lifespan":
            await super().__call__(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [pair for pair in message["headers"] if pair[0].lower().decode() not in headers()]
                ours = [(name.encode(), value.encode()) for name, value in headers().items()]
                message = {**message, "headers": own + ours}
            await send(message)

        sent = {name: value.decode("latin-1") for name, value in scope["headers"]}
        reason = refused(sent.get(b"host", ""), sent.get(b"origin"), self.hosts, kind=scope["type"])
        if reason is not None:
            await _refuse(scope, reason, guarded)
            return
        # Spell the origin like the host. Streamlit compares the two as texts, and the guard has found them to be the same.
        same = f"{urlsplit(sent.get(b'origin', '')).scheme}://".encode()
        scope["headers"] = [
            (name, same + sent[b"host"].encode("latin-1") if name == b"origin" else value)
            for name, value in scope["headers"]
        ]
        await super().__call__(scope, receive, guarded)


def refused(host: str, origin: str | None, hosts: Collection[str], *, kind: Literal["http", "websocket"]) -> str | None:
    """The reason to refuse a request for this host from a page of this origin; None if it may pass.

    >>> refused("localhost:8501", "http://localhost:8501", ["localhost"], kind="websocket")
    >>> refused("localhost:8501", "http://localhost:3000", ["localhost"], kind="websocket")
    'a page of http://localhost:3000 may not use localhost:8501; open http://localhost:8501 in the browser'
    """
    if hosts and _host_and_port(f"//{host}")[0] not in hosts:
        return f"this dashboard does not answer to the name {host}; use {' or '.join(hosts)}"
    if origin is None:
        return "a connection without the header Origin is not one of a browser" if kind == "websocket" else None
    scheme = urlsplit(origin).scheme if _ORIGIN.fullmatch(origin) else ""
    found = _host_and_port(origin)
    if scheme not in _PORTS or not found[0] or found != _host_and_port(f"{scheme}://{host}"):
        return f"a page of {origin} may not use {host}; open http://{host} in the browser"
    return None


def _host_and_port(address: str) -> tuple[str, int | None]:
    """The host and the port, by default that of the scheme; an empty host if this is no address of a host."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "", None
    if host is None or parts.username is not None or parts.path or parts.query or parts.fragment:
        return "", None
    return host.rstrip("."), port or _PORTS.get(parts.scheme)


async def _refuse(scope: Scope, reason: str, send: Send) -> None:
    """Refuse the request. The reason goes to standard error too, because a browser does not show it for a refused connection."""
    if reason not in _told and len(_told) < _MOST_TOLD:
        _told.add(reason)
        sys.stderr.write(f"Refused: {ascii(reason)[1:-1]}\n")
        sys.stderr.flush()
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    text = f"{reason}\n".encode()
    about = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": about})
    await send({"type": "http.response.body", "body": text})
