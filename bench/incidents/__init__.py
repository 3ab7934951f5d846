"""How good incidents are: a platform with faults that are known, and what the product makes of it.

faults.py       faults of known kind, place, size and time
evaluating.py   what was found beside what was made: precision, recall, delay, parties, false alarms
baselines.py    simple rules: three sigma, and C2 of EARS
comparing.py    the product beside these rules
labelled.py     causes in labelled incidents of another platform, which are given as files
"""
