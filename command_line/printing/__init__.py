"""What is said: rows and records in, text on standard output and standard error out. Nothing here knows a command.

output.py          results, notes, warnings, errors; progress.py: how far a load is
values.py          how a value looks; arrow_values.py: the values of an Arrow table
nothing_found.py   why an answer is empty
"""
