"""What is typed in, what is printed out; between them a question to the floors below. `koppelzicht.py` composes it.

    commands/    a function for each command
    options/     what may be typed, and what it means
    printing/    how answers look, and how the person at the keyboard is told
    private.py   who may read what is made

Commands know options and printing; neither of the two knows a command.
"""

from __future__ import annotations

DONE, FAILED, WRONG_USAGE, REJECTED = 0, 1, 2, 3
"""Exit codes. Rejected lines are an error only where --strict says so."""

INTERRUPTED = 130
TERMINATED = 143
