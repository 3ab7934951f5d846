"""One snapshot of a lake and the registry in, answers out: who may see and what is asked are bound underneath every question.

    warehouse.py    answers: a metric, a question, either beside the period before, and our own SQL
    visible.py      what the viewer may see, as relations; seen.py: what it may know of what is kept beside the calls
    asked.py        what is asked, as relations, a schema for each scope
    narrow.py       what a scope keeps of the calls, and of the files that hold them
    reader.py       where the rows of files come from
    registered.py   the registry's rows, and which ids replace others
    period.py       since and until

It knows no topic: metrics and questions are SQL that it finds by name. It writes nothing.
"""
