"""Clean calls in, answers out.

The rooms, from the bottom; each imports only those above it in this list, and `make check` holds that. Nothing is imported here:
a command that only prints its help should not wait for engines.

    errors, scope, sql_file, numbers    what can go wrong; what is asked; how a `.sql` file says what its answer means; figures in words
    spreadsheet/                        text that a spreadsheet opens and does not run
    views/                              the public relations: calls, rejects, loads, the registry
    metrics/, questions                 one number a file, for everybody; what pages and reports ask beside them, by `room/name`
    registry/                           the names behind the numbers
    warehouse/                          DuckDB over one snapshot: who may see and what is asked are bound underneath
    sandbox/                            SQL that somebody else wrote, in a process of its own
    completeness/, changes/             which hours of a log are missing; what is going to change
    coverage/, known/                   which logs a verdict misses; which names nobody knows
    certification/, check/, impact/     a topic each, with its own SQL. None knows another: overview/, integration/, connector/,
                                        data_quality/, customers/, branches/, practices/, overlaps/, unnamed/ likewise
    reports/                            what is written to files, from all of these
"""
