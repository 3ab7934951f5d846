"""Rows, records and messages in, text on standard output and standard error out.

    output.py          an answer, in the requested form
    for_people.py      as a table or as fields; for_programs.py: as JSON, CSV or Parquet
    rows.py            the rows to print; values.py: the form of a value; arrow_values.py: the values of an Arrow table
    standard.py        standard output and standard error; progress.py: the progress of a load
    nothing_found.py   the reason why an answer is empty

Nothing here knows a command or an option.
"""
