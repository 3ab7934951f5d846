"""Changes in; out come the integrations, customers and branches that they affect, and what the logs do not show about that.

    impact.py       the question: the changes, the limits of a safe one, and the partners to tell
    answer.py       the answer
    remarks.py      the basis of the answer, and what no log shows
    steps/          compare changes with calls

`changes` reads the changes, `known` finds unknown names in them, and `completeness` knows the missing hours. `reports` writes the
mails.
"""
