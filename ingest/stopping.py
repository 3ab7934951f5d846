"""Whether somebody has told this process to stop.

What a signal's handler raises comes out where Python happens to be. A library that calls back into Python, as the engine does,
makes an error of its own of it; and whoever tries again after every error would go on for ever. So it is remembered, and asked
for by everybody who goes on after errors of all kinds.
"""

from __future__ import annotations

_codes: list[int] = []


def tell_to_stop(code: int) -> None:
    """Remember that the process is to end with this exit code."""
    _codes.append(code)


def told_to_stop() -> int | None:
    """The exit code with which the process is to end; None as long as nobody has told it to."""
    return _codes[0] if _codes else None


def stop_if_told() -> None:
    """SystemExit when somebody has told this process to stop."""
    if _codes:
        raise SystemExit(_codes[0])
