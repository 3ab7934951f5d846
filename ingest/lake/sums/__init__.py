"""Sums of calls: what questions count over and over, added up once for many data files.

kinds.py       which sums there are, and their columns; of_calls/*.sql and macros.sql: what one call contributes
files.py       the files of sums, and which of them stand for calls of a snapshot
adding_up.py   the statement that makes sums of calls, and of other sums
building.py    which data files are added up together, and when
checks.py      whether sums say what calls say, and for which days there are some
"""
