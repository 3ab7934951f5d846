"""One snapshot of a lake and the registry in, answers out: who may see and what is asked are bound underneath every question.

    warehouse.py    DuckDB over the snapshot
    narrow.py       what a scope keeps of the calls, and of the files that hold them
    reader.py       where the rows of files come from
    seen.py         what who may not see all calls may know of what is kept beside them

It knows no topic: metrics and questions are SQL that it finds by name. It writes nothing.
"""
