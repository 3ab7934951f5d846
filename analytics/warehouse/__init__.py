"""One snapshot of a lake and the registry in, answers out. The viewer and the scope are bound below every question.

    warehouse.py    answers: a metric, a question, either one with the period before, and our own SQL
    visible.py      the relations that a viewer may see; seen.py: what it may know besides the calls
    bound_scopes.py        the relations of a scope, each scope in a schema of its own
    narrow.py       the calls that a scope keeps, and the files that can hold them
    reader.py       the rows of files
    registered.py   the registry's rows, and the ids that replace others
    period.py       since and until

It knows no topic: metrics and questions are SQL that it finds by name. It writes nothing.
"""
