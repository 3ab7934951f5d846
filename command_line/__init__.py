"""The commands: options in, a question to the floors below, printed answers out. `koppelzicht.py` composes them.

    options.py         the options that commands share, and what their texts mean; scope.py: those that narrow figures;
                       reading.py: those that say how logs are read; composing.py: several of them as one parameter
    loading.py         ingest, unload, inspect
    upkeep.py          status, rejects, verify, maintain
    answers.py         metric, sql
    check.py           check
    certification.py   certification
    impact.py          impact
    practices.py       practices
    customers.py       customers; branches.py: branches
    registry.py        registry load, registry missing, registry versions
    reports.py         report partner, report month
    screens.py         dashboard, demo
    output.py          how results are printed; values.py: how a value looks; progress.py: how far a load is
    nothing_found.py   why an answer is empty
    help_text.py       how a command explains itself; wrong_usage.py: what was typed and cannot be, in words

What a command needs of the floors below is imported where it runs, so that `--help` answers at once.
"""

from __future__ import annotations

DONE, FAILED, WRONG_USAGE, REJECTED = 0, 1, 2, 3
"""Exit codes. Rejected lines are an error only where --strict says so."""

INTERRUPTED = 130
TERMINATED = 143
