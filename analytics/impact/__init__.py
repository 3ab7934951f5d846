"""Changes in, whom they concern out: integrations, customers and branches, and what a log cannot say about that.

    impact.py       the question: what is asked, what counts as safe, who is told
    answer.py       what comes back
    remarks.py      what it rests on and what no log shows
    steps/          how changes are compared with calls

It rests on `changes` for what they are, on `known` for the names in them, and on `completeness` for what is missing. Whom to
write to about it is `reports`.
"""
