"""Clean calls in, answers out.

The rooms, from the bottom; each imports only those above it in this list, and `make check` holds that. Nothing is imported here:
a command that only prints its help should not wait for engines.

    errors, scope, sql_file, numbers    the errors; the scope of a question; the header of a `.sql` file; figures as texts
    spreadsheet/                        text that a spreadsheet opens and does not run
    views/                              the public relations: calls, rejects, loads, the registry
    metrics/, questions                 the public figures, one file each; the questions of pages and reports, by `room/name`
    registry/                           the names of partners, integrations and customers
    warehouse/                          DuckDB over one snapshot; the viewer and the scope are bound below every question
    sandbox/                            a user's SQL, in a process of its own
    completeness/, changes/             the missing hours of logs; the changes of a release
    coverage/, known/                   the logs that a verdict lacks; the names that no call and no list has
    certification/, check/, impact/     a topic each, with its own SQL. None knows another: overview/, integration/, connector/,
                                        data_quality/, customers/, branches/, practices/, overlaps/, unnamed/ likewise
    sending/                            mail and webhooks; it stands beside views/ and knows nothing of a lake
    alerts/                             which of all this is new, and who is told
    reports/                            files for people, made from all of these
"""
