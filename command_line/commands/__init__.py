"""The commands, a file for each kind: options in, a question to the floors below, answers to `printing` out.

    loading.py         ingest, unload, inspect; following.py: follow
    upkeep.py          status, rejects, verify, maintain
    safekeeping.py     backup, restore, repair
    answers.py         metric, sql
    check.py, certification.py, impact.py, incidents.py, practices.py, customers.py, branches.py, streams.py: as they are called
    registry.py        registry load, registry missing, registry versions
    reports.py         report, with a command for each report that there is
    screens.py         dashboard, demo

A command imports the floors below when it runs, so that `--help` answers at once.
"""
