"""Whether somebody has told this process to stop.

A signal's handler raises SystemExit wherever Python happens to be. That may be inside a call from the engine back into Python: then
the engine turns it into an error of its own, and code that goes on after any error would never stop. So the signal is remembered
here, and every `except Exception` that goes on asks first.
"""

from __future__ import annotations

_codes: list[int] = []


def tell_to_stop(code: int) -> None:
    """Remember that the process is to end with this exit code."""
    _codes.append(code)


def told_to_stop() -> int | None:
    """The exit code with which the process has to end. None as long as it was not told to stop."""
    return _codes[0] if _codes else None


def stop_if_told() -> None:
    """SystemExit when somebody has told this process to stop."""
    if _codes:
        raise SystemExit(_codes[0])
