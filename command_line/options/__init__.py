"""What may be typed: texts in, values out, or why a text cannot be one. Options that commands share stand here, each once.

    lake.py            the lake, and --json; rows.py: how rows are printed; times.py: times and ages
    scope.py           those that narrow figures; reading.py: those that say how logs are read
    composing.py       several of them as one parameter of a command
    help_text.py       how a command explains itself; wrong_usage.py: what was typed and cannot be, in words

Nothing here knows a command.
"""
