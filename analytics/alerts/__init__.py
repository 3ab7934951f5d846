"""Rules and a lake in, messages out: who is told of an incident, a certificate at risk, a first call, silent logs, or rows of SQL.

    rules.py       the TOML file, and what is wrong with it: problems.py
    kinds/         a kind of rule a file: what it looks for
    fact.py        what a rule finds; asked.py: what it asks
    deciding.py    which facts are news: the events of a rule
    telling.py     which events a channel has to be told of now; quiet.py: and when it is too late at night
    wording.py     the events in one message
    state.py       which events each channel was told of, in the lake's folder `alerts`
    alert.py       one look at everything; watching.py: again and again, beside `follow`

`analytics/sending/` sends.
"""
