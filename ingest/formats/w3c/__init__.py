"""W3C extended log format: IIS, and the products that write it their own way.

format.py      the directives in force, line by line
columns.py     what the columns are called, and what they say
user_names.py  user names with blanks
fields.py      values by position         ->  the fields of `raw` (lines.sql, days.sql)
"""
