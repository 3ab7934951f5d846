"""How good incidents are: a platform with faults that are known, and what the product makes of it.

faults.py       faults of known kind, place, size and time
evaluating.py   what was found beside what was made: precision, recall, delay, parties, false alarms
baselines.py    simple rules beside it: three sigma, EARS C2
labelled.py     attribution on labelled counts of another platform, given as files
"""
