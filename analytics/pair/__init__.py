"""One integration at one customer in; out comes whether the connection works, what changed where it broke, and whom to call.

pair.py        the answer
facts.py       what is read from the lake for it
episodes.py    the times in which more calls failed than chance explains
rhythm.py      how unusual a silence is against the pair's own hours
signs.py       what is different after a moment: program, token form, version, id
cause.py       why calls fail, and who can mend it: counts in, a party with a confidence out
sentences.py   the answer in words, for a command line
"""
