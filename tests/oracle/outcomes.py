"""The meaning of a status in this API, and who can fix it: a second implementation."""

from __future__ import annotations

_EXACT = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    413: "too_large",
    429: "throttled",
    502: "unavailable",
    503: "unavailable",
    504: "unavailable",
}
_PARTIES = {
    "ok": None,
    "unauthorized": "customer",
    "forbidden": "customer",
    "unavailable": "vendor",
    "timeout": "vendor",
    "server_error": "vendor",
}


def outcome(status: int, duration_ms: float | None = None, query_length: int = 0) -> str:
    """Return the outcome of a response."""
    if status < 400:
        return "ok"
    if status == 404:
        return "query_too_long" if query_length > 2049 else "not_found"
    if status == 500:
        return "timeout" if duration_ms is not None and duration_ms >= 900_000 else "validation"
    return _EXACT.get(status, "client_error" if status < 500 else "server_error")


def party(name: str) -> str | None:
    """Return who can fix this outcome. None for `ok`."""
    return _PARTIES.get(name, "partner")
