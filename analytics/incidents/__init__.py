"""Calls of a period in, incidents out: where calls fail or are missing, one for each cause, and who can do something about it.

    incidents.py     the question; incident.py: its answer
    spikes.py        error spikes: raised.sql finds surprising hours, courses.sql the hours of their nodes, parts.sql those of their
                     parts, and failures.sql the failed calls
    course.py        one node over time: when its errors began, and when they were over
    explaining.py    one verdict per cause: which nodes explain the errors of all others; surprising.py: what it asks of a node
    silences.py      pauses that are far longer than a node's rhythm
    party.py         who can do something about it
    budget.py        how surprising is surprising enough
    tree.py          the nodes
    logs.py          which hours say nothing, because a log misses them
    evidence.py      what one incident rests on: hours.sql its calls by the hour, rates.sql its error rate and the one before

docs/explanation/detection.md says how it works for readers, and how good it is.
"""
