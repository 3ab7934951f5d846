"""The options that commands share, each defined once: typed texts in; values out, or the reason why a text cannot be one.

    lake.py            the lake, and --json; rows.py: the form of printed rows; times.py: times and ages
    scope.py           the options that narrow figures; reading.py: the options for reading logs
    composing.py       several options as one parameter of a command
    help_text.py       the help in words for people; wrong_usage.py: errors in the typed command, in words

Nothing here knows a command.
"""
