"""How good incidents are: a platform with faults that are known, and what the product makes of it.

faults.py       faults of known kind, place, size and time
evaluating.py   what was found beside what was made: precision, recall, delay, parties, false alarms
"""
