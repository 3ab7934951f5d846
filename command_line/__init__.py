"""Typed commands in, printed answers out, and between them a question to the floors below. `koppelzicht.py` composes it.

    commands/    a function for each command
    options/     the texts that may be typed, and their meaning
    printing/    the form of answers and messages
    private.py   the permissions of written files

Commands know options and printing; neither of the two knows a command.
"""

from __future__ import annotations

DONE, FAILED, WRONG_USAGE, REJECTED = 0, 1, 2, 3
"""Exit codes. Rejected lines are an error only where --strict says so."""

INTERRUPTED = 130
TERMINATED = 143
